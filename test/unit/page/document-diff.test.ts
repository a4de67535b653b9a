import { describe, expect, test } from "@jest/globals";
import { comparedDocuments } from "../../../src/page/view/documents/compared-documents.ts";
import { lineDiff } from "../../../src/page/view/documents/line-diff.ts";

const READ = { Sid: "read", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*" };
const SEND = {
  Effect: "Allow",
  Action: ["sqs:SendMessage"],
  Resource: ["arn:aws:sqs:eu-west-1:111122223333:q"],
};
const TRUST = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
const BOUND = { ...READ, Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } } };

const policy = (...statements: readonly object[]): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

const changed = (before: string | null, after: string | null): readonly string[] =>
  comparedDocuments(before, after)
    .filter(({ sign }) => sign !== " ")
    .map(({ sign, text }) => `${sign} ${text.trim()}`);

describe("the documents of a difference", () => {
  test.each([
    { how: "statements in another order", before: policy(READ, SEND), after: policy(SEND, READ) },
    {
      how: "a list of one action",
      before: policy(READ),
      after: policy({ ...READ, Action: ["s3:GetObject"] }),
    },
    {
      how: "a list of one resource",
      before: policy(READ),
      after: policy({ ...READ, Resource: [READ.Resource] }),
    },
    {
      how: "an action in another case",
      before: policy(READ),
      after: policy({ ...READ, Action: "S3:getobject" }),
    },
    {
      how: "a list of one principal",
      before: policy(TRUST),
      after: policy({ ...TRUST, Principal: { Service: ["lambda.amazonaws.com"] } }),
    },
    {
      how: "a list of one value of a condition",
      before: policy(BOUND),
      after: policy({ ...BOUND, Condition: { StringEquals: { "aws:SourceAccount": ["111122223333"] } } }),
    },
    {
      how: "one statement without a list",
      before: policy(READ),
      after: JSON.stringify({ Statement: READ, Version: "2012-10-17" }),
    },
    { how: "settings in another order", before: '{"b": 1, "a": ["x", "y"]}', after: '{"a":["y","x"],"b":1}' },
  ])("have no different line for $how", ({ before, after }) => {
    expect(changed(before, after)).toEqual([]);
  });

  test.each([
    {
      what: "an action",
      before: policy(READ, SEND),
      after: policy(SEND, { ...READ, Action: ["s3:GetObject", "s3:PutObject"] }),
      lines: ['- "s3:GetObject"', '+ "s3:GetObject",', '+ "s3:PutObject"'],
    },
    {
      what: "the case of a resource",
      before: policy(READ),
      after: policy({ ...READ, Resource: "arn:aws:s3:::A/*" }),
      lines: ['- "arn:aws:s3:::a/*"', '+ "arn:aws:s3:::A/*"'],
    },
    {
      what: "the effect",
      before: policy(READ),
      after: policy({ ...READ, Effect: "Deny" }),
      lines: ['- "Effect": "Allow",', '+ "Effect": "Deny",'],
    },
    { what: "a text that is no JSON", before: "x\ny", after: "x\nz", lines: ["- y", "+ z"] },
    { what: "a document that is absent", before: null, after: "x", lines: ["+ x"] },
  ])("have different lines for $what", ({ before, after, lines }) => {
    expect(changed(before, after)).toEqual(lines);
  });

  test("keep the lines that both have around those that were added and removed", () => {
    expect(lineDiff(["a", "b", "c"], ["a", "x", "c"])).toEqual([
      { sign: " ", text: "a" },
      { sign: "-", text: "b" },
      { sign: "+", text: "x" },
      { sign: " ", text: "c" },
    ]);
  });

  test("are shown one after the other if they are longer than AWS allows", () => {
    const [before, after] = ["a", "b"].map((side) =>
      Array.from({ length: 2_100 }, (_, at) => `${side}${at}`),
    );

    const signs = lineDiff(before ?? [], after ?? []).map(({ sign }) => sign);

    expect([signs.slice(0, 2_100).includes("+"), signs.length]).toEqual([false, 4_200]);
  });
});
