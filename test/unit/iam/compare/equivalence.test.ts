import { describe, expect, test } from "@jest/globals";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import { compareStatements, statementFingerprint } from "../../../../src/iam/compare/equivalence.ts";
import { compareDocuments } from "../../../../src/iam/compare/comparer.ts";
import type { Dialect } from "../../../../src/model/aws/policy-document.ts";

type Fields = Readonly<Record<string, unknown>>;

const ALLOW = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" };
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

function context(dialect: Dialect, partition = "aws"): DocumentContext {
  return { dialect, partition, accountId: "111122223333" };
}

function document(...statements: readonly Fields[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

const when = (condition: unknown): string => document({ ...ALLOW, Condition: condition });
const identity = (fields: Fields): string => document({ ...ALLOW, ...fields });
const trust = (principal: unknown): string => document({ ...TRUST, Principal: principal });
const invoke = (fields: Fields): string => document({ ...INVOKE, ...fields });

function withoutVersion(...statements: readonly Fields[]): string {
  return JSON.stringify({ Statement: statements });
}

/** The rows of the rules table, in its order. */
describe("two identity documents", () => {
  test.each([
    {
      because: "a list of one equals the scalar (Action)",
      a: identity({}),
      b: identity({ Action: ["s3:GetObject"] }),
      tier: "equal",
    },
    {
      because: "a list of one equals the scalar (Resource)",
      a: identity({}),
      b: identity({ Resource: ["arn:aws:s3:::b/*"] }),
      tier: "equal",
    },
    {
      because: "a list of one equals the scalar (condition value)",
      a: when({ Bool: { k: "true" } }),
      b: when({ Bool: { k: ["true"] } }),
      tier: "equal",
    },
    {
      because: "Statement may be an object",
      a: identity({}),
      b: JSON.stringify({ Version: "2012-10-17", Statement: ALLOW }),
      tier: "equal",
    },
    {
      because: "the order of statements has no meaning",
      a: document(ALLOW, { ...ALLOW, Effect: "Deny" }),
      b: document({ ...ALLOW, Effect: "Deny" }, ALLOW),
      tier: "equal",
    },
    {
      because: "the order of a list has no meaning",
      a: identity({ Action: ["s3:A", "s3:B"] }),
      b: identity({ Action: ["s3:B", "s3:A"] }),
      tier: "equal",
    },
    {
      because: "the order of names has no meaning",
      a: identity({}),
      b: document({ Resource: ALLOW.Resource, Action: ALLOW.Action, Effect: "Allow" }),
      tier: "equal",
    },
    {
      because: "white space has no meaning",
      a: identity({}),
      b: JSON.stringify(JSON.parse(identity({})), null, 2),
      tier: "equal",
    },
    {
      because: "a repeated entry counts once",
      a: identity({ Action: ["s3:GetObject", "S3:getobject"] }),
      b: identity({}),
      tier: "equal",
    },
    {
      because: "a repeated statement counts once",
      a: document(ALLOW, ALLOW),
      b: document(ALLOW),
      tier: "equal",
    },
    {
      because: "actions ignore case",
      a: identity({}),
      b: identity({ Action: "S3:getOBJECT" }),
      tier: "equal",
    },
    {
      because: "NotAction ignores case",
      a: document({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      b: document({ Effect: "Allow", NotAction: "IAM:*", Resource: "*" }),
      tier: "equal",
    },
    {
      because: "condition keys ignore case",
      a: when({ ArnLike: { "aws:SourceArn": "arn:aws:s3:::x" } }),
      b: when({ ArnLike: { "AWS:sourcearn": "arn:aws:s3:::x" } }),
      tier: "equal",
    },
    {
      because: "the tag part of a condition key ignores case",
      a: when({ StringEquals: { "aws:ResourceTag/Foo": "x" } }),
      b: when({ StringEquals: { "aws:resourcetag/foo": "x" } }),
      tier: "equal",
    },
    {
      because: "an operator in another case is not an operator",
      a: when({ StringEquals: { k: "v" } }),
      b: when({ stringEquals: { k: "v" } }),
      tier: "security",
    },
    {
      because: "the case of Effect is significant",
      a: identity({}),
      b: identity({ Effect: "allow" }),
      tier: "security",
    },
    {
      because: "the case of element names is significant",
      a: identity({}),
      b: document({ Effect: "Allow", action: "s3:GetObject", Resource: ALLOW.Resource }),
      tier: "security",
    },
    {
      because: "resources keep their case",
      a: identity({}),
      b: identity({ Resource: "arn:aws:s3:::B/*" }),
      tier: "security",
    },
    {
      because: "condition values keep their case",
      a: when({ StringEquals: { k: "v" } }),
      b: when({ StringEquals: { k: "V" } }),
      tier: "security",
    },
    {
      because: "a boolean equals its text",
      a: when({ Bool: { k: true } }),
      b: when({ Bool: { k: "true" } }),
      tier: "equal",
    },
    {
      because: "a number equals its text",
      a: when({ NumericLessThan: { k: 3600 } }),
      b: when({ NumericLessThan: { k: "3600" } }),
      tier: "equal",
    },
    {
      because: "a number that JavaScript rounds is not understood",
      a: when({ NumericEquals: { k: 1e300 } }),
      b: when({ NumericEquals: { k: "1e+300" } }),
      tier: "security",
    },
    {
      because: "Bool compares by value",
      a: when({ Bool: { k: "True" } }),
      b: when({ Bool: { k: "true" } }),
      tier: "meaning",
    },
    {
      because: "Null compares by value",
      a: when({ Null: { k: "True" } }),
      b: when({ Null: { k: "true" } }),
      tier: "meaning",
    },
    {
      because: "a Bool value that is no boolean is kept as written",
      a: when({ Bool: { k: "yes" } }),
      b: when({ Bool: { k: "Yes" } }),
      tier: "security",
    },
    {
      because: "numbers compare by value",
      a: when({ NumericEquals: { k: "3600" } }),
      b: when({ NumericEquals: { k: "3600.0" } }),
      tier: "meaning",
    },
    {
      because: "a value that is no number is kept as written",
      a: when({ NumericEquals: { k: "x" } }),
      b: when({ NumericEquals: { k: "X" } }),
      tier: "security",
    },
    {
      because: "dates compare by instant",
      a: when({ DateLessThan: { k: "2026-01-01T00:00:00Z" } }),
      b: when({ DateLessThan: { k: "2026-01-01T01:00:00+01:00" } }),
      tier: "meaning",
    },
    {
      because: "a date that does not exist is kept as written",
      a: when({ DateLessThan: { k: "2026-99-01T00:00:00Z" } }),
      b: when({ DateLessThan: { k: "2026-99-01T00:00:00.0Z" } }),
      tier: "security",
    },
    {
      because: "a date without a time zone is kept as written",
      a: when({ DateLessThan: { k: "2026-01-01" } }),
      b: when({ DateLessThan: { k: "2026-01-01T00:00:00Z" } }),
      tier: "security",
    },
    {
      because: "a missing Version means 2008",
      a: withoutVersion(ALLOW),
      b: JSON.stringify({ Version: "2008-10-17", Statement: [ALLOW] }),
      tier: "equal",
    },
    {
      because: "version 2008 differs from version 2012",
      a: withoutVersion(ALLOW),
      b: document(ALLOW),
      tier: "security",
    },
    {
      because: "Id has no effect",
      a: JSON.stringify({ Version: "2012-10-17", Id: "x", Statement: [ALLOW] }),
      b: document(ALLOW),
      tier: "metadata",
    },
    {
      because: "an empty Sid equals a missing one",
      a: identity({ Sid: "" }),
      b: identity({}),
      tier: "equal",
    },
    {
      because: "a renamed Sid has no effect",
      a: identity({ Sid: "a" }),
      b: identity({ Sid: "b" }),
      tier: "metadata",
    },
    {
      because: "the same statement under two Sids counts once",
      a: document({ ...ALLOW, Sid: "a" }, { ...ALLOW, Sid: "b" }),
      b: identity({ Sid: "a" }),
      tier: "metadata",
    },
    { because: "an empty Condition equals a missing one", a: when({}), b: identity({}), tier: "equal" },
    {
      because: "an operator without keys has no effect",
      a: when({ StringEquals: {} }),
      b: identity({}),
      tier: "equal",
    },
    {
      because: "an unknown operator without keys has no effect",
      a: when({ x: {} }),
      b: identity({}),
      tier: "equal",
    },
    {
      because: "a key without values never matches",
      a: when({ StringEquals: { k: [] } }),
      b: identity({}),
      tier: "security",
    },
    {
      because: "one key in two spellings is two tests",
      a: when({ StringEquals: { k: "a", K: "b" } }),
      b: when({ StringEquals: { k: ["a", "b"] } }),
      tier: "security",
    },
    {
      because: "one key in two spellings with the same value is one test",
      a: when({ StringEquals: { k: "a", K: "a" } }),
      b: when({ StringEquals: { k: "a" } }),
      tier: "equal",
    },
    {
      because: "ArnEquals behaves like ArnLike",
      a: when({ ArnEquals: { k: "a*" } }),
      b: when({ ArnLike: { k: "a*" } }),
      tier: "meaning",
    },
    {
      because: "ArnNotEquals behaves like ArnNotLike",
      a: when({ ArnNotEquals: { k: "arn:aws:s3:::a" } }),
      b: when({ ArnNotLike: { k: "arn:aws:s3:::a" } }),
      tier: "meaning",
    },
    {
      because: "StringEquals differs from StringLike",
      a: when({ StringEquals: { k: "a" } }),
      b: when({ StringLike: { k: "a" } }),
      tier: "security",
    },
    {
      because: "ForAllValues changes the meaning",
      a: when({ "ForAllValues:StringEquals": { k: "a" } }),
      b: when({ StringEquals: { k: "a" } }),
      tier: "security",
    },
    {
      because: "IfExists changes the meaning",
      a: when({ StringEqualsIfExists: { k: "a" } }),
      b: when({ StringEquals: { k: "a" } }),
      tier: "security",
    },
    {
      because: "an action that another one covers adds nothing",
      a: identity({ Action: ["s3:*", "s3:GetObject"] }),
      b: identity({ Action: "s3:*" }),
      tier: "meaning",
    },
    {
      because: "a resource that another one covers adds nothing",
      a: identity({ Resource: ["*", "arn:aws:s3:::b"] }),
      b: identity({ Resource: "*" }),
      tier: "meaning",
    },
    {
      because: "two stars equal one",
      a: identity({ Action: "s3:**" }),
      b: identity({ Action: "s3:*" }),
      tier: "meaning",
    },
    {
      because: "a value that another one covers adds nothing",
      a: when({ StringLike: { k: ["a*", "ab"] } }),
      b: when({ StringLike: { k: "a*" } }),
      tier: "meaning",
    },
    {
      because: "an ARN that another one covers part by part adds nothing",
      a: when({ ArnLike: { k: ["arn:aws:sns:*:*:t*", "arn:aws:sns:eu-west-1:*:t1"] } }),
      b: when({ ArnLike: { k: "arn:aws:sns:*:*:t*" } }),
      tier: "meaning",
    },
    {
      because: "a star of an ARN operator matches no colon",
      a: when({ ArnLike: { k: ["arn:aws:sns:*:t", "arn:aws:sns:eu-west-1:1:t"] } }),
      b: when({ ArnLike: { k: "arn:aws:sns:*:t" } }),
      tier: "security",
    },
    {
      because: "a star inside a field of a resource matches no colon",
      a: identity({ Resource: ["arn:aws:s*s:eu:1:q", "arn:aws:sns:sqs:eu:1:q"] }),
      b: identity({ Resource: "arn:aws:s*s:eu:1:q" }),
      tier: "security",
    },
    {
      because: "one of two resources that cover each other is kept",
      a: identity({ Resource: ["arn:aws:sqs:*", "arn:aws:sqs:*:*:*"] }),
      b: identity({ Resource: "arn:aws:sqs:*" }),
      tier: "meaning",
    },
    {
      because: "a star is not a wildcard for StringEquals",
      a: when({ StringEquals: { k: ["a*", "ab"] } }),
      b: when({ StringEquals: { k: "a*" } }),
      tier: "security",
    },
    {
      because: "a star before a question mark does not match the colon that follows",
      a: identity({ Resource: "arn:aws:sqs:*?:111122223333:q" }),
      b: identity({ Resource: "arn:aws:sqs:?*:111122223333:q" }),
      tier: "security",
    },
    {
      because: "the patterns are the same if no colon follows",
      a: identity({ Resource: "arn:aws:s3:::b/*?" }),
      b: identity({ Resource: "arn:aws:s3:::b/?*" }),
      tier: "meaning",
    },
    {
      because: "stars in the default of a variable are plain text",
      a: identity({ Resource: "arn:aws:s3:::b/${aws:username, '**'}" }),
      b: identity({ Resource: "arn:aws:s3:::b/${aws:username, '*'}" }),
      tier: "security",
    },
    {
      because: "a star does not match a part of a variable",
      a: identity({ Resource: ["arn:aws:s3:::b/*}", "arn:aws:s3:::b/${aws:username}"] }),
      b: identity({ Resource: "arn:aws:s3:::b/*}" }),
      tier: "security",
    },
    {
      because: "two statements are not merged",
      a: document({ ...ALLOW, Action: "s3:A" }, { ...ALLOW, Action: "s3:B" }),
      b: identity({ Action: ["s3:A", "s3:B"] }),
      tier: "security",
    },
    {
      because: "a null in a list is ignored",
      a: identity({ Resource: ["arn:aws:s3:::b/*", null] }),
      b: identity({}),
      tier: "equal",
    },
    {
      because: "Allow differs from Deny",
      a: identity({}),
      b: identity({ Effect: "Deny" }),
      tier: "security",
    },
    {
      because: "Action differs from NotAction",
      a: identity({}),
      b: document({ Effect: "Allow", NotAction: "s3:GetObject", Resource: ALLOW.Resource }),
      tier: "security",
    },
    {
      because: "Resource differs from NotResource",
      a: identity({}),
      b: document({ Effect: "Allow", Action: "s3:GetObject", NotResource: ALLOW.Resource }),
      tier: "security",
    },
    {
      because: "a percent-encoded document equals the decoded one",
      a: encodeURIComponent(identity({})),
      b: identity({}),
      tier: "equal",
    },
    {
      because: "encoded characters inside a document are kept",
      a: identity({ Resource: "arn%3Aaws" }),
      b: identity({ Resource: "arn:aws" }),
      tier: "security",
    },
  ])("are $tier: $because", ({ a, b, tier }) => {
    expect(compareDocuments(a, b, context("identity"))).toBe(tier);
    expect(compareDocuments(b, a, context("identity"))).toBe(tier);
  });

  test("are equal if unreadable only if the texts are the same", () => {
    expect(compareDocuments("x", "x", context("identity"))).toBe("equal");
    expect(compareDocuments("x", " x", context("identity"))).toBe("security");
    expect(compareDocuments("x", identity({}), context("identity"))).toBe("security");
  });

  test("with the same opaque statement are equal in any order of its names", () => {
    const a = identity({ Fresh: 1, Extra: [{ b: 1, a: null }] });
    const b = identity({ Extra: [{ a: null, b: 1 }], Fresh: 1 });

    expect(compareDocuments(a, b, context("identity"))).toBe("equal");
    expect(compareDocuments(a, identity({ Fresh: 2 }), context("identity"))).toBe("security");
  });

  test("keep every covered member of a list that is too long to compare pair by pair", () => {
    const wide = Array.from({ length: 1_100 }, (_, at) => `s3:A${at}*`);

    expect(
      compareDocuments(
        identity({ Action: [...wide, "s3:A0b"] }),
        identity({ Action: wide }),
        context("identity"),
      ),
    ).toBe("security");
  });
});

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
