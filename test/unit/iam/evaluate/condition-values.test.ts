import { describe, expect, test } from "@jest/globals";
import { holds, decided } from "./condition.ts";

describe("a value without a documented meaning", () => {
  test.each([
    { operator: "NumericEquals", wanted: "1e9", because: "a number has an exponent" },
    { operator: "NumericLessThan", wanted: "007", because: "a number has leading zeros" },
    { operator: "NumericEquals", wanted: "+5", because: "a number has a plus sign" },
    { operator: "NumericEquals", wanted: "five", because: "the value is not a number" },
    { operator: "NumericEquals", wanted: "${svc:n}", because: "a number contains a variable" },
    {
      operator: "DateLessThan",
      wanted: "20270101T000000Z",
      because: "a date has the basic format of ISO 8601",
    },
    { operator: "DateLessThan", wanted: "2027-02-30T00:00:00Z", because: "the day does not exist" },
    { operator: "DateLessThan", wanted: "2027-01-01T00:00:00+0100", because: "the time zone has no colon" },
    { operator: "DateLessThan", wanted: "2027-01-01T24:00:00Z", because: "the hour does not exist" },
    { operator: "DateLessThan", wanted: "-5", because: "the seconds are before the epoch" },
    { operator: "IpAddress", wanted: "10.0.0.0/255.0.0.0", because: "a network has a netmask" },
    { operator: "IpAddress", wanted: "010.0.0.0/8", because: "a number of an address has a leading zero" },
    { operator: "IpAddress", wanted: "2001:db8::1", because: "an IPv6 address has no prefix length" },
    { operator: "NotIpAddress", wanted: "203.0.113.0/33", because: "the prefix length is too long" },
    { operator: "Bool", wanted: "yes", because: "the value is neither true nor false" },
    { operator: "BinaryEquals", wanted: "%", because: "the value is not Base64" },
    { operator: "ArnNotLike", wanted: "arn:aws:s3", because: "the value is not an ARN" },
    { operator: "Null", wanted: "yes", because: "Null takes true or false only" },
    { operator: "Null", wanted: [], because: "Null has no value" },
    { operator: "StringNotEquals", wanted: [], because: "StringNotEquals has no value" },
    { operator: "ForAllValues:StringEquals", wanted: [], because: "ForAllValues has no value" },
    { operator: "ForAnyValue:StringNotLike", wanted: [], because: "StringNotLike has no value" },
  ])("gives no answer: $operator $wanted, because $because", ({ operator, wanted }) => {
    expect(decided(operator, wanted, "1")).toBe("unknown");
    expect(decided(operator, wanted, undefined)).toBe("unknown");
  });
});

describe("a condition on a key with several values", () => {
  test.each([
    {
      operator: "ForAllValues:StringEquals",
      found: ["a", "b"],
      expected: true,
      because: "every value is in the list",
    },
    {
      operator: "ForAllValues:StringEquals",
      found: ["a", "x"],
      expected: false,
      because: "one value is not in the list",
    },
    {
      operator: "ForAllValues:StringEquals",
      found: [],
      expected: true,
      because: "every value is in the list",
    },
    {
      operator: "ForAllValues:StringEquals",
      found: [""],
      expected: true,
      because: "an empty string counts as an empty set",
    },
    {
      operator: "ForAnyValue:StringEquals",
      found: ["a", "x"],
      expected: true,
      because: "one value is in the list",
    },
    {
      operator: "ForAnyValue:StringEquals",
      found: ["x", "y"],
      expected: false,
      because: "no value is in the list",
    },
    {
      operator: "ForAnyValue:StringEquals",
      found: [""],
      expected: false,
      because: "an empty string counts as an empty set",
    },
    {
      operator: "ForAllValues:StringNotEquals",
      found: ["x", "y"],
      expected: true,
      because: "every value is outside the list",
    },
    {
      operator: "ForAllValues:StringNotEquals",
      found: ["a", "x"],
      expected: false,
      because: "one value is in the list",
    },
    {
      operator: "ForAnyValue:StringNotEquals",
      found: ["a", "x"],
      expected: true,
      because: "one value is outside the list",
    },
    {
      operator: "ForAnyValue:StringNotEquals",
      found: ["a", "b"],
      expected: false,
      because: "every value is in the list",
    },
    {
      operator: "StringEquals",
      found: ["a", "x"],
      expected: true,
      because: "one matching value satisfies a plain operator",
    },
    {
      operator: "StringNotEquals",
      found: ["a", "x"],
      expected: false,
      because: "one matching value fails a negated operator",
    },
    {
      operator: "ForAllValues:StringLikeIfExists",
      found: ["a", "x"],
      expected: false,
      because: "the key exists",
    },
  ])("$operator holds: $holds, because $because", ({ operator, found, expected }) => {
    expect(holds(operator, ["a", "b"], found)).toBe(expected);
  });
});

describe("the operator Null", () => {
  test.each([
    { wanted: "true", found: undefined, expected: true, because: "the key is absent" },
    { wanted: "true", found: "a", expected: false, because: "the key is present" },
    { wanted: "false", found: "a", expected: true, because: "the key is present" },
    { wanted: "false", found: undefined, expected: false, because: "the key is absent" },
    { wanted: "false", found: [], expected: false, because: "a key without values is absent" },
    { wanted: ["true", "false"], found: "a", expected: true, because: "one matching value is enough" },
    {
      wanted: true,
      found: undefined,
      expected: true,
      because: "a JSON boolean has the meaning of the string",
    },
  ])("asked for $wanted with the value $found: $because", ({ wanted, found, expected }) => {
    expect(holds("Null", wanted, found)).toBe(expected);
  });
});
