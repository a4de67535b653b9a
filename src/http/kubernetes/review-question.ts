import { z } from "zod";
import type { ReviewQuestion } from "../../api/kubernetes/reviews.ts";
import { ApiFailure } from "../request/failure.ts";
import { parseWith } from "../request/parse.ts";
import { hasField, message, readEnvelope, protobufText } from "./protobuf.ts";

export type ReviewKind = "SelfSubjectAccessReview" | "SelfSubjectRulesReview" | "SelfSubjectReview";

const word = z.string().max(300).default("");
// Clients may write fields that this server does not know; the answer does not depend on them.
const resource = z.object({ namespace: word, verb: word, group: word, resource: word, subresource: word });
const path = z.object({ path: word, verb: word });

const BODIES = {
  SelfSubjectAccessReview: z
    .object({
      spec: z.object({ resourceAttributes: resource.nullish(), nonResourceAttributes: path.nullish() }),
    })
    .transform(({ spec }, context): ReviewQuestion => {
      if (spec.resourceAttributes) return { kind: "access-of-resource", attributes: spec.resourceAttributes };
      if (spec.nonResourceAttributes)
        return { kind: "access-of-path", attributes: spec.nonResourceAttributes };
      context.addIssue({
        code: "custom",
        message: "expected resourceAttributes or nonResourceAttributes",
        path: ["spec"],
      });
      return z.NEVER;
    }),
  SelfSubjectRulesReview: z
    .object({ spec: z.object({ namespace: word }) })
    .transform(({ spec }): ReviewQuestion => ({ kind: "rules", namespace: spec.namespace })),
  SelfSubjectReview: z.object({}).transform((): ReviewQuestion => ({ kind: "self" })),
} as const satisfies Record<ReviewKind, z.ZodType>;

/** The question in a body of JSON, or in the bytes of a body of protobuf. @throws ApiFailure BadRequest */
export function reviewQuestion(kind: ReviewKind, body: unknown): ReviewQuestion {
  return parseWith(BODIES[kind], body instanceof Uint8Array ? fromProtobuf(kind, body) : body);
}

/** The same fields as in JSON. The numbers are those of Kubernetes' `generated.proto`. */
function fromProtobuf(wanted: ReviewKind, body: Uint8Array): object {
  const { kind, fields } = readEnvelope(body);
  if (kind !== wanted) throw new ApiFailure("BadRequest", `expected a ${wanted}`);
  const spec = message(fields, 2);
  if (wanted === "SelfSubjectReview") return {};
  if (wanted === "SelfSubjectRulesReview") return { spec: { namespace: protobufText(spec, 1) } };
  const [ofResource, ofPath] = [message(spec, 1), message(spec, 2)];
  return {
    spec: {
      ...(hasField(spec, 1) && {
        resourceAttributes: {
          namespace: protobufText(ofResource, 1),
          verb: protobufText(ofResource, 2),
          group: protobufText(ofResource, 3),
          resource: protobufText(ofResource, 5),
          subresource: protobufText(ofResource, 6),
        },
      }),
      ...(hasField(spec, 2) && {
        nonResourceAttributes: { path: protobufText(ofPath, 1), verb: protobufText(ofPath, 2) },
      }),
    },
  };
}
