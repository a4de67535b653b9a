import { describe, expect, test } from "@jest/globals";
import { checkStatement } from "../../../../../src/iam/check/grammar/statement.ts";
import { formatPath } from "../../../../../src/text/located/value-path.ts";
import { ALLOW } from "./statements.ts";

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
