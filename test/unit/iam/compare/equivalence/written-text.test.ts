import { describe, expect, test } from "@jest/globals";
import { compareTexts } from "../../../../../src/iam/compare/comparer.ts";
import { readDocument } from "../../../../../src/iam/read/parse.ts";
import { findLosses } from "../../../../../src/text/json/lossless.ts";
import { servicesUsed } from "../../../../../src/iam/read/services.ts";

const IDENTITY = { dialect: "identity", partition: "aws", accountId: "111122223333" } as const;

/** A document whose one condition has this value, written as JSON. */
const limited = (value: string, operator = "NumericLessThan"): string =>
  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"*","Condition":{"${operator}":{"s3:max-keys":${value}}}}]}`;

function compared(a: string, b: string): string {
  const comparison = compareTexts(a, b, IDENTITY);
  return comparison.kind === "compared" ? comparison.tier : `${comparison.which}: ${comparison.reason}`;
}

describe("numbers that JavaScript rounds or respells keep their text", () => {
  test.each([
    {
      a: "12345678901234567890",
      b: "12345678901234567891",
      tier: "security",
      because: "numbers of twenty digits differ",
    },
    {
      a: "9007199254740993",
      b: "9007199254740992",
      tier: "security",
      because: "a number next to the safe range differs",
    },
    { a: "0.1", b: "0.10000000000000001", tier: "security", because: "numbers of seventeen decimals differ" },
    {
      a: "12345678901234567890",
      b: '"12345678901234567890"',
      tier: "equal",
      because: "a number equals its text",
    },
    { a: "1000.0", b: "1000", tier: "meaning", because: "numeric values are compared by value" },
    { a: "-0", b: "0", tier: "meaning", because: "no JavaScript number is between them" },
    { a: "1e3", b: "1000", tier: "equal", because: "an exponent is another spelling" },
    { a: "15E-1", b: "1.5", tier: "equal", because: "a negative exponent is another spelling" },
    { a: "-2.5e+1", b: "-25", tier: "equal", because: "an exponent may follow a fraction and a sign" },
    { a: "1.5e-2", b: "0.015", tier: "equal", because: "an exponent may move the point past the digits" },
    { a: "0e5", b: "0", tier: "equal", because: "zero with an exponent is zero" },
    { a: "[1, 20]", b: "[20.0, 1]", tier: "meaning", because: "a list may contain such numbers" },
  ])("$a and $b are $tier: $because", ({ a, b, tier }) => {
    expect(compared(limited(a), limited(b))).toBe(tier);
  });

  test("a number equals its text for text operators", () => {
    expect(compared(limited("1.0", "StringEquals"), limited("1", "StringEquals"))).toBe("security");
  });

  test("a number that is too long to spell out gives no answer", () => {
    expect(compared(limited("1"), limited("1e400"))).toBe("b: the number 1e400 is out of range");
  });

  test("digits inside a text are kept", () => {
    const text = JSON.stringify({ a: '1.0 "2.0" \\', "3.0": "4e9:" });
    expect(findLosses(text)).toEqual({ names: 2, kept: text, outOfRange: null });
  });
});

describe("a document with a duplicate name is not understood, since IAM rejects it", () => {
  const plain = limited("1");
  test.each([
    { text: plain.replace('"Effect"', '"Effect":"Deny","Effect"'), because: "the name is in a statement" },
    {
      text: plain.replace('"Effect"', '"\\u0045ffect":"Deny","Effect"'),
      because: "one of the names is escaped",
    },
    {
      text: plain.replace('"Version"', '"Version":"2008-10-17","Version"'),
      because: "the name is in the document",
    },
    {
      text: plain.replace('"s3:max-keys"', '"s3:max-keys":[],"s3:max-keys"'),
      because: "the name is in a condition",
    },
    {
      text: plain.replace('"Version"', '"__proto__":1,"__proto__":2,"Version"'),
      because: "the name is __proto__",
    },
  ])("$because", ({ text }) => {
    expect(compared(plain, text)).toBe("b: an object has the same name twice");
    expect(compared(encodeURIComponent(text), plain)).toBe("a: an object has the same name twice");
  });

  test("the same name in two objects is not a duplicate", () => {
    expect(readDocument(limited('["a:b", "Effect"]'), IDENTITY).kind).toBe("parsed");
  });
});

describe("the services of a text are found despite its faults, which another check reports", () => {
  test.each([
    { text: `\uFEFF${limited("1")}`, because: "the text begins with a byte order mark" },
    { text: limited("1").replace('"Effect"', '"Effect":"Deny","Effect"'), because: "a name occurs twice" },
    { text: encodeURIComponent(limited("1e400")), because: "a number is out of range" },
  ])("$because", ({ text }) => {
    expect(servicesUsed([text])).toEqual(["s3"]);
  });

  test("a text that is no JSON has no services", () => {
    expect(servicesUsed(["{", "%7", ""])).toEqual([]);
  });
});

describe("letters that IAM does not accept make another name", () => {
  const KELVIN = "\u212A";
  test.each([
    { element: "Action", a: `${KELVIN}ms:Decrypt`, b: "kms:Decrypt" },
    { element: "NotAction", a: `${KELVIN}MS:*`, b: "kms:*" },
    {
      element: "Condition",
      a: { StringEquals: { [`${KELVIN}ms:ViaService`]: "a" } },
      b: { StringEquals: { "kms:ViaService": "a" } },
    },
  ])("the name is in $element", ({ element, a, b }) => {
    const [named, plain] = [a, b].map((value) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: {
          Effect: "Allow",
          Resource: "*",
          ...(element === "Condition" && { Action: "*" }),
          [element]: value,
        },
      }),
    );
    expect(compared(named ?? "", plain ?? "")).toBe("security");
  });
});
