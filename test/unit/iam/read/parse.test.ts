import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import { readDocument } from "../../../../src/iam/read/parse.ts";
import { normalText } from "../../../../src/iam/read/print.ts";
import type { Dialect } from "../../../../src/model/aws/policy-document.ts";

const ALLOW = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
const TRUST = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };

const of = (dialect: Dialect): DocumentContext => ({ dialect, partition: "aws", accountId: "111122223333" });
const document = (statement: unknown): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statement });

describe("a text is unreadable", () => {
  test.each([
    { text: "", reason: "it is not JSON" },
    { text: "{", reason: "it is not JSON" },
    { text: "%7", reason: "it is neither JSON nor percent-encoded text" },
    { text: encodeURIComponent(encodeURIComponent(document([ALLOW]))), reason: "it is not JSON" },
    { text: JSON.stringify(document([ALLOW])), reason: "it is not a JSON object" },
    { text: "[]", reason: "it is not a JSON object" },
    { text: '{"Version":"2012-10-17"}', reason: "it has no Statement" },
    { text: '{"Version":"2013-10-17","Statement":[]}', reason: "its Version is not known" },
    { text: '{"Id":{},"Statement":[]}', reason: "its Id is not a string" },
    { text: '{"Extra":1,"Statement":[]}', reason: 'unknown element "Extra"' },
    { text: '{"__proto__":{},"Statement":[]}', reason: 'unknown element "__proto__"' },
    {
      text: `{"Statement":${"[".repeat(60_000)}${"]".repeat(60_000)}}`,
      reason: "it is nested deeper than 64 levels",
    },
  ])("$#: $reason", ({ text, reason }) => {
    expect(readDocument(text, of("identity"))).toEqual({ kind: "unreadable", reason });
  });
});

describe("a statement is opaque", () => {
  test.each([
    { statement: "afd", reason: "not an object" },
    { statement: { ...ALLOW, Extra: 1 }, reason: 'unknown element "Extra"' },
    { statement: { ...ALLOW, Sid: 1 }, reason: "Sid is not a string" },
    { statement: { ...ALLOW, Effect: "allow" }, reason: "Effect is neither Allow nor Deny" },
    { statement: { ...ALLOW, NotAction: "s3:*" }, reason: "both Action and NotAction" },
    { statement: { ...ALLOW, NotResource: "*" }, reason: "both Resource and NotResource" },
    { statement: { ...ALLOW, Principal: "*", NotPrincipal: "*" }, reason: "both Principal and NotPrincipal" },
    { statement: { ...ALLOW, Principal: "*" }, reason: "a policy of this kind has no Principal" },
    { statement: { Effect: "Allow", Resource: "*" }, reason: "Action is not understood" },
    { statement: { ...ALLOW, Action: [[]] }, reason: "Action is not understood" },
    { statement: { ...ALLOW, Resource: {} }, reason: "Resource is not understood" },
    { statement: { Effect: "Allow", Action: "s3:*" }, reason: "no Resource" },
    { statement: { ...ALLOW, Condition: [] }, reason: "Condition is not an object" },
    { statement: { ...ALLOW, Condition: { Bool: [] } }, reason: 'condition operator "Bool" holds no keys' },
    { statement: { ...ALLOW, Condition: { x: { a: "1" } } }, reason: 'unknown condition operator "x"' },
    {
      statement: { ...ALLOW, Condition: { NullIfExists: { a: "1" } } },
      reason: 'unknown condition operator "NullIfExists"',
    },
    {
      statement: { ...ALLOW, Condition: { Bool: { a: [{}] } } },
      reason: 'the values of condition key "a" are not understood',
    },
    {
      statement: { ...ALLOW, Condition: { Bool: { a: null } } },
      reason: 'the values of condition key "a" are not understood',
    },
  ])("$reason", ({ statement, reason }) => {
    const parsed = readDocument(document([ALLOW, statement]), of("identity"));

    expect(parsed).toMatchObject({ kind: "parsed", document: { opaque: true } });
    const members = parsed.kind === "parsed" ? parsed.document.members : [];
    expect(members.filter((member) => member.kind === "opaque")).toMatchObject([{ reason }]);
  });

  test.each([
    { dialect: "trust" as const, statement: ALLOW, reason: "no Principal" },
    {
      dialect: "trust" as const,
      statement: { ...TRUST, Resource: "*" },
      reason: "a trust policy has no Resource",
    },
    {
      dialect: "trust" as const,
      statement: { ...TRUST, Principal: [] },
      reason: "Principal is not understood",
    },
    { dialect: "resource" as const, statement: TRUST, reason: "no Resource" },
    {
      dialect: "boundary" as const,
      statement: { ...ALLOW, Principal: "*" },
      reason: "a policy of this kind has no Principal",
    },
  ])("in a $dialect document: $reason", ({ dialect, statement, reason }) => {
    expect(readDocument(document(statement), of(dialect))).toMatchObject({
      document: { opaque: true, members: [{ kind: "opaque", reason }] },
    });
  });
});

test("every document that AWS accepts is understood, except for date forms without documentation", () => {
  const file = new URL("../../../fixtures/aws/policy-validation.json", import.meta.url);
  const recorded = JSON.parse(readFileSync(file, "utf8")) as readonly { policy: string; valid: boolean }[];
  const accepted = recorded.filter((one) => one.valid).map((one) => readDocument(one.policy, of("identity")));

  expect(accepted).toHaveLength(54);
  const reasons = accepted.flatMap((parsed) =>
    parsed.kind === "unreadable"
      ? [parsed.reason]
      : parsed.document.members.flatMap((member) => (member.kind === "opaque" ? [member.reason] : [])),
  );
  expect(reasons.filter((reason) => !/not documented how Date\w+ compares/.test(reason))).toEqual([]);
});

test.each([
  {
    because: "Id and Sid are kept",
    dialect: "identity" as const,
    text: '{"Id":"i","Statement":{"Sid":"s","Effect":"Deny","NotAction":"A:b","NotResource":["y","x"]}}',
  },
  {
    because: "a key in several spellings remains several keys",
    dialect: "identity" as const,
    text: document({
      ...ALLOW,
      Condition: { StringEquals: { "a-b": "1", "A-b": "2", "a-B": "3", "A-B": "4" } },
    }),
  },
  {
    because: "principals keep their types",
    dialect: "resource" as const,
    text: document({
      ...ALLOW,
      Principal: { AWS: ["111122223333", "*"], Service: "s3.amazonaws.com", Federated: "x:y" },
    }),
  },
  {
    because: "the bare star stays bare",
    dialect: "trust" as const,
    text: document({ ...TRUST, Principal: "*" }),
  },
  {
    because: "NotPrincipal stays",
    dialect: "resource" as const,
    text: document({ Effect: "Deny", NotPrincipal: { AWS: "*" }, Action: "*", Resource: "*" }),
  },
  {
    because: "opaque statements are unchanged",
    dialect: "identity" as const,
    text: document([{ Sid: "o", x: [1, { b: 1, a: 2 }] }, "text", null]),
  },
])("the printed normal form is parsed to itself: $because", ({ text, dialect }) => {
  const parsed = readDocument(text, of(dialect));
  const printed = parsed.kind === "parsed" ? normalText(parsed.document) : "";
  const again = readDocument(printed, of(dialect));

  expect(again).toMatchObject({ kind: "parsed" });
  expect(again.kind === "parsed" ? normalText(again.document) : "").toBe(printed);
});
