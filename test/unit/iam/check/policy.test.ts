import { describe, expect, test } from "@jest/globals";
import { checkPolicy } from "../../../../src/iam/check/policy.ts";
import { readDocument } from "../../../../src/iam/read/parse.ts";
import { readStrictly } from "../../../../src/iam/check/grammar/read.ts";
import type { Dialect } from "../../../../src/model/aws/policy-document.ts";
import { actionDataOf } from "../../../support/policies/action-data.ts";

const BUCKET = "arn:*:s3:::*";
const OBJECT = "arn:*:s3:::*/*";
const QUEUE = "arn:*:sqs:*:*:*";
const DATA = actionDataOf(
  {
    "s3:GetObject": { arns: [OBJECT], keys: ["s3:existingobjecttag/<key>"] },
    "s3:GetObjectAcl": { arns: [OBJECT] },
    "s3:ListBucket": { arns: [BUCKET], keys: ["s3:prefix"] },
    "s3:ListAllMyBuckets": {},
    "s3:PutBucketPolicy": { arns: [BUCKET], levels: ["Permissions management", "Write"] },
    "sqs:SendMessage": { arns: [QUEUE] },
    "sqs:ReceiveMessage": { arns: [QUEUE] },
    "sts:AssumeRole": { keys: ["sts:externalid"] },
    "lambda:InvokeFunction": { arns: ["arn:*:lambda:*:*:function:*"] },
  },
  {
    "aws:sourcearn": { type: "ARN", multivalued: false },
    "aws:tagkeys": { type: "String", multivalued: true },
    "aws:securetransport": { type: "Bool", multivalued: false },
    "aws:sourcevpc": { type: "String", multivalued: false },
    "aws:currenttime": { type: "Date", multivalued: false },
    "aws:epochtime": { type: "Numeric", multivalued: false },
    "aws:sourceip": { type: "IPAddress", multivalued: false },
  },
);
const DATED = "(AWS's action data of 2026-01-31)";

interface Setting {
  readonly dialect?: Dialect;
  readonly isManaged?: boolean;
  readonly boundary?: readonly object[];
  readonly attached?: readonly object[];
  readonly version?: string;
}

function named(name: string, statements: readonly object[] | undefined, dialect: Dialect) {
  const context = { dialect, partition: "aws", accountId: "111122223333" };
  const text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const parsed = readDocument(text, context);
  if (parsed.kind === "unreadable") throw new Error(parsed.reason);
  return { name, document: parsed.document };
}

/** The findings about these statements as `RULE severity path: reason (fix)`. */
function findingsOf(statements: readonly unknown[], setting: Setting = {}): readonly string[] {
  const { dialect = "identity", isManaged = false, boundary, attached, version = "2012-10-17" } = setting;
  const context = { dialect, partition: "aws", accountId: "111122223333", isManaged };
  const reading = readStrictly(JSON.stringify({ Version: version, Statement: statements }), context);
  if (reading.kind === "unreadable") throw new Error(reading.finding.reason);
  const findings = checkPolicy(reading.document, {
    context,
    data: DATA,
    boundary: boundary === undefined ? null : named("boundary.json", boundary, "boundary"),
    attached: attached === undefined ? [] : [named("other.json", attached, "identity")],
  });
  return findings.map(
    ({ rule, severity, path, reason, fix }) =>
      `${rule} ${severity} ${path}: ${reason}${fix === null ? "" : ` (${fix})`}`,
  );
}

const allow = (Action: unknown, Resource: unknown = "arn:aws:s3:::b/*", more: object = {}): object => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown, Resource: unknown = "*", more: object = {}): object => ({
  ...allow(Action, Resource, more),
  Effect: "Deny",
});
const when = (Condition: object): object => ({ Condition });
const Q = "arn:aws:sqs:eu-west-1:111122223333:q";

test("a policy without a doubtful part has no findings", () => {
  expect(
    findingsOf([
      allow(["s3:GetObject"], ["arn:aws:s3:::b/*"], { Sid: "Read" }),
      allow("s3:ListBucket", "arn:aws:s3:::b", when({ StringLike: { "s3:prefix": "a/*" } })),
      allow("sqs:SendMessage", Q, when({ DateLessThan: { "aws:CurrentTime": "2026-12-31T00:00:00Z" } })),
      deny("s3:*", "*", when({ Bool: { "aws:SecureTransport": "false" } })),
    ]),
  ).toEqual([]);
});

describe("names that AWS does not have (ACT-003)", () => {
  test.each([
    {
      because: "an action is misspelled",
      statement: allow("s3:GetObjct"),
      findings: `ACT-003 error Statement[0].Action: there is no action "s3:GetObjct" ${DATED} (write "s3:GetObject")`,
    },
    {
      because: "a service is misspelled",
      statement: allow(["sqss:SendMessage", "s3:GetObject"]),
      findings: `ACT-003 error Statement[0].Action[0]: there is no service "sqss" ${DATED} (write "sqs:SendMessage")`,
    },
    {
      because: "no similar name exists",
      statement: allow(["mechanicalturk:X", "s3:GetObject"]),
      findings: `ACT-003 error Statement[0].Action[0]: there is no service "mechanicalturk" ${DATED} (use AWS's prefix, such as s3 or dynamodb)`,
    },
    {
      because: "a pattern matches no action",
      statement: deny("s3:Zip*"),
      findings: `ACT-003 error Statement[0].Action: "s3:Zip*" matches no action ${DATED} (name the actions that the code calls)`,
    },
    {
      because: "excepted actions are checked too",
      statement: { Effect: "Deny", NotAction: "s3:Unheard", Resource: "*" },
      findings: `ACT-003 error Statement[0].NotAction: there is no action "s3:Unheard" ${DATED} (use an action of s3)`,
    },
    {
      because: "the action does not have the key",
      statement: allow("s3:GetObject", "*", when({ StringEquals: { "s3:prefix": "a" } })),
      findings: `ACT-003 error Statement[0].Condition.StringEquals.s3:prefix: a request of s3:GetObject has no condition key "s3:prefix" ${DATED} (use a key that the action has, or a statement of its own)`,
    },
    {
      because: "a global key is misspelled",
      statement: {
        Effect: "Deny",
        NotAction: "s3:*",
        Resource: "*",
        ...when({ Bool: { "aws:SecureTransprt": "true" } }),
      },
      findings:
        'ACT-003 error Statement[0].Condition.Bool.aws:SecureTransprt: there is no condition key "aws:SecureTransprt" (write "aws:securetransport")',
    },
  ])("are reported: $because", ({ statement, findings }) => {
    expect(findingsOf([statement])).toEqual([findings]);
  });

  test.each<{ because: string; statement: object; dialect?: Dialect }>([
    { because: "a star is not a name", statement: deny("*") },
    { because: "a pattern of services is not a name", statement: deny("s*:Get") },
    {
      because: "an action without a service already has a finding of the grammar",
      statement: deny("Get"),
    },
    {
      because: "tag keys are arbitrary",
      statement: allow("s3:GetObject", "*", when({ StringEquals: { "s3:ExistingObjectTag/a": "b" } })),
    },
    {
      because: "the keys of an identity provider are its own",
      statement: {
        Effect: "Allow",
        Principal: { Federated: "x" },
        Action: "sts:AssumeRole",
        ...when({ StringEquals: { "accounts.google.com:aud": "x" } }),
      },
      dialect: "trust" as const,
    },
  ])("are not checked: $because", ({ statement, dialect = "identity" }) => {
    expect(findingsOf([statement], { dialect })).toEqual([]);
  });
});

describe("policy variables", () => {
  const withVariable = (text: string): object => allow("s3:GetObject", `arn:aws:s3:::b/${text}`);

  test.each([
    {
      variable: "${aws:ColourOfShoes}",
      findings:
        "ACT-003 error Statement[0].Resource: no request has a value for the variable ${aws:ColourOfShoes} (use a key that the action has, or a statement of its own)",
    },
    {
      variable: "${aws:usrname, 'x'}",
      findings:
        'ACT-003 error Statement[0].Resource: no request has a value for the variable ${aws:usrname} (write "aws:username")',
    },
    {
      variable: "${team}",
      findings:
        "ACT-003 error Statement[0].Resource: no request has a value for the variable ${team} (name a condition key, such as ${aws:PrincipalTag/team})",
    },
    {
      variable: "${aws:userid",
      findings:
        'GRM-002 warning Statement[0].Resource: a variable of "arn:aws:s3:::b/${aws:userid" is not closed (close it with "}")',
    },
  ])("are reported if they match nothing: $variable", ({ variable, findings }) => {
    expect(findingsOf([withVariable(variable)])).toEqual([findings]);
  });

  test("are reported in the values of conditions", () => {
    const condition = { StringEquals: { "aws:SourceVpc": ["v", "${team}"] } };

    expect(findingsOf([allow("s3:GetObject", "*", when(condition))])).toEqual([
      "ACT-003 error Statement[0].Condition.StringEquals.aws:SourceVpc[1]: no request has a value for the variable ${team} (name a condition key, such as ${aws:PrincipalTag/team})",
    ]);
  });

  test.each(["${aws:PrincipalTag/team}/${*}${?}${$}", "${accounts.google.com:sub}", "${aws:userid, 'none'}"])(
    "are accepted: %s",
    (variable) => {
      expect(findingsOf([withVariable(variable)])).toEqual([]);
    },
  );

  test("are plain text in a document of version 2008", () => {
    expect(findingsOf([withVariable("${team}")], { version: "2008-10-17" })).toEqual([]);
  });
});

describe("wildcards in allowed actions (ACT-001, ACT-002)", () => {
  test.each([
    {
      action: "s3:Get*",
      findings: [`ACT-002 note Statement[0].Action: "s3:Get*" is 2 actions today ${DATED}`],
    },
    {
      action: "s3:Get?bject",
      findings: [`ACT-002 note Statement[0].Action: "s3:Get?bject" is 1 action today ${DATED}`],
    },
    {
      action: "s3:*",
      findings: [
        `ACT-001 warning Statement[0].Action: "s3:*" allows the whole service, 5 actions today, 1 of which change permissions ${DATED}, also what AWS adds later (name the actions that the code calls)`,
      ],
    },
    {
      action: "*",
      findings: [
        'ACT-001 warning Statement[0].Action: "*" allows actions of every service that fits, also what AWS adds later (name the actions that the code calls)',
      ],
    },
  ])("are counted: $action", ({ action, findings }) => {
    expect(findingsOf([allow(action, "*")])).toEqual(findings);
  });

  test.each([
    { because: "a Deny is wide on purpose", statement: deny("s3:Get*"), dialect: "identity" },
    {
      because: "NotAction is not a wildcard",
      statement: { Effect: "Allow", NotAction: "s3:Get*", Resource: "*" },
      dialect: "identity",
    },
    {
      because: "a boundary is an upper limit",
      statement: allow(["s3:*", "sqs:Send*"], "*"),
      dialect: "boundary",
    },
  ] as const)("are not reported if $because", ({ statement, dialect }) => {
    expect(findingsOf([statement], { dialect })).toEqual([]);
  });

  test("of a service that AWS does not have are reported as an unknown name only", () => {
    expect(findingsOf([allow("nosuchservice:*", "*")]).map((line) => line.slice(0, 7))).toEqual(["ACT-003"]);
  });
});

describe("actions and resources that do not fit together (ACT-004)", () => {
  test.each([
    {
      because: "the action takes another type of resource",
      statement: allow("s3:GetObject", "arn:aws:s3:::b"),
      findings: [
        `ACT-004 warning Statement[0].Action: "s3:GetObject" has no effect on the resources of this statement: it takes ${OBJECT} ${DATED} (give it a statement with such a resource)`,
      ],
    },
    {
      because: "the resource belongs to another service, in spite of its star",
      statement: allow(["s3:GetObject", "sqs:SendMessage"]),
      findings: [
        `ACT-004 warning Statement[0].Action[1]: "sqs:SendMessage" has no effect on the resources of this statement: it takes arn:*:sqs:*:*:* ${DATED} (give it a statement with such a resource)`,
      ],
    },
    {
      because: "the action takes no resource",
      statement: allow(["s3:ListAllMyBuckets", "s3:GetObject"]),
      findings: [
        `ACT-004 warning Statement[0].Action[0]: "s3:ListAllMyBuckets" has no effect on the resources of this statement: it takes only * ${DATED} (give it a statement with such a resource)`,
      ],
    },
    {
      because: "the name of the resource ends with a space",
      statement: {
        Effect: "Deny",
        Action: "s3:GetObject",
        Resource: ["arn:aws:s3:::b/* ", "arn:aws:s3:::c/*"],
      },
      findings: [
        'ACT-004 warning Statement[0].Resource[0]: "arn:aws:s3:::b/* " ends with a blank, which AWS takes for a part of the name (remove the blank if it is not meant)',
      ],
    },
    {
      because: "no action takes the resource",
      statement: allow("s3:GetObject", ["arn:aws:s3:::b/*", Q]),
      findings: [
        `ACT-004 warning Statement[0].Resource[1]: no action of this statement takes "${Q}" ${DATED} (remove it, or name actions that take it)`,
      ],
    },
  ])("are reported: $because", ({ statement, findings }) => {
    expect(findingsOf([statement])).toEqual(findings);
  });

  test.each([
    {
      because: "one statement names a bucket and its objects",
      statement: allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]),
    },
    { because: "a star fits every action", statement: allow(["s3:ListAllMyBuckets"], "*") },
    {
      because: "a variable may have any value",
      statement: allow("s3:GetObject", "arn:aws:s3:::${aws:userid}"),
    },
    {
      because: "the resources that NotResource leaves are not known",
      statement: { Effect: "Deny", Action: "s3:ListAllMyBuckets", NotResource: Q },
    },
    {
      because: "NotAction is not checked",
      statement: { Effect: "Deny", NotAction: "s3:ListAllMyBuckets", Resource: Q },
    },
    {
      because: "the star may also match the service",
      statement: allow(["s3:GetObject", "sqs:SendMessage"], "arn:aws:s*"),
    },
    { because: "a star may include a fitting action", statement: deny("*", ["arn:aws:s3:::b/*", Q]) },
    { because: "there is no action", statement: { Effect: "Allow", Resource: "arn:aws:s3:::b" } },
    {
      because: "a pattern of services may include a fitting action",
      statement: deny(["s*:Put*", "s3:GetObject"], ["arn:aws:s3:::b/*", Q]),
    },
  ])("are not reported if $because", ({ statement }) => {
    expect(findingsOf([statement])).toEqual([]);
  });
});

describe("conditions that do not mean what they suggest (CON-001 to CON-003)", () => {
  const at = (path: string): string => `Statement[0].Condition.${path}`;
  test.each([
    {
      because: "a wildcard is a plain character without a Like operator",
      condition: { "ForAnyValue:StringNotEqualsIgnoreCaseIfExists": { "aws:TagKeys": ["a*", "b"] } },
      findings: [
        `CON-002 warning ${at("ForAnyValue:StringNotEqualsIgnoreCaseIfExists.aws:TagKeys[0]")}: StringNotEqualsIgnoreCase compares the wildcard in "a*" as a character (write ForAnyValue:StringNotLikeIfExists if a pattern is meant)`,
      ],
    },
    {
      because: "a space at the end is a part of the value",
      condition: { StringEquals: { "aws:SourceVpc": ["vpc-1", "vpc-2 "] } },
      findings: [
        `CON-002 warning ${at("StringEquals.aws:SourceVpc[1]")}: "vpc-2 " ends with a blank, which AWS compares too (remove the blank if it is not meant)`,
      ],
    },
    {
      because: "a space at the beginning is a part of a pattern too",
      condition: { StringLike: { "aws:SourceVpc": " vpc-*" } },
      findings: [
        `CON-002 warning ${at("StringLike.aws:SourceVpc")}: " vpc-*" begins with a blank, which AWS compares too (remove the blank if it is not meant)`,
      ],
    },
    {
      because: "the operator has another type than the key",
      condition: { StringEquals: { "aws:SecureTransport": "true" } },
      findings: [
        `CON-002 warning ${at("StringEquals.aws:SecureTransport")}: StringEquals compares "aws:SecureTransport", whose values are of type Bool, as something else (use Bool)`,
      ],
    },
    {
      because: "an address is not a text",
      condition: { StringLike: { "aws:SourceIp": "203.0.113.*" } },
      findings: [
        `CON-002 warning ${at("StringLike.aws:SourceIp")}: StringLike compares "aws:SourceIp", whose values are of type IPAddress, as something else (use IpAddress or NotIpAddress)`,
      ],
    },
    {
      because: "an operator has the same key twice",
      condition: { StringLike: { "aws:SourceVpc": "a", "AWS:sourcevpc": "b" } },
      findings: [
        `CON-002 warning ${at("StringLike.AWS:sourcevpc")}: "aws:SourceVpc" and "AWS:sourcevpc" are one key: both tests must hold (write one of them, with a list of the values that are meant)`,
      ],
    },
    {
      because: "a plain operator is for a single value",
      condition: { StringEquals: { "aws:TagKeys": "a" } },
      findings: [
        `CON-003 error ${at("StringEquals.aws:TagKeys")}: a request may have several values of "aws:TagKeys", and StringEquals is for one (write ForAnyValue:StringEquals, or ForAllValues:StringEquals with Null)`,
      ],
    },
    {
      because: "a quantifier is for several values",
      condition: { "ForAnyValue:StringEquals": { "aws:SourceVpc": "a" } },
      findings: [
        `CON-003 warning ${at("ForAnyValue:StringEquals.aws:SourceVpc")}: a request has one value of "aws:SourceVpc": ForAnyValue: is for keys with several (write StringEquals)`,
      ],
    },
    {
      because: "ForAllValues holds without the key",
      condition: {
        "ForAllValues:StringEquals": { "aws:TagKeys": "a" },
        Null: { "aws:TagKeys": "true", "aws:SourceVpc": "false" },
      },
      findings: [
        `CON-001 error ${at("ForAllValues:StringEquals.aws:TagKeys")}: ForAllValues:StringEquals also holds where the request has no "aws:TagKeys" (add "Null": {"aws:TagKeys": "false"})`,
      ],
    },
  ])("are reported: $because", ({ condition, findings }) => {
    expect(findingsOf([allow("s3:GetObject", "*", when(condition))])).toEqual(findings);
  });

  test.each([
    { because: "an ARN is compared as a text", condition: { StringEquals: { "aws:SourceArn": "a" } } },
    { because: "a text is compared as an ARN", condition: { ArnLike: { "aws:SourceVpc": "*" } } },
    {
      because: "a wildcard is escaped",
      condition: { StringEquals: { "aws:SourceVpc": "${*}${?}" } },
    },
    {
      because: "seconds since 1970 are a date",
      condition: { DateLessThan: { "aws:EpochTime": "1767225600" } },
    },
    {
      because: "an unknown operator already has another finding",
      condition: { Equals: { "aws:TagKeys": "a*" } },
    },
    { because: "Null only tests the presence of a key", condition: { Null: { "aws:TagKeys": true } } },
    {
      because: "the type of a key is not known",
      condition: { BinaryEquals: { "aws:PrincipalTag/x": "QQ==" } },
    },
    {
      because: "no service publishes keys of bytes",
      condition: { BinaryEquals: { "aws:SourceVpc": "QQ==" } },
    },
    {
      because: "the key must exist",
      condition: { "ForAllValues:StringEquals": { "aws:TagKeys": "a" }, Null: { "AWS:tagkeys": "False" } },
    },
    {
      because: "another test requires the key",
      condition: {
        "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] },
        "ForAnyValue:StringEquals": { "aws:TagKeys": "a" },
      },
    },
    {
      because: "a tag of the request is also one of its tag keys",
      condition: {
        "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] },
        StringEquals: { "aws:RequestTag/a": "x" },
      },
    },
    {
      because: "keys that are no object already have another finding",
      condition: { StringEquals: "x", Bool: { "aws:SecureTransport": [["true"]] } },
    },
  ])("are not reported if $because", ({ condition }) => {
    expect(findingsOf([allow("s3:GetObject", "*", when(condition))])).toEqual([]);
  });

  test.each([
    { because: "IfExists", test: { StringEqualsIfExists: { "aws:RequestTag/a": "x" } } },
    { because: "a negation", test: { StringNotEquals: { "aws:RequestTag/a": "x" } } },
    { because: "another ForAllValues", test: { "ForAllValues:StringLike": { "aws:TagKeys": "a" } } },
    { because: "a tag of the resource", test: { StringEquals: { "aws:ResourceTag/a": "x" } } },
    { because: "an unknown operator", test: { Equals: { "aws:TagKeys": "x" } } },
  ])("are reported for a key that $because does not require", ({ test: other }) => {
    const condition = { "ForAllValues:StringEquals": { "aws:TagKeys": "a" }, ...other };
    const found = findingsOf([allow("s3:GetObject", "*", when(condition))]);

    expect(found.some((line) => line.includes("CON-001"))).toBe(true);
  });

  test("of a Deny hold without the key on purpose", () => {
    const condition = { "ForAllValues:StringEquals": { "aws:TagKeys": "a" } };

    expect(findingsOf([deny("s3:GetObject", "*", when(condition))])).toEqual([]);
  });
});

describe("parts without an effect (DEN-001, BND-002)", () => {
  test.each([
    {
      because: "a Deny revokes the statement",
      statements: [allow("s3:GetObject"), deny("s3:*", "*", { Sid: "No" })],
      findings: [
        "DEN-001 warning Statement[0]: this statement takes no effect: statement No denies it (remove it)",
      ],
    },
    {
      because: "a Deny revokes one action",
      statements: [allow(["s3:GetObject", "s3:GetObjectAcl"]), deny("S3:getObjectacl")],
      findings: [
        'DEN-001 warning Statement[0].Action[1]: "s3:GetObjectAcl" takes no effect: statement 2 denies it (remove it)',
      ],
    },
    {
      because: "a Deny revokes one resource",
      statements: [
        allow("s3:GetObject", ["arn:aws:s3:::b/*", "arn:aws:s3:::c/*"]),
        deny("s3:GetObject", "arn:aws:s3:::c/*"),
      ],
      findings: [
        'DEN-001 warning Statement[0].Resource[1]: "arn:aws:s3:::c/*" takes no effect: statement 2 denies it (remove it)',
      ],
    },
    {
      because: "another policy denies it",
      statements: [allow("s3:GetObject")],
      setting: { attached: [deny("s3:GetObject")] },
      findings: [
        "DEN-001 warning Statement[0]: this statement takes no effect: a statement of other.json denies it (remove it)",
      ],
    },
    {
      because: "the boundary denies it",
      statements: [allow("s3:GetObject")],
      setting: { boundary: [allow("*", "*"), deny("s3:GetObject", "*", { Sid: "Never" })] },
      findings: [
        "DEN-001 warning Statement[0]: this statement takes no effect: statement Never of boundary.json denies it (remove it)",
      ],
    },
    {
      because: "the boundary lacks an action",
      statements: [allow(["sqs:SendMessage", "sqs:ReceiveMessage"], Q)],
      setting: { boundary: [allow("sqs:Send*", "*")] },
      findings: [
        'BND-002 error Statement[0].Action[1]: "sqs:ReceiveMessage" takes no effect: no statement of the boundary allows it (remove it)',
      ],
    },
    {
      because: "the boundary lacks the statement",
      statements: [allow("sqs:SendMessage", Q)],
      setting: { boundary: [allow("sqs:SendMessage", `${Q}2`)] },
      findings: [
        "BND-002 error Statement[0]: this statement takes no effect: no statement of the boundary allows it (remove it)",
      ],
    },
    {
      because: "the boundary is only partly understood, and the check findings so",
      statements: [allow("sqs:SendMessage", Q)],
      setting: { boundary: [{ Fresh: 1 }] },
      findings: ["BND-002 note : boundary.json is not understood in whole: what it leaves out is not told"],
    },
  ])("are reported: $because", ({ statements, setting = {}, findings }) => {
    expect(findingsOf(statements, setting)).toEqual(findings);
  });

  test.each([
    {
      because: "the Deny has a condition",
      statements: [
        allow("s3:GetObject"),
        deny("s3:*", "*", when({ Bool: { "aws:SecureTransport": "false" } })),
      ],
    },
    {
      because: "the Deny is narrower",
      statements: [allow("s3:GetObject"), deny("s3:GetObject", "arn:aws:s3:::b/k")],
    },
    {
      because: "a variable is plain text in the Deny of version 2008 and a variable here",
      statements: [allow("s3:GetObject", "arn:aws:s3:::${aws:userid}/*")],
      setting: { version: "2008-10-17", attached: [deny("s3:GetObject", "arn:aws:s3:::${aws:userid}/*")] },
    },
    {
      because: "the boundary allows a part of it",
      statements: [allow("s3:GetObject", "arn:aws:s3:::b/*")],
      setting: { boundary: [allow("s3:GetObject", "arn:aws:s3:::b/k")] },
    },
    {
      because: "opaque statements already have another finding",
      statements: [{ Effect: "Allow" }, null, "x"],
    },
    {
      because: "a Deny needs no boundary",
      statements: [deny("s3:GetObject", "arn:aws:s3:::b/*")],
      setting: { boundary: [allow("sqs:SendMessage", "*")] },
    },
  ])("are not reported if $because", ({ statements, setting = {} }) => {
    expect(findingsOf(statements, setting)).toEqual([]);
  });
});

describe("an expiry without an effect (EXP-101)", () => {
  const END = when({ DateLessThan: { "aws:CurrentTime": "2026-12-31T00:00:00Z" } });
  const place = "Statement[0].Condition.DateLessThan.aws:CurrentTime";

  test.each([
    {
      because: "another statement allows the same without an end",
      statements: [
        allow("sqs:SendMessage", Q, END),
        allow(["sqs:SendMessage", "sqs:ReceiveMessage"], Q, { Sid: "On" }),
      ],
      findings: `EXP-101 warning ${place}: statement On allows the same without end: nothing ends here (end the other one too, or take this out of it)`,
    },
    {
      because: "another policy allows a part of it without an end",
      statements: [allow("s3:GetObject", "arn:aws:s3:::b/*", END)],
      attached: [allow("s3:GetObject", "arn:aws:s3:::b/k")],
      findings: `EXP-101 warning ${place}: a statement of other.json may allow some of it without end (end the other one too, or take this out of it)`,
    },
  ])("is reported: $because", ({ statements, attached = [], findings }) => {
    expect(findingsOf(statements, { attached })).toEqual([findings]);
  });

  test.each([
    {
      because: "the other statement expires too",
      other: allow("sqs:SendMessage", Q, when({ NumericLessThanEquals: { "aws:EpochTime": "1800000000" } })),
    },
    {
      because: "the other statement denies",
      other: deny("sqs:SendMessage", Q, when({ Bool: { "aws:SecureTransport": "false" } })),
    },
    { because: "the other statement grants another action", other: allow("sqs:ReceiveMessage", Q) },
  ])("is not reported if $because", ({ other }) => {
    expect(findingsOf([allow("sqs:SendMessage", Q, END), other])).toEqual([]);
  });

  test("is not reported if the conditions of the two exclude each other", () => {
    const [one, another] = [
      { StringEquals: { "aws:SourceVpc": "a" }, DateLessThan: { "aws:CurrentTime": "2026-12-31" } },
      { StringNotEquals: { "aws:SourceVpc": "a" } },
    ];

    expect(
      findingsOf([allow("sqs:SendMessage", Q, when(one)), allow("sqs:SendMessage", Q, when(another))]),
    ).toEqual([]);
  });

  test("of a Deny is not checked", () => {
    expect(findingsOf([deny("sqs:SendMessage", Q, END), allow("s3:GetObject")])).toEqual([]);
  });
});

describe("redundant parts (RED-001)", () => {
  test("are reported as incomplete if there is too much to compare", () => {
    const statements = Array.from({ length: 20 }, (_, one) =>
      allow(
        Array.from({ length: 24 }, (_, at) => `s3:*${one}x${at}*${"?".repeat(130)}`),
        Array.from({ length: 24 }, (_, at) => `arn:aws:s3:::*${one}x${at}*${"?".repeat(130)}`),
      ),
    );
    const note =
      "RED-001 note : the policies are too large to compare in full: parts without effect may be missing here";

    expect(findingsOf(statements).filter((line) => line.includes("too large"))).toEqual([note]);
    expect(findingsOf([allow("s3:GetObject")]).filter((line) => line.includes("too large"))).toEqual([]);
  });

  test.each([
    {
      because: "the same statement occurs twice",
      statements: [allow("s3:GetObject"), allow(["S3:getobject"])],
      findings: ["RED-001 note Statement[1]: this statement adds nothing: statement 1 covers it (remove it)"],
    },
    {
      because: "a later statement is wider",
      statements: [
        allow("s3:GetObject", "arn:aws:s3:::b/k"),
        allow("s3:GetObject", "arn:aws:s3:::b/*", { Sid: "All" }),
      ],
      findings: [
        "RED-001 note Statement[0]: this statement adds nothing: statement All covers it (remove it)",
      ],
    },
    {
      because: "an attached policy allows it",
      statements: [allow("s3:GetObject")],
      setting: { attached: [allow("s3:GetObject", "*", { Sid: "Any" })] },
      findings: [
        "RED-001 note Statement[0]: this statement adds nothing: statement Any of other.json covers it (remove it)",
      ],
    },
    {
      because: "another action of the list covers it",
      statements: [deny(["s3:GetObject", "s3:Get*"])],
      findings: [
        'RED-001 note Statement[0].Action[0]: "s3:GetObject" adds nothing: the rest of this statement covers it (remove it)',
      ],
    },
    {
      because: "another resource of the list covers it",
      statements: [deny("s3:GetObject", ["arn:aws:s3:::b/*", "arn:aws:s3:::b/k"])],
      findings: [
        'RED-001 note Statement[0].Resource[1]: "arn:aws:s3:::b/k" adds nothing: the rest of this statement covers it (remove it)',
      ],
    },
    {
      because: "members occur twice",
      statements: [deny(["s3:GetObject", "s3:getobject"], ["arn:aws:s3:::b/*", "arn:aws:s3:::b/*"])],
      findings: [
        'RED-001 note Statement[0].Action[1]: "s3:getobject" stands twice in one list (remove it)',
        'RED-001 note Statement[0].Resource[1]: "arn:aws:s3:::b/*" stands twice in one list (remove it)',
      ],
    },
    {
      because: "a resource with `${` occurs twice in a document of version 2008",
      statements: [deny("s3:GetObject", ["arn:aws:s3:::${a}", "arn:aws:s3:::${*"])],
      setting: { version: "2008-10-17" },
      findings: [
        'RED-001 note Statement[0].Resource[0]: "arn:aws:s3:::${a}" adds nothing: the rest of this statement covers it (remove it)',
      ],
    },
  ])("are reported: $because", ({ statements, setting = {}, findings }) => {
    expect(findingsOf(statements, setting).filter((line) => !line.startsWith("ACT"))).toEqual(findings);
  });

  test("are reported for only one of two statements that cover each other", () => {
    const twins = [deny(["s3:GetObject", "s3:ListBucket"]), deny(["s3:GetObject", "sqs:SendMessage"])];

    expect(findingsOf(twins).filter((line) => !line.startsWith("ACT"))).toEqual([
      'RED-001 note Statement[1].Action[0]: "s3:GetObject" adds nothing: statement 1 covers it (remove it)',
    ]);
  });

  test.each([
    {
      because: "a condition narrows the other statement",
      statements: [
        allow("s3:GetObject"),
        allow("s3:GetObjectAcl"),
        allow("s3:GetObject", "arn:aws:s3:::c/*", when({ StringEquals: { "aws:SourceVpc": "v" } })),
      ],
    },
    {
      because: "one allows what the other denies",
      statements: [
        allow("s3:GetObject"),
        deny("s3:GetObject", "*", when({ Bool: { "aws:SecureTransport": "false" } })),
      ],
    },
    {
      because: "NotAction is one part",
      statements: [
        {
          Effect: "Deny",
          NotAction: ["s3:GetObject", "s3:ListBucket"],
          NotResource: ["arn:aws:s3:::b", "arn:aws:s3:::c"],
        },
      ],
    },
    {
      because: "an empty list already has another finding",
      statements: [allow("s3:GetObject"), allow([]), allow("s3:GetObject", [])],
    },
  ])("are not reported if $because", ({ statements }) => {
    expect(findingsOf(statements)).toEqual([]);
  });

  test("of other principals are not redundant", () => {
    const invoke = (service: string, sid: string): object => ({
      ...allow("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111122223333:function:f", { Sid: sid }),
      Principal: { Service: service },
    });

    expect(
      findingsOf([invoke("s3.amazonaws.com", "A"), invoke("sns.amazonaws.com", "B")], {
        dialect: "resource",
      }),
    ).toEqual([]);
    expect(
      findingsOf([invoke("s3.amazonaws.com", "A"), invoke("s3.amazonaws.com", "B")], { dialect: "resource" }),
    ).toEqual(["RED-001 note Statement[1]: this statement adds nothing: statement A covers it (remove it)"]);
  });

  test("are not searched in documents larger than any quota", () => {
    const many = Array.from({ length: 401 }, () => deny("s3:GetObject"));
    const members = [deny(Array.from({ length: 1_001 }, () => "s3:GetObject"))];

    for (const statements of [many, members])
      expect(findingsOf(statements).filter((line) => line.startsWith("RED"))).toEqual([
        "RED-001 note : more than 400 statements or 1000 actions and resources: they are not compared with each other",
      ]);
  });
});

describe("quotas (SIZ-001)", () => {
  const sized = (characters: number): readonly object[] => [
    deny("s3:GetObject", "arn:aws:s3:::b/", { Sid: "x".repeat(characters) }),
  ];
  const around = JSON.stringify({ Version: "2012-10-17", Statement: sized(0) }).length;
  const ofSize = (size: number): readonly object[] => sized(size - around);

  test.each([
    {
      size: 8_191,
      setting: {},
      findings: [
        "SIZ-001 note : 8191 of 6144 characters (managed policy): 2047 too many (move statements into another policy)",
      ],
    },
    {
      size: 8_192,
      setting: {},
      findings: [
        "SIZ-001 warning : 8192 of 10240 characters (inline policy): 2048 left (move statements into another policy)",
        "SIZ-001 note : 8192 of 6144 characters (managed policy): 2048 too many (move statements into another policy)",
      ],
    },
    {
      size: 6_144,
      setting: { isManaged: true },
      findings: [
        "SIZ-001 warning : 6144 of 6144 characters (managed policy): 0 left (move statements into another policy)",
      ],
    },
    {
      size: 6_145,
      setting: { dialect: "boundary" as const },
      findings: [
        "SIZ-001 error : 6145 of 6144 characters (managed policy): 1 too many (move statements into another policy)",
      ],
    },
    { size: 4_000, setting: {}, findings: [] },
  ])("of $size characters: $findings", ({ size, setting, findings }) => {
    expect(findingsOf(ofSize(size), setting)).toEqual(findings);
  });

  test("of IAM's requests count all characters", () => {
    expect(findingsOf(ofSize(131_073), { isManaged: true })).toEqual([
      "SIZ-001 error : 131073 of 131072 characters (request of IAM): 1 too many (move statements into another policy)",
      "SIZ-001 error : 131073 of 6144 characters (managed policy): 124929 too many (move statements into another policy)",
    ]);
  });
});
