import { expect, test } from "@jest/globals";
import {
  allows,
  atomsOf,
  type EvaluatedRequest,
  type EvaluatedRole,
} from "../../support/policies/evaluator.ts";

const QUEUE = "arn:aws:sqs:eu-west-1:111122223333:q";
const SEND: EvaluatedRequest = { action: "sqs:SendMessage", resource: QUEUE };

const document = (...statements: readonly object[]): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: statements.map((one) => ({ Effect: "Allow", Action: "SQS:Send*", Resource: "*", ...one })),
  });
const role = (documents: readonly string[], boundary: string | null = null): EvaluatedRole => ({
  documents,
  boundary,
});

const WHEN_SECURE = document({ Condition: { Bool: { "AWS:SecureTransport": "true" } } });

test.each([
  { because: "no document allows it", role: role([]), request: SEND, allowed: false },
  {
    because: "one document allows it",
    role: role([document({ Action: "s3:*" }), document({})]),
    request: SEND,
    allowed: true,
  },
  {
    because: "a Deny in another document wins",
    role: role([document({}), document({ Effect: "Deny", NotAction: "s3:*" })]),
    request: SEND,
    allowed: false,
  },
  {
    because: "the boundary does not allow it",
    role: role([document({})], document({ Action: "s3:*" })),
    request: SEND,
    allowed: false,
  },
  {
    because: "the boundary allows it too",
    role: role([document({})], document({})),
    request: SEND,
    allowed: true,
  },
  {
    because: "the boundary denies it",
    role: role([document({})], document({}, { Effect: "Deny" })),
    request: SEND,
    allowed: false,
  },
  {
    because: "the boundary alone allows nothing",
    role: role([], document({})),
    request: SEND,
    allowed: false,
  },
  {
    because: "NotResource excepts the resource",
    role: role([document({ Resource: undefined, NotResource: QUEUE })]),
    request: SEND,
    allowed: false,
  },
  {
    because: "a short ARN matches every resource of the service",
    role: role([document({ Resource: "arn:aws:sqs" })]),
    request: SEND,
    allowed: true,
  },
  {
    because: "the request does not meet the condition",
    role: role([WHEN_SECURE]),
    request: SEND,
    allowed: false,
  },
  {
    because: "the request meets the condition",
    role: role([WHEN_SECURE]),
    request: { ...SEND, conditionAtoms: new Set(atomsOf([WHEN_SECURE])) },
    allowed: true,
  },
  {
    because: "the context meets the condition",
    role: role([WHEN_SECURE]),
    request: { ...SEND, context: { "aws:securetransport": "true" } },
    allowed: true,
  },
  {
    because: "the context lacks the key",
    role: role([WHEN_SECURE]),
    request: { ...SEND, context: {} },
    allowed: false,
  },
  {
    because: "Null requires the key to be absent",
    role: role([document({ Condition: { Null: { k: "true" } } })]),
    request: { ...SEND, context: {} },
    allowed: true,
  },
])("the brute-force evaluator answers $allowed: $because", ({ role, request, allowed }) => {
  expect(allows(role, request)).toBe(allowed);
});
