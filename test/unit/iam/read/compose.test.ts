import { describe, expect, test } from "@jest/globals";
import { Comparer } from "../../../../src/iam/compare/comparer.ts";
import { onlyEffect, unionDocument } from "../../../../src/iam/read/compose.ts";
import { documentText } from "../../../../src/iam/read/print.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";

const reader = new Comparer();

const A: Statement = { Sid: "A", Effect: "Allow", Action: ["s3:GetObject"], Resource: "*" };
const B: Statement = { Sid: "B", Effect: "Deny", Action: "S3:PutObject", Resource: "*" };

describe("the union of two documents", () => {
  test("contains the statements of both once each, as written and sorted by Sid", () => {
    expect(unionDocument(documentText([B]), documentText([A, B]), reader)).toBe(documentText([A, B]));
  });

  test("keeps the first Sid if only the Sid differs", () => {
    const other = { ...A, Sid: "C", Action: "s3:getobject" };

    expect(unionDocument(documentText([A]), documentText([other]), reader)).toBe(documentText([A]));
  });

  test("numbers a Sid that two statements share", () => {
    const a2 = { ...A, Action: "s3:ListBucket" };
    const used = { ...B, Sid: "A2" };
    const union = unionDocument(documentText([A, used]), documentText([a2]), reader);

    expect(
      (JSON.parse(union ?? "") as { Statement: Statement[] }).Statement.map((statement) => statement.Sid),
    ).toEqual(["A", "A3", "A2"]);
  });

  test("keeps statements without a Sid unnamed", () => {
    const bare: Statement = { Effect: "Allow", Action: "a:b", Resource: "*" };
    const other: Statement = { Effect: "Allow", Action: "a:c", Resource: "*" };

    expect(unionDocument(documentText([other]), documentText([bare]), reader)).toBe(
      documentText([bare, other]),
    );
  });

  test.each([
    { because: "one can't be read", text: "text" },
    {
      because: "one contains an opaque statement",
      text: '{"Version":"2012-10-17","Statement":[{"Fresh":1}]}',
    },
    {
      because: "one would have another meaning in version 2012",
      text: '{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${x}"}}',
    },
  ])("is undefined because $because", ({ text }) => {
    expect(unionDocument(documentText([A]), text, reader)).toBeUndefined();
    expect(unionDocument(text, documentText([A]), reader)).toBeUndefined();
    expect(onlyEffect(text, "Allow", reader)).toBeUndefined();
  });

  test("includes a document of version 2008 whose meaning is the same in version 2012", () => {
    expect(unionDocument(JSON.stringify({ Statement: A }), documentText([]), reader)).toBe(documentText([A]));
  });
});

test("a document limited to one effect omits the other", () => {
  const text = documentText([A, B]);

  expect(onlyEffect(text, "Allow", reader)).toBe(documentText([A]));
  expect(onlyEffect(text, "Deny", reader)).toBe(documentText([B]));
  expect(onlyEffect(documentText([A]), "Deny", reader)).toBe(documentText([]));
});
