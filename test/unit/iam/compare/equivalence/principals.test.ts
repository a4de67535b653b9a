import { describe, expect, test } from "@jest/globals";
import { compareStatements, statementFingerprint } from "../../../../../src/iam/compare/equivalence.ts";
import { compareDocuments } from "../../../../../src/iam/compare/comparer.ts";
import { type Fields, context, document } from "./documents.ts";

const TRUST = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
const INVOKE = {
  Sid: "a",
  Effect: "Allow",
  Principal: { Service: "sns.amazonaws.com" },
  Action: "lambda:InvokeFunction",
  Resource: "arn:aws:lambda:eu-west-1:111122223333:function:f",
};
const ROOT = "arn:aws:iam::111122223333:root";
const ROLE = "arn:aws:iam::111122223333:role/r";

const trust = (principal: unknown): string => document({ ...TRUST, Principal: principal });
const invoke = (fields: Fields): string => document({ ...INVOKE, ...fields });

describe("two trust documents", () => {
  test.each([
    {
      because: "an account id equals its root ARN",
      a: trust({ AWS: "111122223333" }),
      b: trust({ AWS: ROOT }),
      tier: "equal",
    },
    {
      because: "a root ARN is not a role of the account",
      a: trust({ AWS: ROOT }),
      b: trust({ AWS: ROLE }),
      tier: "security",
    },
    {
      because: "a list of one equals the scalar",
      a: trust({ AWS: [ROLE] }),
      b: trust({ AWS: ROLE }),
      tier: "equal",
    },
    {
      because: "the order of services has no meaning",
      a: trust({ Service: ["a.amazonaws.com", "b.amazonaws.com"] }),
      b: trust({ Service: ["b.amazonaws.com", "a.amazonaws.com"] }),
      tier: "equal",
    },
    {
      because: "a regional service principal is another service principal",
      a: trust({ Service: "logs.us-east-1.amazonaws.com" }),
      b: trust({ Service: "logs.amazonaws.com" }),
      tier: "security",
    },
    {
      because: "a deleted principal is drift",
      a: trust({ AWS: "AROAEXAMPLEEXAMPLE" }),
      b: trust({ AWS: ROLE }),
      tier: "security",
    },
    {
      because: "the bare star differs from all AWS principals",
      a: trust("*"),
      b: trust({ AWS: "*" }),
      tier: "security",
    },
    {
      because: "the host of an identity provider differs from its ARN",
      a: trust({ Federated: "accounts.google.com" }),
      b: trust({ Federated: "arn:aws:iam::111122223333:oidc-provider/accounts.google.com" }),
      tier: "security",
    },
    {
      because: "principal names keep their case",
      a: trust({ AWS: ROLE }),
      b: trust({ AWS: ROLE.toUpperCase() }),
      tier: "security",
    },
    {
      because: "a renamed Sid changes metadata only",
      a: document({ ...TRUST, Sid: "a" }),
      b: document(TRUST),
      tier: "metadata",
    },
    {
      because: "an unknown type of principal is kept as written",
      a: trust({ Fresh: "x" }),
      b: trust({ Fresh: ["x"] }),
      tier: "security",
    },
    {
      because: "a principal that is not a string is kept as written",
      a: trust({ AWS: 111122223333 }),
      b: trust({ AWS: "111122223333" }),
      tier: "security",
    },
  ])("are $tier: $because", ({ a, b, tier }) => {
    expect(compareDocuments(a, b, context("trust"))).toBe(tier);
  });

  test("complete an account id with the document's own partition", () => {
    const chinese = trust({ AWS: "arn:aws-cn:iam::111122223333:root" });

    expect(compareDocuments(trust({ AWS: "111122223333" }), chinese, context("trust", "aws-cn"))).toBe(
      "equal",
    );
    expect(compareDocuments(trust({ AWS: "111122223333" }), chinese, context("trust"))).toBe("security");
  });
});

describe("two resource documents", () => {
  test.each([
    {
      because: "the bare star equals all AWS principals",
      a: invoke({ Principal: "*" }),
      b: invoke({ Principal: { AWS: "*" } }),
      tier: "equal",
    },
    {
      because: "an Id is ignored, since AWS writes it itself",
      a: JSON.stringify({ Version: "2012-10-17", Id: "default", Statement: [INVOKE] }),
      b: invoke({}),
      tier: "equal",
    },
    {
      because: "the Sid identifies a statement",
      a: invoke({ Sid: "a" }),
      b: invoke({ Sid: "b" }),
      tier: "security",
    },
    {
      because: "statements that are equal in meaning need the same Sid",
      a: invoke({ Action: ["lambda:*", "lambda:InvokeFunction"] }),
      b: invoke({ Action: "lambda:*" }),
      tier: "meaning",
    },
    {
      because: "a qualifier is part of the resource",
      a: invoke({}),
      b: invoke({ Resource: `${INVOKE.Resource}:live` }),
      tier: "security",
    },
    {
      because: "NotPrincipal differs from Principal",
      a: invoke({}),
      b: document({
        Effect: "Allow",
        NotPrincipal: INVOKE.Principal,
        Action: INVOKE.Action,
        Resource: INVOKE.Resource,
        Sid: "a",
      }),
      tier: "security",
    },
  ])("are $tier: $because", ({ a, b, tier }) => {
    expect(compareDocuments(a, b, context("resource"))).toBe(tier);
  });
});

describe("two statements", () => {
  test.each([
    { because: "they are the same", a: INVOKE, b: INVOKE, tier: "equal" },
    {
      because: "the Sid is compared elsewhere",
      a: INVOKE,
      b: { ...INVOKE, Sid: "b" },
      tier: "metadata",
    },
    {
      because: "one operator equals the other",
      a: { ...INVOKE, Condition: { ArnEquals: { k: "arn:aws:s3:::a" } } },
      b: { ...INVOKE, Condition: { ArnLike: { k: "arn:aws:s3:::a" } } },
      tier: "meaning",
    },
    { because: "the principals differ", a: INVOKE, b: { ...INVOKE, Principal: "*" }, tier: "security" },
    { because: "one is not a statement", a: INVOKE, b: null, tier: "security" },
  ])("are $tier: $because", ({ a, b, tier }) => {
    expect(compareStatements(a, b, context("resource"))).toBe(tier);
  });

  test("have the same fingerprint if they differ in spelling and Sid only", () => {
    const a = statementFingerprint(INVOKE, context("resource"));
    const b = statementFingerprint(
      { ...INVOKE, Sid: "b", Action: ["lambda:invokefunction"] },
      context("resource"),
    );

    expect(a).toBe(b);
    expect(a).toMatch(/^[0-9a-f]{64}$/);
    expect(statementFingerprint({ ...INVOKE, Effect: "Deny" }, context("resource"))).not.toBe(a);
  });
});
