import { describe, expect, test } from "@jest/globals";
import { checkStatement } from "../../../../../src/iam/check/grammar/statement.ts";
import { formatPath } from "../../../../../src/text/located/value-path.ts";
import { ALLOW } from "./statements.ts";

describe("the Condition of a statement", () => {
  test.each([
    {
      because: "Condition is a list",
      statement: { ...ALLOW, Condition: [] },
      faults: ['Condition: Condition is not an object (write {"StringEquals": {"KEY": "VALUE"}})'],
    },
    {
      because: "an operator contains no keys",
      statement: { ...ALLOW, Condition: { Bool: "x" } },
      faults: ['Condition.Bool: Condition.Bool holds no keys (write {"KEY": "VALUE"} below it)'],
    },
    {
      because: "an operator has another case",
      statement: { ...ALLOW, Condition: { "ForAllValues:stringEqualsIfExists": { k: "v" } } },
      faults: [
        'Condition.ForAllValues:stringEqualsIfExists: unknown condition operator "ForAllValues:stringEqualsIfExists" (write "ForAllValues:StringEqualsIfExists")',
      ],
    },
    {
      because: "an operator does not exist",
      statement: { ...ALLOW, Condition: { Matches: { k: "v" } } },
      faults: ['Condition.Matches: unknown condition operator "Matches"'],
    },
    {
      because: "a value is an object",
      statement: { ...ALLOW, Condition: { StringEquals: { k: ["v", {}] } } },
      faults: ["Condition.StringEquals.k[1]: Condition.StringEquals.k[1] holds {} (write strings)"],
    },
    {
      because: "a value of Bool is not a boolean",
      statement: { ...ALLOW, Condition: { Bool: { k: "yes" } } },
      faults: ['Condition.Bool.k: "yes" is not true or false (write "true" or "false")'],
    },
    {
      because: "a value is not a number",
      statement: { ...ALLOW, Condition: { NumericEquals: { k: "many" } } },
      faults: ['Condition.NumericEquals.k: "many" is not a number (write a number)'],
    },
    {
      because: "a value is not a date",
      statement: { ...ALLOW, Condition: { DateLessThan: { k: "tomorrow" } } },
      faults: ['Condition.DateLessThan.k: "tomorrow" is not a date (write it as 2026-01-31T12:00:00Z)'],
    },
    {
      because: "a variable is in a place for plain text",
      statement: { ...ALLOW, Condition: { NumericEquals: { k: "${aws:x}" } } },
      faults: [
        'Condition.NumericEquals.k: "${aws:x}" has a variable, which only string and ARN operators take (write a number)',
      ],
    },
    {
      because: "a date is out of range for IAM",
      statement: { ...ALLOW, Condition: { DateLessThan: { k: "9223372036854775808" } } },
      faults: [
        'Condition.DateLessThan.k: "9223372036854775808" is not a date (write it as 2026-01-31T12:00:00Z)',
      ],
    },
    {
      because: "a value is not an address range",
      statement: { ...ALLOW, Condition: { IpAddress: { k: ["203.0.113.0/24", "203.0.113.0/33"] } } },
      faults: [
        'Condition.IpAddress.k[1]: "203.0.113.0/33" is not an address or a range of addresses (write it as 203.0.113.0/24)',
      ],
    },
    {
      because: "a value is not Base64",
      statement: { ...ALLOW, Condition: { BinaryEquals: { k: "a-b" } } },
      faults: ['Condition.BinaryEquals.k: "a-b" is not Base64 (encode the value in Base64)'],
    },
    {
      because: "a value is not an ARN",
      statement: { ...ALLOW, Condition: { ArnLike: { k: ["*", "arn:aws:s3:::b", "b"] } } },
      faults: [
        'Condition.ArnLike.k[2]: "b" is not an ARN (an ARN has six parts: arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE)',
      ],
    },
    {
      because: "a key has no value",
      statement: { ...ALLOW, Condition: { StringEquals: { k: [] } } },
      faults: [
        "Condition.StringEquals.k: Condition.StringEquals.k is empty: nothing matches it (name at least one value)",
      ],
    },
    {
      because: "Null has a suffix",
      statement: { ...ALLOW, Condition: { NullIfExists: { k: "true" } } },
      faults: [
        'Condition.NullIfExists: Null takes neither a quantifier nor IfExists: "NullIfExists" (write "Null")',
      ],
    },
    {
      because: "IAM does not accept a character of a value",
      statement: { ...ALLOW, Condition: { StringEquals: { k: "\u{1F600}" } } },
      faults: [
        "Condition.StringEquals.k: Condition.StringEquals.k holds U+1F600, which IAM does not take (use characters up to U+00FF)",
      ],
    },
    {
      because: "a value ends with a carriage return",
      statement: { ...ALLOW, Condition: { StringEquals: { k: "vpc-123\r" } } },
      faults: [
        "Condition.StringEquals.k: Condition.StringEquals.k has the control character U+000D (remove it)",
      ],
    },
    {
      because: "a resource has a tab",
      statement: { ...ALLOW, Resource: ["arn:aws:s3:::a\tb"] },
      faults: ["Resource[0]: Resource[0] has the control character U+0009 (remove it)"],
    },
    {
      because: "a key contains an invisible soft hyphen",
      statement: { ...ALLOW, Condition: { StringEquals: { "aws:Source\u00adVpc": "v" } } },
      faults: [
        'Condition.StringEquals["aws:Source\u00adVpc"]: Condition.StringEquals["aws:Source\u00adVpc"] has the control character U+00AD (remove it)',
      ],
    },
  ])("is reported as wrong if $because", ({ statement, faults }) => {
    const found = checkStatement(statement, "identity").map(
      ({ steps, message, fix }) => `${formatPath(steps)}: ${message}${fix === null ? "" : ` (${fix})`}`,
    );

    expect(found).toEqual(
      faults.map((fault) =>
        fault.replace(
          '"": a statement is an object',
          ": a statement is an object (write Effect, Action and Resource)",
        ),
      ),
    );
  });
});
