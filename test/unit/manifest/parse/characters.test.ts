import { describe, expect, test } from "@jest/globals";
import { compileTexts, diagnosticTexts, functionText } from "../../../support/manifests.ts";

const FILE = "teams/orders/a.yaml";

function ofSpec(spec: string): readonly string[] {
  return diagnosticTexts(compileTexts({ [FILE]: functionText("a", spec) }));
}

const deny = (vpc: string): string =>
  `  statements:\n    - reason: x\n      statement: {Effect: Deny, Action: "s3:GetObject", Resource: "arn:aws:s3:::uploads/*", Condition: {StringEquals: {"aws:SourceVpc": "${vpc}"}}}\n`;

describe("an invisible character is an error in every value that reaches AWS", () => {
  test.each([
    {
      because: "a Deny with a no-break space denies nothing",
      spec: deny("vpc-1\u00a0"),
      message: `${FILE}:8:137 "vpc-1\\u00a0" has a character that is not visible → remove U+00A0, which is not visible`,
    },
    {
      because: "in a grant's condition",
      spec: '  grants:\n    - events: {bus: main, allow: [put], source: ["ord\u200bers"]}\n',
      message: `${FILE}:7:50 "ord\\u200bers" has a character that is not visible → remove U+200B, which is not visible`,
    },
    {
      because: "in a key of a table",
      spec: '  grants:\n    - dynamodb: {table: orders, allow: [read], leadingKeys: ["a\u2060b"]}\n',
      message: expect.stringContaining('"a\\u2060b" has a character that is not visible → remove U+2060'),
    },
    {
      because: "in a role's tag, which is a permission",
      spec: '  role: {tags: {cost-center: "47\u00a011"}}\n',
      message: expect.stringContaining('"47\\u00a011" has a character that is not visible → remove U+00A0'),
    },
  ])("$because", ({ spec, message }) => {
    expect(ofSpec(spec)).toEqual([message]);
  });
});

describe("a character that IAM rejects in a policy is an error before the call", () => {
  test.each([
    {
      because: "a Cyrillic letter in an event's source",
      spec: '  grants:\n    - events: {bus: main, allow: [put], source: ["\u043erders"]}\n',
      message: `${FILE}:7:50 "\\u043erders" has a character that IAM does not take in a policy → replace U+043E, which looks like o, with the ASCII character`,
    },
    {
      because: "letters of another script",
      spec: '  grants:\n    - events: {bus: main, allow: [put], source: ["\u65e5\u672c"]}\n',
      message: `${FILE}:7:50 "\u65e5\u672c" has a character that IAM does not take in a policy → use characters up to U+00FF`,
    },
    {
      because: "in a prefix",
      spec: '  grants:\n    - s3: {bucket: uploads, prefix: "or\u0435/", allow: [read]}\n',
      message: expect.stringContaining("replace U+0435, which looks like e"),
    },
  ])("$because", ({ spec, message }) => {
    expect(ofSpec(spec)).toEqual([message]);
  });

  test.each([
    {
      because: "Latin-1",
      spec: '  grants:\n    - events: {bus: main, allow: [put], source: ["\u00e9t\u00e9"]}\n',
    },
    {
      because: "a reason is not sent to AWS",
      spec: '  grants:\n    - sqs: {queue: queue, allow: [send]}\n      reason: "\u65e5\u672c"\n',
    },
    { because: "a tag's value", spec: '  role: {tags: {cost-center: "\u65e5\u672c"}}\n' },
  ])("is accepted: $because", ({ spec }) => {
    expect(ofSpec(spec)).toEqual([]);
  });
});

describe("a value with an outer space is an error, since AWS compares the space", () => {
  const FIX = "remove it; where a value really has one, write ? for it with StringLike or in an ARN";

  test.each([
    {
      because: "a Deny with a trailing space denies nothing",
      spec: deny("vpc-1 "),
      problem: `${FILE}:8:137 "vpc-1 " ends with a blank → ${FIX}`,
    },
    {
      because: "a value has a leading space",
      spec: deny(" vpc-1"),
      problem: `${FILE}:8:137 " vpc-1" begins with a blank → ${FIX}`,
    },
    {
      because: "in a grant's condition",
      spec: '  grants:\n    - events: {bus: main, allow: [put], source: ["orders "]}\n',
      problem: `${FILE}:7:50 "orders " ends with a blank → ${FIX}`,
    },
    {
      because: "in an ARN",
      spec: deny("vpc-1").replace("uploads/*", "uploads/* "),
      problem: expect.stringContaining('"arn:aws:s3:::uploads/* " ends with a blank'),
    },
  ])("$because", ({ spec, problem }) => {
    expect(ofSpec(spec)).toEqual([problem]);
  });

  test.each([
    { because: "a space inside a value", spec: deny("a b") },
    { because: "a tag's value", spec: '  role: {tags: {cost-center: "4711 "}}\n' },
    {
      because: "a reason",
      spec: '  grants:\n    - sqs: {queue: queue, allow: [send]}\n      reason: "x "\n',
    },
  ])("is accepted: $because", ({ spec }) => {
    expect(ofSpec(spec)).toEqual([]);
  });
});
