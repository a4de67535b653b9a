import type { FastifyInstance } from "fastify";
import type { ReviewQuestion } from "../../api/kubernetes/reviews.ts";
import type { Access } from "../access/access.ts";
import { pathAccess, resourceAccess, resourceRules } from "../kubernetes/review-answer.ts";
import { reviewQuestion, type ReviewKind } from "../kubernetes/review-question.ts";
import { accessOf } from "../request/context.ts";
import { EVERY_SCOPE } from "./discovery.ts";

const PROTOBUF = "application/vnd.kubernetes.protobuf";

const REVIEWS = {
  "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews": "SelfSubjectAccessReview",
  "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews": "SelfSubjectRulesReview",
  "/apis/authentication.k8s.io/v1/selfsubjectreviews": "SelfSubjectReview",
} as const satisfies Readonly<Record<string, ReviewKind>>;

/** What the token may do and who it is: nothing of it is kept. The answer to each is JSON. */
export function registerReviews(app: FastifyInstance): void {
  // kubectl asks in protobuf, and does not ask again in JSON after a refusal.
  app.addContentTypeParser(PROTOBUF, { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  for (const [path, kind] of Object.entries(REVIEWS)) {
    app.post(path, EVERY_SCOPE, async (request, reply) => {
      const question = reviewQuestion(kind, request.body);
      reply.code(201);
      const group = path.split("/")[2] ?? "";
      return { apiVersion: `${group}/v1`, kind, metadata: {}, ...answerTo(accessOf(request), question) };
    });
  }
}

function answerTo(access: Access, question: ReviewQuestion): object {
  switch (question.kind) {
    case "access-of-resource":
      return {
        spec: { resourceAttributes: question.attributes },
        status: resourceAccess(access, question.attributes),
      };
    case "access-of-path": {
      const { path, verb } = question.attributes;
      return { spec: { nonResourceAttributes: question.attributes }, status: pathAccess(path, verb) };
    }
    case "rules":
      return {
        spec: {},
        status: {
          resourceRules: resourceRules(access, question.namespace),
          nonResourceRules: [],
          incomplete: false,
        },
      };
    case "self":
      return { status: { userInfo: userInfo(access) } };
  }
}

function userInfo({ actor, scopes, namespaces }: Access): object {
  return {
    username: actor,
    extra: {
      "grantkeeper.dev/namespaces": namespaces === "all" ? ["*"] : [...namespaces].sort(),
      "grantkeeper.dev/scopes": [...scopes].sort(),
    },
  };
}
