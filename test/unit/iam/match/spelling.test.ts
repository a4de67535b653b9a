import { describe, expect, test } from "@jest/globals";
import { looseValue } from "../../../../src/iam/read/decode.ts";
import { compareDocuments } from "../../../../src/iam/compare/comparer.ts";
import { lowerCase } from "../../../../src/iam/lower-case.ts";
import { collapseResource, collapseWildcards } from "../../../../src/iam/match/wildcard.ts";

const KELVIN = "\u212A";

function tier(one: object, other: object): string {
  const document = (fields: object): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...fields }],
    });
  return compareDocuments(document(one), document(other), {
    dialect: "identity",
    partition: "aws",
    accountId: "111122223333",
  });
}

describe("two spellings of a list of actions", () => {
  test.each([
    { one: "**:*", other: "*", is: "meaning", because: "each action has one colon" },
    { one: "s*:*", other: "*", is: "security", because: "the service begins with an s" },
    { one: "*:*Object", other: "*", is: "security", because: "the ends of the names differ" },
  ])("$one and $other differ in $is: $because", ({ one, other, is }) => {
    expect(tier({ Action: one }, { Action: other })).toBe(is);
  });
});

describe("two spellings of the values of a condition", () => {
  test.each([
    {
      operator: "StringEqualsIgnoreCase",
      one: "AbCd",
      other: "abcd",
      is: "meaning",
      because: "the case of letters is ignored",
    },
    {
      operator: "DateEquals",
      one: "1767225600",
      other: "2026-01-01T00:00:00Z",
      is: "meaning",
      because: "both are the same instant",
    },
    {
      operator: "DateEquals",
      one: "-1767225600",
      other: "-01767225600",
      is: "security",
      because: "IAM's reading of a sign is not documented",
    },
    {
      operator: "DateEquals",
      one: "1767225600.0",
      other: "1767225600.00",
      is: "security",
      because: "IAM's reading of a fraction is not documented",
    },
    {
      operator: "IpAddress",
      one: "1.11.0.0/16",
      other: "11.1.0.0/16",
      is: "security",
      because: "the digits are in other parts",
    },
    {
      operator: "IpAddress",
      one: ["ab00::/16", "AC00::/16"],
      other: ["ab00::/16", "ac00::/16"],
      is: "meaning",
      because: "order and case are ignored",
    },
  ])("$operator $one and $other differ in $is: $because", ({ operator, one, other, is }) => {
    const when = (k: unknown): object => ({ Condition: { [operator]: { k } } });

    expect(tier(when(one), when(other))).toBe(is);
    expect(tier(when(other), when(one))).toBe(is);
  });
});

test.each([
  { pattern: "a***b", one: "a*b", because: "several stars equal one" },
  { pattern: "a*?*b", one: "a?*b", because: "question marks come first" },
  { pattern: "a*b?", one: "a*b?", because: "no two wildcards are adjacent" },
  {
    pattern: "**${aws:x, '**'}",
    one: "*${aws:x, '**'}",
    because: "stars in the default of a variable are plain text",
  },
])("the canonical wildcards of $pattern are $one: $because", ({ pattern, one }) => {
  expect(collapseWildcards(pattern)).toBe(one);
});

test.each([
  {
    pattern: "arn:aws:a*?:::x",
    one: "arn:aws:a*?:::x",
    because: "its star may match across the next colon",
  },
  {
    pattern: "arn:aws:a*??:::x",
    one: "arn:aws:a*??:::x",
    because: "its star may match across more question marks",
  },
  { pattern: "arn:aws:s3*?", one: "arn:aws:s3*?", because: "a short ARN ends in such a part" },
  { pattern: "arn:aws:a*?b:::x", one: "arn:aws:a?*b:::x", because: "a letter precedes the colon" },
  { pattern: "arn:aws:s3:::x*?", one: "arn:aws:s3:::x?*", because: "the wildcards are in the last part" },
])("the canonical wildcards of the resource $pattern are $one: $because", ({ pattern, one }) => {
  expect(collapseResource(pattern)).toBe(one);
});

test.each([
  { text: "GetObject", lower: "getobject", because: "IAM ignores the case" },
  { text: `A${KELVIN}BC${KELVIN}`, lower: `a${KELVIN}bc${KELVIN}`, because: "the Kelvin sign is not a k" },
  { text: KELVIN, lower: KELVIN, because: "the Kelvin sign alone is not a k" },
])("the lower case of an IAM name, $text, is $lower: $because", ({ text, lower }) => {
  expect(lowerCase(text)).toBe(lower);
});

test.each([
  {
    text: '\uFEFF{"a":"\uFEFF"}',
    value: { a: "\uFEFF" },
    because: "a byte order mark before the text is ignored",
  },
  { text: '{"a":"\uFEFF"}', value: { a: "\uFEFF" }, because: "a byte order mark inside the text is kept" },
  { text: "%7B%7D", value: {}, because: "the text is percent-encoded" },
  { text: "%", value: undefined, because: "the text can't be decoded" },
])("a text is decoded leniently: $because", ({ text, value }) => {
  expect(looseValue(text)).toEqual(value);
});
