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
    { one: "*:*Object", other: "*", is: "security", because: "the name ends otherwise" },
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
      because: "no letter's case counts",
    },
    {
      operator: "DateEquals",
      one: "1767225600",
      other: "2026-01-01T00:00:00Z",
      is: "meaning",
      because: "it is one instant",
    },
    {
      operator: "DateEquals",
      one: "-1767225600",
      other: "-01767225600",
      is: "security",
      because: "what IAM makes of a sign is not documented",
    },
    {
      operator: "DateEquals",
      one: "1767225600.0",
      other: "1767225600.00",
      is: "security",
      because: "what IAM makes of a fraction is not documented",
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
      because: "no order and no case counts",
    },
  ])("$operator $one and $other differ in $is: $because", ({ operator, one, other, is }) => {
    const when = (k: unknown): object => ({ Condition: { [operator]: { k } } });

    expect(tier(when(one), when(other))).toBe(is);
    expect(tier(when(other), when(one))).toBe(is);
  });
});

test.each([
  { pattern: "a***b", one: "a*b", because: "several stars are one" },
  { pattern: "a*?*b", one: "a?*b", because: "question marks come first" },
  { pattern: "a*b?", one: "a*b?", because: "nothing stands side by side" },
  { pattern: "**${aws:x, '**'}", one: "*${aws:x, '**'}", because: "in a variable's default stars are text" },
])("the wildcards of $pattern are in one spelling $one: $because", ({ pattern, one }) => {
  expect(collapseWildcards(pattern)).toBe(one);
});

test.each([
  {
    pattern: "arn:aws:a*?:::x",
    one: "arn:aws:a*?:::x",
    because: "its star may reach over the colon behind it",
  },
  { pattern: "arn:aws:a*??:::x", one: "arn:aws:a*??:::x", because: "so may it over more question marks" },
  { pattern: "arn:aws:s3*?", one: "arn:aws:s3*?", because: "a short ARN ends in such a part" },
  { pattern: "arn:aws:a*?b:::x", one: "arn:aws:a?*b:::x", because: "there is a letter before the colon" },
  { pattern: "arn:aws:s3:::x*?", one: "arn:aws:s3:::x?*", because: "it stands in the last part" },
])("the wildcards of the resource $pattern are in one spelling $one: $because", ({ pattern, one }) => {
  expect(collapseResource(pattern)).toBe(one);
});

test.each([
  { text: "GetObject", lower: "getobject", because: "IAM ignores its case" },
  { text: `A${KELVIN}BC${KELVIN}`, lower: `a${KELVIN}bc${KELVIN}`, because: "the Kelvin sign is no k" },
  { text: KELVIN, lower: KELVIN, because: "nor is it one alone" },
])("a name of IAM, $text, is in lower case $lower: $because", ({ text, lower }) => {
  expect(lowerCase(text)).toBe(lower);
});

test.each([
  { text: '\uFEFF{"a":"\uFEFF"}', value: { a: "\uFEFF" }, because: "a mark before the text is none of it" },
  { text: '{"a":"\uFEFF"}', value: { a: "\uFEFF" }, because: "one inside is" },
  { text: "%7B%7D", value: {}, because: "it was encoded" },
  { text: "%", value: undefined, because: "it can't be decoded" },
])("a text is read loosely, $because", ({ text, value }) => {
  expect(looseValue(text)).toEqual(value);
});
