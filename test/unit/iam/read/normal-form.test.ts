import { describe, expect, test } from "@jest/globals";
import { readConditions } from "../../../../src/iam/read/conditions.ts";
import { decodeDocument, looseValue } from "../../../../src/iam/read/decode.ts";
import type { DocumentContext, Member, NormalDocument } from "../../../../src/iam/document.ts";
import { findOperator, operatorNames } from "../../../../src/iam/operators.ts";
import { readDocument } from "../../../../src/iam/read/parse.ts";
import { isDangling, normalPrincipals, principalElement } from "../../../../src/iam/read/principal.ts";
import { normalText, quotaSize } from "../../../../src/iam/read/print.ts";
import { readStatement, writtenStatement } from "../../../../src/iam/read/statement.ts";
import { lowerCase } from "../../../../src/iam/lower-case.ts";
import { conditionBlock } from "../../../../src/iam/row-text.ts";

const IDENTITY: DocumentContext = { dialect: "identity", partition: "aws", accountId: "111122223333" };
const RESOURCE: DocumentContext = { ...IDENTITY, dialect: "resource" };
const ALLOW = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };

function documentOf(value: object): NormalDocument {
  const parsed = readDocument(JSON.stringify({ Version: "2012-10-17", ...value }), IDENTITY);
  if (parsed.kind !== "parsed") throw new Error(parsed.reason);
  return parsed.document;
}

function written(value: object): object {
  const member = readStatement(value, IDENTITY);
  if (member.kind !== "statement") throw new Error(member.reason);
  return writtenStatement(member);
}

function nested(levels: number): string {
  return `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`;
}

describe("a policy text", () => {
  test("is not decoded if it is JSON after white space", () => {
    expect(decodeDocument(' \n{"a":"%41"}')).toEqual({ kind: "json", value: { a: "%41" } });
  });

  test("loses a byte order mark at its beginning, but keeps one inside", () => {
    expect(looseValue("\uFEFF{}")).toEqual({});
    expect(looseValue('{"a":"\uFEFF"}')).toEqual({ a: "\uFEFF" });
  });

  test("is parsed to a depth of 64 levels and no further", () => {
    expect(decodeDocument(nested(64)).kind).toBe("json");
    expect(decodeDocument(nested(65)).kind).toBe("unreadable");
  });
});

describe("the normal form of a document", () => {
  test("orders equal statements by Sid, those without a Sid first", () => {
    const sids = ["b", undefined, "a", "zz"].map((Sid) => ({
      ...ALLOW,
      ...(Sid === undefined ? {} : { Sid }),
    }));

    expect(documentOf({ Statement: sids }).members.map(({ sid }) => sid)).toEqual([null, "a", "b", "zz"]);
  });

  test("keeps the first of two spellings of one statement", () => {
    const [first, second] = [ALLOW, { ...ALLOW, Action: "S3:getobject" }];

    expect(documentOf({ Statement: [first, second] }).members).toMatchObject([{ source: first }]);
    expect(documentOf({ Statement: [second, first] }).members).toMatchObject([{ source: second }]);
  });

  test("has no Id if the Id is empty", () => {
    expect(documentOf({ Id: "", Statement: [] }).id).toBeNull();
    expect(documentOf({ Id: "x", Statement: [] }).id).toBe("x");
  });

  test.each([
    {
      document: { Statement: ALLOW },
      text: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:getobject"],"Resource":["*"]}]}',
      because: "only the elements that it has",
    },
    {
      document: { Id: "x", Statement: { Sid: "a", ...ALLOW, Condition: { Bool: { K: true } } } },
      text: '{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a","Effect":"Allow","Action":["s3:getobject"],"Resource":["*"],"Condition":{"Bool":{"k":["true"]}}}]}',
      because: "its names and conditions",
    },
  ])("is printed with $because", ({ document, text }) => {
    expect(normalText(documentOf(document))).toBe(text);
  });

  test("names the first unknown element", () => {
    const text = JSON.stringify({ Statement: [], First: 1, Second: 2 });
    const statement = readStatement({ ...ALLOW, First: 1, Second: 2 }, IDENTITY);

    expect(readDocument(text, IDENTITY)).toMatchObject({ reason: 'unknown element "First"' });
    expect(statement).toMatchObject({ reason: 'unknown element "First"' });
  });
});

describe("a statement", () => {
  const member = (fields: object): Member => readStatement({ ...ALLOW, ...fields }, IDENTITY);

  test.each([
    { fields: { Action: ["s3:A", 5] }, because: "one of several actions is not a text" },
    { fields: { Resource: [5, "*"] }, because: "one of several resources is not a text" },
    { fields: { Condition: { "ForAllValues:Null": { k: "true" } } }, because: "Null takes no quantifier" },
    { fields: { Condition: { NullIfExists: { k: "true" } } }, because: "Null takes no IfExists" },
    { fields: { Condition: { NumericEquals: { k: 2 ** 53 } } }, because: "JavaScript rounds the number" },
    {
      fields: { Condition: { NumericEquals: { k: -(2 ** 53) } } },
      because: "JavaScript rounds the number below zero",
    },
  ])("is not understood: $because", ({ fields }) => {
    expect(member(fields).kind).toBe("opaque");
  });

  test("is understood with the largest number that JavaScript keeps", () => {
    expect(member({ Condition: { NumericEquals: { k: 2 ** 53 - 1 } } }).kind).toBe("statement");
  });

  test.each([
    {
      given: { Sid: "", ...ALLOW, Condition: {} },
      expected: ALLOW,
      because: "an empty Sid and an empty Condition are omitted",
    },
    {
      given: { ...ALLOW, Sid: undefined, Condition: undefined },
      expected: ALLOW,
      because: "an undefined element is omitted",
    },
    {
      given: { ...ALLOW, Action: ["s3:A", null], Resource: [null, "*"] },
      expected: { ...ALLOW, Action: ["s3:A"], Resource: ["*"] },
      because: "null members are omitted",
    },
    {
      given: { Effect: "Deny", NotAction: [null, "s3:A"], NotResource: ["x", null] },
      expected: { Effect: "Deny", NotAction: ["s3:A"], NotResource: ["x"] },
      because: "null members of exceptions are omitted",
    },
    {
      given: { ...ALLOW, Condition: { StringEquals: {}, Bool: { K: true } } },
      expected: { ...ALLOW, Condition: { Bool: { K: "true" } } },
      because: "an operator without keys is omitted, and values become texts",
    },
  ])("is printed for AWS as written: $because", ({ given, expected }) => {
    expect(written(given)).toStrictEqual(expected);
  });
});

describe("conditions", () => {
  test("on one key with one operator are printed in as many spellings as there are tests", () => {
    const tests = ["1", "2", "3", "4", "5"].map((value) => ({
      operator: "StringEquals",
      key: "a:b-c",
      values: [value],
    }));
    const block = conditionBlock(tests);

    expect(block).toEqual({
      StringEquals: { "a:b-c": ["1"], "A:b-c": ["2"], "a:B-c": ["3"], "A:B-c": ["4"], "a:b-C": ["5"] },
    });
    expect(readConditions(block)).toMatchObject({ tests });
  });

  test.each([
    {
      block: { StringEquals: { k: "v" }, StringLike: { k: "v" } },
      count: 2,
      because: "two operators are two tests",
    },
    { block: { StringEquals: { k: "a", K: "b" } }, count: 2, because: "two lists for one key are two tests" },
    { block: { StringEquals: { k: "a", j: "a" } }, count: 2, because: "two keys are two tests" },
    {
      block: { StringEquals: { k: ["a", "b"], K: ["b", "a"] } },
      count: 1,
      because: "the same list twice is one test",
    },
  ])("count once each: $because", ({ block, count }) => {
    expect(readConditions(block)).toMatchObject({ tests: Array.from({ length: count }, () => ({})) });
  });
});

describe("a principal", () => {
  test.each([
    {
      element: { AWS: "111122223333" },
      names: ["AWS arn:aws:iam::111122223333:root"],
      because: "an account id is a root ARN",
    },
    {
      element: { AWS: "1111222233334" },
      names: ["AWS 1111222233334"],
      because: "thirteen digits are not an account id",
    },
    {
      element: { AWS: "x111122223333" },
      names: ["AWS x111122223333"],
      because: "a word that ends like an account id is not one",
    },
    {
      element: { Service: "111122223333" },
      names: ["Service 111122223333"],
      because: "only AWS principals are accounts",
    },
    {
      element: { CanonicalUser: "79a5" },
      names: ["CanonicalUser 79a5"],
      because: "a canonical user owns buckets",
    },
    { element: { AWS: ["a", 5] }, names: undefined, because: "one of several names is not a text" },
    { element: { Fresh: "a" }, names: undefined, because: "the type is not known" },
  ])("is read: $because", ({ element, names }) => {
    expect(normalPrincipals(element, RESOURCE)).toEqual(names);
  });

  test.each([
    { names: ["*"], element: "*", because: "all principals of a trust policy are a bare star" },
    {
      names: ["AWS *"],
      element: { AWS: ["*"] },
      because: "all principals of a resource policy are AWS principals",
    },
    {
      names: ["AWS a", "AWS b c", "Service d"],
      element: { AWS: ["a", "b c"], Service: ["d"] },
      because: "several types are kept",
    },
  ])("is printed: $because", ({ names, element }) => {
    expect(principalElement(names)).toEqual(element);
  });

  test.each([
    { name: "AWS AROAEXAMPLE1", dangles: true, because: "the unique id of a role" },
    { name: "AWS AIDAEXAMPLE1", dangles: true, because: "the unique id of a user" },
    { name: "AWS AROAEXAMPLE1:session", dangles: false, because: "more than an id" },
    { name: "Federated AWS AROAEXAMPLE1", dangles: false, because: "of another type" },
    { name: "AWS arn:aws:iam::111122223333:role/r", dangles: false, because: "a name" },
  ])("that is $because dangles: $dangles", ({ name, dangles }) => {
    expect(isDangling(name)).toBe(dangles);
  });
});

test("the operators with patterns are those of texts and ARNs", () => {
  const patterns = operatorNames().filter((name) => findOperator(name)?.pattern === true);

  expect(patterns.toSorted().join(" ")).toBe(
    "ArnEquals ArnLike ArnNotEquals ArnNotLike StringLike StringNotLike",
  );
});

describe("an IAM name in lower case", () => {
  test.each([
    { text: "S3:Get", lower: "s3:get", because: "Latin letters have two cases" },
    { text: "AB\u212ACD\u212AEF", lower: "ab\u212Acd\u212Aef", because: "the Kelvin sign is not a k" },
    { text: "\u212A", lower: "\u212A", because: "the Kelvin sign alone is not a k" },
  ])("is stable: $because", ({ text, lower }) => {
    expect(lowerCase(text)).toBe(lower);
  });

  test.each(['{ "a" : "b c" , "dd" : 1 }', '{"a":\t"\\"  x","b":"\\\\" ,"c": ""}\n', '[ "abc", "ab", "a" ]'])(
    "the size of a text excludes white space between tokens: %s",
    (text) => {
      expect(quotaSize(text)).toBe(JSON.stringify(JSON.parse(text)).length);
    },
  );
});
