import type { FastifyInstance } from "fastify";
import type { ReviewQuestion } from "../../api/kubernetes/reviews.ts";
import type { ApiCaller, Grant } from "../access/access.ts";
import { pathAccess, resourceAccess, resourceRules } from "../kubernetes/review-answer.ts";
import { reviewQuestion, type ReviewKind } from "../kubernetes/review-question.ts";
import { callerOf } from "../request/context.ts";
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
      return { apiVersion: `${group}/v1`, kind, metadata: {}, ...answerTo(callerOf(request), question) };
    });
  }
}

function answerTo(caller: ApiCaller, question: ReviewQuestion): object {
  switch (question.kind) {
    case "access-of-resource":
      return {
        spec: { resourceAttributes: question.attributes },
        status: resourceAccess(caller, question.attributes),
      };
    case "access-of-path": {
      const { path, verb } = question.attributes;
      return { spec: { nonResourceAttributes: question.attributes }, status: pathAccess(path, verb) };
    }
    case "rules":
      return {
        spec: {},
        status: {
          resourceRules: resourceRules(caller, question.namespace),
          nonResourceRules: [],
          incomplete: false,
        },
      };
    case "self":
      return { status: { userInfo: userInfo(caller) } };
  }
}

function userInfo({ actor, grants }: ApiCaller): object {
  const [grant, ...more] = grants;
  if (grant === undefined || more.length > 0)
    return { username: actor, extra: { "grantkeeper.dev/grants": grants.map(grantText) } };
  return {
    username: actor,
    extra: {
      "grantkeeper.dev/namespaces": namesOf(grant),
      "grantkeeper.dev/scopes": [...grant.scopes].sort(),
    },
  };
}

/** `approve,read in orders,payments`: the values of `extra` are texts. */
function grantText(grant: Grant): string {
  return `${[...grant.scopes].sort().join(",")} in ${namesOf(grant).join(",")}`;
}

function namesOf({ namespaces }: Grant): readonly string[] {
  return namespaces === "all" ? ["*"] : [...namespaces].sort();
}
