import { readDocumentName } from "../../../../src/iam/row-text.ts";
import { describe, expect, test } from "@jest/globals";
import type { DocumentContext } from "../../../../src/iam/document.ts";
import { effectiveSurface, invocationSurface, type Surface } from "../../../../src/iam/compare/surface.ts";
import { recordedSurface } from "../../../../src/workbench/policy/surface.ts";

type Fields = Readonly<Record<string, unknown>>;

const ACCOUNT = "111122223333";
const IDENTITY: DocumentContext = { dialect: "identity", partition: "aws", accountId: ACCOUNT };
const RESOURCE: DocumentContext = { ...IDENTITY, dialect: "resource" };

const allow = (fields: Fields = {}): Fields => ({
  Effect: "Allow",
  Action: "s3:GetObject",
  Resource: "*",
  ...fields,
});
const deny = (fields: Fields = {}): Fields => ({ ...allow(fields), Effect: "Deny" });
const document = (...statements: readonly Fields[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** `ACTION on RESOURCE`, with what cuts it and what is taken out. */
function texts(surface: Surface): readonly string[] {
  return recordedSurface(surface).rows.map(({ row, within, except }) =>
    [
      `${row.certainty}: ${row.principal === null ? "" : `${row.principal} `}${row.action} on ${row.resource}`,
      ...(row.condition === "" ? [] : [`when ${row.condition}`]),
      ...(within === null ? [] : [`within ${within.action} on ${within.resource}`]),
      ...(except?.map((denial) => `except ${denial.action} on ${denial.resource}`) ?? ["except too much"]),
    ].join(" "),
  );
}

function surface(own: readonly Fields[], boundary: readonly Fields[] | null = null): readonly string[] {
  return texts(
    effectiveSurface({
      documents: [{ from: readDocumentName("inline"), text: document(...own) }],
      boundary: boundary && { from: readDocumentName("boundary"), text: document(...boundary) },
      context: IDENTITY,
    }),
  );
}

describe("the surface of a role", () => {
  test("contains the grants of its documents, each once, without rows that another row covers", () => {
    expect(
      surface([
        allow({ Action: ["sqs:SendMessage", "s3:Get*"] }),
        allow({ Resource: "arn:aws:s3:::b/*" }),
        allow({ Action: "S3:get*" }),
      ]),
    ).toEqual(["proved: s3:Get* on *", "proved: sqs:SendMessage on *"]);
  });

  test("contains no grant that is always denied", () => {
    expect(surface([allow(), deny({ Action: "s3:*" })])).toEqual([]);
  });

  test("contains a grant that a Deny limits, with that Deny", () => {
    const secret = deny({ Action: "*", Resource: "arn:aws:s3:::b/secret/*" });
    const insecure = deny({ Condition: { Bool: { "aws:SecureTransport": "false" } } });

    expect(surface([allow(), secret, insecure])).toEqual([
      "possible: s3:GetObject on * except * on arn:aws:s3:::b/secret/* except s3:GetObject on *",
    ]);
  });

  test("contains only grants that its boundary covers too", () => {
    expect(
      surface(
        [allow({ Action: ["s3:*", "sqs:SendMessage", "iam:PassRole"] })],
        [
          allow({ Action: ["s3:GetObject", "sqs:*"] }),
          allow({ Action: "s3:PutObject", Resource: "arn:aws:s3:::b/*" }),
        ],
      ),
    ).toEqual([
      "proved: s3:GetObject on * within s3:GetObject on *",
      "proved: s3:PutObject on arn:aws:s3:::b/* within s3:PutObject on arn:aws:s3:::b/*",
      "proved: sqs:SendMessage on *",
    ]);
  });

  test("contains the conditions of the grant and of the boundary", () => {
    expect(
      surface(
        [allow({ Condition: { Bool: { a: "true" } } })],
        [allow({ Action: "s3:*", Condition: { Bool: { b: "true" } } })],
      ),
    ).toEqual(['proved: s3:GetObject on * when {"Bool":{"a":["true"],"b":["true"]}} within s3:* on *']);
  });

  test("contains a pattern that only overlaps with the boundary's as possible", () => {
    expect(surface([allow({ Action: "s3:Get*" })], [allow({ Action: "s3:*Object" })])).toEqual([
      "possible: s3:Get* on * within s3:*Object on *",
    ]);
  });

  test("contains no certain grant if the boundary can't be read", () => {
    const found = effectiveSurface({
      documents: [{ from: readDocumentName("inline"), text: document(allow()) }],
      boundary: { from: readDocumentName("boundary"), text: "{" },
      context: IDENTITY,
    });

    expect(texts(found)).toEqual(["possible: s3:GetObject on *"]);
    expect(found.unclear).toEqual([
      expect.objectContaining({ from: readDocumentName("boundary"), action: { kind: "unknown" } }),
    ]);
  });
});

describe("the invokers of a function", () => {
  const invoke = (fields: Fields): Fields =>
    allow({
      Principal: { Service: "sns.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`,
      ...fields,
    });
  const invokers = (...statements: readonly Fields[]): readonly string[] =>
    texts(invocationSurface([{ from: readDocumentName("policy"), text: document(...statements) }], RESOURCE));

  test("are the principals that its policies name, but not those that may only read it", () => {
    expect(
      invokers(
        invoke({}),
        invoke({ Principal: { AWS: "444455556666" }, Action: "lambda:*" }),
        invoke({ Principal: "*", Action: "lambda:GetFunction" }),
      ),
    ).toEqual([
      `proved: AWS arn:aws:iam::444455556666:root lambda:* on arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`,
      `proved: Service sns.amazonaws.com lambda:InvokeFunction on arn:aws:lambda:eu-west-1:${ACCOUNT}:function:f`,
    ]);
  });

  test("are none if all principals are denied", () => {
    expect(
      invokers(invoke({}), { ...invoke({ Principal: "*", Action: "*", Resource: "*" }), Effect: "Deny" }),
    ).toEqual([]);
  });
});
