import { describe, expect, test } from "@jest/globals";
import { nearestName } from "../../../../../src/text/nearest-name.ts";
import { checkStatement } from "../../../../../src/iam/check/grammar/statement.ts";
import { formatPath } from "../../../../../src/text/located/value-path.ts";
import type { Dialect } from "../../../../../src/model/aws/policy-document.ts";

const ALLOW = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" };
const TRUST = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
const INVOKE = { ...ALLOW, Principal: { AWS: "111122223333" }, Action: "lambda:InvokeFunction" };

describe("a statement of a role's policy", () => {
  test.each([
    { because: "it is not an object", statement: "text", faults: ['"": a statement is an object'] },
    {
      because: "an element is misspelled",
      statement: { ...ALLOW, Efect: "Allow" },
      faults: ['Efect: unknown element "Efect" (write "Effect")'],
    },
    {
      because: "an element does not exist",
      statement: { ...ALLOW, Priority: 1 },
      faults: ['Priority: unknown element "Priority" (remove it)'],
    },
    {
      because: "an element has another case",
      statement: { Effect: "Allow", action: "s3:*", Resource: "*" },
      faults: ['action: unknown element "action" (write "Action")'],
    },
    {
      because: "the Sid has other characters",
      statement: { ...ALLOW, Sid: "a-b" },
      faults: ['Sid: Sid "a-b" is not allowed (use letters and digits only)'],
    },
    {
      because: "the Sid is not a text",
      statement: { ...ALLOW, Sid: {} },
      faults: ["Sid: Sid {} is not allowed (use letters and digits only)"],
    },
    {
      because: "Effect has another case",
      statement: { ...ALLOW, Effect: "allow" },
      faults: ['Effect: Effect is "Allow" or "Deny" exactly, not "allow" (write "Allow")'],
    },
    {
      because: "Effect has another value",
      statement: { ...ALLOW, Effect: "permit" },
      faults: ['Effect: Effect is "Allow" or "Deny" exactly, not "permit" (write "Allow" or "Deny")'],
    },
    {
      because: "Effect is not a text",
      statement: { ...ALLOW, Effect: 1 },
      faults: ['Effect: Effect is "Allow" or "Deny" exactly, not 1 (write "Allow" or "Deny")'],
    },
    {
      because: "it has no element",
      statement: {},
      faults: [
        'Effect: Effect is missing (write "Allow" or "Deny")',
        "Action: Action is missing (write Action)",
        "Resource: Resource is missing (write Resource)",
      ],
    },
    {
      because: "it has both elements of a pair",
      statement: { ...ALLOW, NotAction: "a:b", NotResource: "*" },
      faults: [
        "NotAction: Action and NotAction exclude each other (remove one of them)",
        "NotResource: Resource and NotResource exclude each other (remove one of them)",
      ],
    },
    {
      because: "it names a principal",
      statement: { ...ALLOW, Principal: "*", NotPrincipal: "*" },
      faults: [
        "Principal: Principal has no place in a statement of a role's policy (remove it)",
        "NotPrincipal: NotPrincipal has no place in a statement of a role's policy (remove it)",
      ],
    },
    {
      because: "an action has no service",
      statement: { ...ALLOW, Action: ["s3:*", "GetObject"] },
      faults: ['Action[1]: action "GetObject" has no service prefix (write it as "service:Action")'],
    },
    {
      because: "an action has two colons",
      statement: { Effect: "Deny", NotAction: "s3:Get:Object", Resource: "*" },
      faults: ['NotAction: action "s3:Get:Object" has more than one colon (write it as "service:Action")'],
    },
    {
      because: "the text before the colon can't be a service",
      statement: { ...ALLOW, Action: "a a:B" },
      faults: ['Action: "a a" is not a service prefix (use the prefix of AWS\'s action list, such as s3)'],
    },
    {
      because: "a list is empty",
      statement: { ...ALLOW, Action: [] },
      faults: ["Action: Action is empty (name at least one)"],
    },
    {
      because: "a member is null",
      statement: { ...ALLOW, Resource: ["*", null] },
      faults: ["Resource[1]: Resource[1] is not a string (remove it: IAM overlooks it)"],
    },
    {
      because: "IAM does not accept a character",
      statement: { ...ALLOW, Resource: "arn:aws:s3:::b/\u2013" },
      faults: ["Resource: Resource holds U+2013, which IAM does not take (use characters up to U+00FF)"],
    },
    {
      because: "a resource is not an ARN",
      statement: { ...ALLOW, Resource: "b" },
      faults: [
        'Resource: resource "b" is neither an ARN nor "*" (an ARN has six parts: arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE)',
      ],
    },
    {
      because: "an ARN is too short",
      statement: { ...ALLOW, Resource: "arn:aws:s3::b" },
      faults: [
        'Resource: resource "arn:aws:s3::b" has 5 of six parts (an ARN has six parts: arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE)',
      ],
    },
    {
      because: "a partition does not exist",
      statement: { ...ALLOW, Resource: "arn:amazon:s3:::b" },
      faults: ['Resource: "amazon" is not a partition (use aws, aws-cn or aws-us-gov)'],
    },
    {
      because: "the service of an ARN is a pattern",
      statement: { ...ALLOW, Resource: "arn:aws:*:::b" },
      faults: ['Resource: resource "arn:aws:*:::b" names no service (wildcards can\'t stand for a service)'],
    },
    {
      because: "the ARN of a bucket has a region",
      statement: { ...ALLOW, Resource: "arn:aws:s3:eu-west-1::b" },
      faults: [
        'Resource: resource "arn:aws:s3:eu-west-1::b" must not name a region (leave the region empty)',
      ],
    },
    {
      because: "IAM has no such resource",
      statement: { ...ALLOW, Resource: "arn:aws:iam::111122223333:b" },
      faults: ['Resource: "b" is not a resource of IAM (begin it with role/, policy/, user/ …)'],
    },
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

  test.each([
    {
      because: "actions and partitions may have wildcards",
      statement: { ...ALLOW, Action: ["*", "s3:Get*"], Resource: ["*", "arn:*:s3:::b"] },
    },
    {
      because: "variables contain colons",
      statement: { ...ALLOW, Resource: "arn:aws:s3:::b/${aws:username}/*" },
    },
    {
      because: "an access point has a region",
      statement: { ...ALLOW, Resource: "arn:aws:s3:eu-west-1:111122223333:accesspoint/a" },
    },
    {
      because: "IAM's resources are known",
      statement: {
        ...ALLOW,
        Resource: [
          "arn:aws:iam::111122223333:role/r",
          "arn:aws:iam::111122223333:root",
          "arn:aws:iam::111122223333:*",
        ],
      },
    },
    {
      because: "values have any scalar type of JSON",
      statement: {
        ...ALLOW,
        Condition: { Bool: { k: true }, NumericLessThan: { j: 3600 }, StringEquals: {}, Null: { l: "True" } },
      },
    },
    {
      because: "dates have any of several forms",
      statement: {
        ...ALLOW,
        Condition: {
          DateLessThan: {
            k: ["2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5+01:00", "1767225600"],
          },
        },
      },
    },
    {
      because: "a variable may be any text or ARN",
      statement: { ...ALLOW, Condition: { ArnLike: { k: "${aws:x}" }, StringEquals: { k: "${aws:x}" } } },
    },
    {
      because: "NotAction and NotResource are valid elements",
      statement: { Effect: "Deny", NotAction: "s3:*", NotResource: "*", Sid: "Deny1" },
    },
  ])("is accepted if $because", ({ statement }) => {
    expect(checkStatement(statement, "identity")).toEqual([]);
    expect(checkStatement(statement, "boundary")).toEqual([]);
  });
});

describe("a statement with principals", () => {
  test.each<{ dialect: Dialect; statement: unknown; messages: readonly string[] }>([
    { dialect: "trust", statement: TRUST, messages: [] },
    {
      dialect: "trust",
      statement: { ...TRUST, Principal: { AWS: "*", Federated: "x", CanonicalUser: "y" } },
      messages: [],
    },
    {
      dialect: "trust",
      statement: { ...TRUST, Principal: "*" },
      messages: ['IAM refuses the bare "*" in a trust policy'],
    },
    {
      dialect: "trust",
      statement: { ...TRUST, Resource: "*" },
      messages: ["Resource has no place in a statement of a trust policy"],
    },
    {
      dialect: "trust",
      statement: ALLOW,
      messages: [
        "Principal is missing",
        'a role can\'t be asked for "s3:GetObject"',
        "Resource has no place in a statement of a trust policy",
      ],
    },
    {
      dialect: "trust",
      statement: { ...TRUST, Principal: [] },
      messages: ["Principal is not an object"],
    },
    {
      dialect: "trust",
      statement: { ...TRUST, Principal: {}, Action: "sts:*" },
      messages: ["Principal is empty"],
    },
    {
      dialect: "trust",
      statement: { ...TRUST, Principal: { Aws: "*" } },
      messages: ['"Aws" is not a type of principal'],
    },
    {
      dialect: "trust",
      statement: { ...TRUST, Principal: { constructor: "*" } },
      messages: ['"constructor" is not a type of principal'],
    },
    {
      dialect: "trust",
      statement: { ...TRUST, Principal: { AWS: "r", Service: ["lambda"] } },
      messages: ['"r" is no account, whole ARN of IAM or STS, or "*"', '"lambda" is not a service'],
    },
    { dialect: "resource", statement: INVOKE, messages: [] },
    {
      dialect: "resource",
      statement: { ...INVOKE, Principal: { AWS: "arn:aws:iam::111122223333:role/*" } },
      messages: ['"arn:aws:iam::111122223333:role/*" is no account, whole ARN of IAM or STS, or "*"'],
    },
    {
      dialect: "resource",
      statement: { ...INVOKE, Principal: { Service: ["alexa-appkit.amazon.com", "s3.amazonaws.com.cn"] } },
      messages: [],
    },
    { dialect: "resource", statement: { ...INVOKE, Principal: "*", Sid: "gk_1-2" }, messages: [] },
    {
      dialect: "resource",
      statement: { ...INVOKE, Sid: "a.b" },
      messages: ['Sid "a.b" is not allowed'],
    },
    {
      dialect: "resource",
      statement: { ...ALLOW, NotPrincipal: { AWS: 1 } },
      messages: ["NotPrincipal.AWS is not a string"],
    },
  ])("of a $dialect policy has the faults $messages", ({ dialect, statement, messages }) => {
    expect(checkStatement(statement, dialect).map((fault) => fault.message)).toEqual(messages);
  });
});

test.each([
  { name: "effect", nearest: "Effect", because: "only the case differs" },
  { name: "StringLik", nearest: "StringLike", because: "one letter is missing" },
  { name: "Bol", nearest: "Bool", because: "the nearest of several is chosen" },
  { name: "Matches", nearest: undefined, because: "no name is near" },
])("the nearest name of $name is $nearest: $because", ({ name, nearest }) => {
  expect(nearestName(name, ["StringNotLike", "Null", "Bowls", "Bool", "StringLike", "Effect"])).toBe(nearest);
});
