import { describe, expect, test } from "@jest/globals";
import { onlyEffect, unionDocument } from "../../../../src/iam/read/compose.ts";
import { documentText } from "../../../../src/iam/read/print.ts";
import type { Statement } from "../../../../src/model/aws/policy-document.ts";

const A: Statement = { Sid: "A", Effect: "Allow", Action: ["s3:GetObject"], Resource: "*" };
const B: Statement = { Sid: "B", Effect: "Deny", Action: "S3:PutObject", Resource: "*" };

describe("the union of two documents", () => {
  test("has the statements of both once each, sorted by Sid, as they were written", () => {
    expect(unionDocument(documentText([B]), documentText([A, B]))).toBe(documentText([A, B]));
  });

  test("keeps the first one's Sid where only that differs", () => {
    const other = { ...A, Sid: "C", Action: "s3:getobject" };

    expect(unionDocument(documentText([A]), documentText([other]))).toBe(documentText([A]));
  });

  test("numbers a Sid that stands for two statements", () => {
    const a2 = { ...A, Action: "s3:ListBucket" };
    const taken = { ...B, Sid: "A2" };
    const union = unionDocument(documentText([A, taken]), documentText([a2]));

    expect(
      (JSON.parse(union ?? "") as { Statement: Statement[] }).Statement.map((statement) => statement.Sid),
    ).toEqual(["A", "A3", "A2"]);
  });

  test("keeps statements without a Sid without one", () => {
    const bare: Statement = { Effect: "Allow", Action: "a:b", Resource: "*" };
    const other: Statement = { Effect: "Allow", Action: "a:c", Resource: "*" };

    expect(unionDocument(documentText([other]), documentText([bare]))).toBe(documentText([bare, other]));
  });

  test.each([
    { because: "one can't be read", text: "text" },
    {
      because: "one holds what is not understood",
      text: '{"Version":"2012-10-17","Statement":[{"Fresh":1}]}',
    },
    {
      because: "one would mean something else in 2012",
      text: '{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${x}"}}',
    },
  ])("is undefined when $because", ({ text }) => {
    expect(unionDocument(documentText([A]), text)).toBeUndefined();
    expect(unionDocument(text, documentText([A]))).toBeUndefined();
    expect(onlyEffect(text, "Allow")).toBeUndefined();
  });

  test("takes a document of 2008 that means the same in 2012", () => {
    expect(unionDocument(JSON.stringify({ Statement: A }), documentText([]))).toBe(documentText([A]));
  });
});

test("one effect of a document leaves the other out", () => {
  const text = documentText([A, B]);

  expect(onlyEffect(text, "Allow")).toBe(documentText([A]));
  expect(onlyEffect(text, "Deny")).toBe(documentText([B]));
  expect(onlyEffect(documentText([A]), "Deny")).toBe(documentText([]));
});
