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

interface Beside {
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

/** `RULE severity path: reason (fix)` of what is told of these statements. */
function told(statements: readonly unknown[], beside: Beside = {}): readonly string[] {
  const { dialect = "identity", isManaged = false, boundary, attached, version = "2012-10-17" } = beside;
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

test("nothing is told of a policy that says what it means", () => {
  expect(
    told([
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
      says: `ACT-003 error Statement[0].Action: there is no action "s3:GetObjct" ${DATED} (write "s3:GetObject")`,
    },
    {
      because: "a service is misspelled",
      statement: allow(["sqss:SendMessage", "s3:GetObject"]),
      says: `ACT-003 error Statement[0].Action[0]: there is no service "sqss" ${DATED} (write "sqs:SendMessage")`,
    },
    {
      because: "no name is near",
      statement: allow(["mechanicalturk:X", "s3:GetObject"]),
      says: `ACT-003 error Statement[0].Action[0]: there is no service "mechanicalturk" ${DATED} (use AWS's prefix, such as s3 or dynamodb)`,
    },
    {
      because: "a pattern matches none",
      statement: deny("s3:Zip*"),
      says: `ACT-003 error Statement[0].Action: "s3:Zip*" matches no action ${DATED} (name the actions that the code calls)`,
    },
    {
      because: "what is excepted counts too",
      statement: { Effect: "Deny", NotAction: "s3:Unheard", Resource: "*" },
      says: `ACT-003 error Statement[0].NotAction: there is no action "s3:Unheard" ${DATED} (use an action of s3)`,
    },
    {
      because: "a key is not of the action",
      statement: allow("s3:GetObject", "*", when({ StringEquals: { "s3:prefix": "a" } })),
      says: `ACT-003 error Statement[0].Condition.StringEquals.s3:prefix: a request of s3:GetObject has no condition key "s3:prefix" ${DATED} (use a key that the action has, or a statement of its own)`,
    },
    {
      because: "a global key is misspelled",
      statement: {
        Effect: "Deny",
        NotAction: "s3:*",
        Resource: "*",
        ...when({ Bool: { "aws:SecureTransprt": "true" } }),
      },
      says: 'ACT-003 error Statement[0].Condition.Bool.aws:SecureTransprt: there is no condition key "aws:SecureTransprt" (write "aws:securetransport")',
    },
  ])("are told: $because", ({ statement, says }) => {
    expect(told([statement])).toEqual([says]);
  });

  test.each<{ because: string; statement: object; dialect?: Dialect }>([
    { because: "everything is no name", statement: deny("*") },
    { because: "a service by pattern is no name", statement: deny("s*:Get") },
    {
      because: "an action without a service breaks the grammar, which is told already",
      statement: deny("Get"),
    },
    {
      because: "tag keys are any",
      statement: allow("s3:GetObject", "*", when({ StringEquals: { "s3:ExistingObjectTag/a": "b" } })),
    },
    {
      because: "an identity provider's keys are its own",
      statement: {
        Effect: "Allow",
        Principal: { Federated: "x" },
        Action: "sts:AssumeRole",
        ...when({ StringEquals: { "accounts.google.com:aud": "x" } }),
      },
      dialect: "trust" as const,
    },
  ])("are not guessed: $because", ({ statement, dialect = "identity" }) => {
    expect(told([statement], { dialect })).toEqual([]);
  });
});

describe("policy variables", () => {
  const withVariable = (text: string): object => allow("s3:GetObject", `arn:aws:s3:::b/${text}`);

  test.each([
    {
      variable: "${aws:ColourOfShoes}",
      says: "ACT-003 error Statement[0].Resource: no request has a value for the variable ${aws:ColourOfShoes} (use a key that the action has, or a statement of its own)",
    },
    {
      variable: "${aws:usrname, 'x'}",
      says: 'ACT-003 error Statement[0].Resource: no request has a value for the variable ${aws:usrname} (write "aws:username")',
    },
    {
      variable: "${team}",
      says: "ACT-003 error Statement[0].Resource: no request has a value for the variable ${team} (name a condition key, such as ${aws:PrincipalTag/team})",
    },
    {
      variable: "${aws:userid",
      says: 'GRM-002 warning Statement[0].Resource: a variable of "arn:aws:s3:::b/${aws:userid" is not closed (close it with "}")',
    },
  ])("are told that match nothing: $variable", ({ variable, says }) => {
    expect(told([withVariable(variable)])).toEqual([says]);
  });

  test("in the value of a condition are told there", () => {
    const condition = { StringEquals: { "aws:SourceVpc": ["v", "${team}"] } };

    expect(told([allow("s3:GetObject", "*", when(condition))])).toEqual([
      "ACT-003 error Statement[0].Condition.StringEquals.aws:SourceVpc[1]: no request has a value for the variable ${team} (name a condition key, such as ${aws:PrincipalTag/team})",
    ]);
  });

  test.each(["${aws:PrincipalTag/team}/${*}${?}${$}", "${accounts.google.com:sub}", "${aws:userid, 'none'}"])(
    "are right: %s",
    (variable) => {
      expect(told([withVariable(variable)])).toEqual([]);
    },
  );

  test("are plain text in a document of 2008", () => {
    expect(told([withVariable("${team}")], { version: "2008-10-17" })).toEqual([]);
  });
});

describe("wildcards in what is allowed (ACT-001, ACT-002)", () => {
  test.each([
    {
      action: "s3:Get*",
      says: [`ACT-002 note Statement[0].Action: "s3:Get*" is 2 actions today ${DATED}`],
    },
    {
      action: "s3:Get?bject",
      says: [`ACT-002 note Statement[0].Action: "s3:Get?bject" is 1 action today ${DATED}`],
    },
    {
      action: "s3:*",
      says: [
        `ACT-001 warning Statement[0].Action: "s3:*" allows the whole service, 5 actions today, 1 of which change permissions ${DATED}, also what AWS adds later (name the actions that the code calls)`,
      ],
    },
    {
      action: "*",
      says: [
        'ACT-001 warning Statement[0].Action: "*" allows actions of every service that fits, also what AWS adds later (name the actions that the code calls)',
      ],
    },
  ])("are counted: $action", ({ action, says }) => {
    expect(told([allow(action, "*")])).toEqual(says);
  });

  test.each([
    { because: "a Deny is as wide as it is meant", statement: deny("s3:Get*"), dialect: "identity" },
    {
      because: "all but a list is not a list",
      statement: { Effect: "Allow", NotAction: "s3:Get*", Resource: "*" },
      dialect: "identity",
    },
    { because: "a boundary is a ceiling", statement: allow(["s3:*", "sqs:Send*"], "*"), dialect: "boundary" },
  ] as const)("are not told where $because", ({ statement, dialect }) => {
    expect(told([statement], { dialect })).toEqual([]);
  });

  test("of a service that AWS does not have are no whole service", () => {
    expect(told([allow("nosuchservice:*", "*")]).map((line) => line.slice(0, 7))).toEqual(["ACT-003"]);
  });
});

describe("actions and resources that don't go together (ACT-004)", () => {
  test.each([
    {
      because: "the action takes another type",
      statement: allow("s3:GetObject", "arn:aws:s3:::b"),
      says: [
        `ACT-004 warning Statement[0].Action: "s3:GetObject" has no effect on the resources of this statement: it takes ${OBJECT} ${DATED} (give it a statement with such a resource)`,
      ],
    },
    {
      because: "the resource is another service's, whatever its star reaches over",
      statement: allow(["s3:GetObject", "sqs:SendMessage"]),
      says: [
        `ACT-004 warning Statement[0].Action[1]: "sqs:SendMessage" has no effect on the resources of this statement: it takes arn:*:sqs:*:*:* ${DATED} (give it a statement with such a resource)`,
      ],
    },
    {
      because: "the action takes none",
      statement: allow(["s3:ListAllMyBuckets", "s3:GetObject"]),
      says: [
        `ACT-004 warning Statement[0].Action[0]: "s3:ListAllMyBuckets" has no effect on the resources of this statement: it takes only * ${DATED} (give it a statement with such a resource)`,
      ],
    },
    {
      because: "the name of the resource ends with a blank",
      statement: {
        Effect: "Deny",
        Action: "s3:GetObject",
        Resource: ["arn:aws:s3:::b/* ", "arn:aws:s3:::c/*"],
      },
      says: [
        'ACT-004 warning Statement[0].Resource[0]: "arn:aws:s3:::b/* " ends with a blank, which AWS takes for a part of the name (remove the blank if it is not meant)',
      ],
    },
    {
      because: "no action takes the resource",
      statement: allow("s3:GetObject", ["arn:aws:s3:::b/*", Q]),
      says: [
        `ACT-004 warning Statement[0].Resource[1]: no action of this statement takes "${Q}" ${DATED} (remove it, or name actions that take it)`,
      ],
    },
  ])("are told: $because", ({ statement, says }) => {
    expect(told([statement])).toEqual(says);
  });

  test.each([
    {
      because: "a bucket and its objects stand in one statement",
      statement: allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::b", "arn:aws:s3:::b/*"]),
    },
    { because: "a star is a resource of every action", statement: allow(["s3:ListAllMyBuckets"], "*") },
    { because: "a variable may be anything", statement: allow("s3:GetObject", "arn:aws:s3:::${aws:userid}") },
    {
      because: "what NotResource leaves is not known",
      statement: { Effect: "Deny", Action: "s3:ListAllMyBuckets", NotResource: Q },
    },
    {
      because: "all but a list is not a list",
      statement: { Effect: "Deny", NotAction: "s3:ListAllMyBuckets", Resource: Q },
    },
    {
      because: "its star may reach over the service",
      statement: allow(["s3:GetObject", "sqs:SendMessage"], "arn:aws:s*"),
    },
    { because: "everything may take it", statement: deny("*", ["arn:aws:s3:::b/*", Q]) },
    { because: "there is no action at all", statement: { Effect: "Allow", Resource: "arn:aws:s3:::b" } },
    {
      because: "a service by pattern may take it",
      statement: deny(["s*:Put*", "s3:GetObject"], ["arn:aws:s3:::b/*", Q]),
    },
  ])("are not told where $because", ({ statement }) => {
    expect(told([statement])).toEqual([]);
  });
});

describe("conditions that don't say what they mean (CON-001 to CON-003)", () => {
  const at = (path: string): string => `Statement[0].Condition.${path}`;
  test.each([
    {
      because: "a wildcard without Like is a character",
      condition: { "ForAnyValue:StringNotEqualsIgnoreCaseIfExists": { "aws:TagKeys": ["a*", "b"] } },
      says: [
        `CON-002 warning ${at("ForAnyValue:StringNotEqualsIgnoreCaseIfExists.aws:TagKeys[0]")}: StringNotEqualsIgnoreCase compares the wildcard in "a*" as a character (write ForAnyValue:StringNotLikeIfExists if a pattern is meant)`,
      ],
    },
    {
      because: "a blank at the end belongs to the value",
      condition: { StringEquals: { "aws:SourceVpc": ["vpc-1", "vpc-2 "] } },
      says: [
        `CON-002 warning ${at("StringEquals.aws:SourceVpc[1]")}: "vpc-2 " ends with a blank, which AWS compares too (remove the blank if it is not meant)`,
      ],
    },
    {
      because: "so does one at the beginning, also where a pattern is compared",
      condition: { StringLike: { "aws:SourceVpc": " vpc-*" } },
      says: [
        `CON-002 warning ${at("StringLike.aws:SourceVpc")}: " vpc-*" begins with a blank, which AWS compares too (remove the blank if it is not meant)`,
      ],
    },
    {
      because: "an operator is of another type than the key",
      condition: { StringEquals: { "aws:SecureTransport": "true" } },
      says: [
        `CON-002 warning ${at("StringEquals.aws:SecureTransport")}: StringEquals compares "aws:SecureTransport", whose values are of type Bool, as something else (use Bool)`,
      ],
    },
    {
      because: "addresses are no texts",
      condition: { StringLike: { "aws:SourceIp": "203.0.113.*" } },
      says: [
        `CON-002 warning ${at("StringLike.aws:SourceIp")}: StringLike compares "aws:SourceIp", whose values are of type IPAddress, as something else (use IpAddress or NotIpAddress)`,
      ],
    },
    {
      because: "one key stands twice under an operator",
      condition: { StringLike: { "aws:SourceVpc": "a", "AWS:sourcevpc": "b" } },
      says: [
        `CON-002 warning ${at("StringLike.AWS:sourcevpc")}: "aws:SourceVpc" and "AWS:sourcevpc" are one key: both tests must hold (write one of them, with a list of the values that are meant)`,
      ],
    },
    {
      because: "a plain operator is for one value",
      condition: { StringEquals: { "aws:TagKeys": "a" } },
      says: [
        `CON-003 error ${at("StringEquals.aws:TagKeys")}: a request may have several values of "aws:TagKeys", and StringEquals is for one (write ForAnyValue:StringEquals, or ForAllValues:StringEquals with Null)`,
      ],
    },
    {
      because: "a quantifier is for several values",
      condition: { "ForAnyValue:StringEquals": { "aws:SourceVpc": "a" } },
      says: [
        `CON-003 warning ${at("ForAnyValue:StringEquals.aws:SourceVpc")}: a request has one value of "aws:SourceVpc": ForAnyValue: is for keys with several (write StringEquals)`,
      ],
    },
    {
      because: "ForAllValues holds without the key",
      condition: {
        "ForAllValues:StringEquals": { "aws:TagKeys": "a" },
        Null: { "aws:TagKeys": "true", "aws:SourceVpc": "false" },
      },
      says: [
        `CON-001 error ${at("ForAllValues:StringEquals.aws:TagKeys")}: ForAllValues:StringEquals also holds where the request has no "aws:TagKeys" (add "Null": {"aws:TagKeys": "false"})`,
      ],
    },
  ])("are told: $because", ({ condition, says }) => {
    expect(told([allow("s3:GetObject", "*", when(condition))])).toEqual(says);
  });

  test.each([
    { because: "an ARN is compared as a text", condition: { StringEquals: { "aws:SourceArn": "a" } } },
    { because: "a text is compared as an ARN", condition: { ArnLike: { "aws:SourceVpc": "*" } } },
    {
      because: "a wildcard is written as itself",
      condition: { StringEquals: { "aws:SourceVpc": "${*}${?}" } },
    },
    {
      because: "the seconds of 1970 are a date",
      condition: { DateLessThan: { "aws:EpochTime": "1767225600" } },
    },
    {
      because: "an operator is unknown, which is told already",
      condition: { Equals: { "aws:TagKeys": "a*" } },
    },
    { because: "Null asks for presence alone", condition: { Null: { "aws:TagKeys": true } } },
    { because: "a key's type is not known", condition: { BinaryEquals: { "aws:PrincipalTag/x": "QQ==" } } },
    { because: "nobody publishes keys of bytes", condition: { BinaryEquals: { "aws:SourceVpc": "QQ==" } } },
    {
      because: "the key must be there",
      condition: { "ForAllValues:StringEquals": { "aws:TagKeys": "a" }, Null: { "AWS:tagkeys": "False" } },
    },
    {
      because: "another test needs the key",
      condition: {
        "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] },
        "ForAnyValue:StringEquals": { "aws:TagKeys": "a" },
      },
    },
    {
      because: "a tag of the request is among the keys of its tags",
      condition: {
        "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] },
        StringEquals: { "aws:RequestTag/a": "x" },
      },
    },
    {
      because: "keys are no object, which is told already",
      condition: { StringEquals: "x", Bool: { "aws:SecureTransport": [["true"]] } },
    },
  ])("are not told where $because", ({ condition }) => {
    expect(told([allow("s3:GetObject", "*", when(condition))])).toEqual([]);
  });

  test.each([
    { because: "IfExists", test: { StringEqualsIfExists: { "aws:RequestTag/a": "x" } } },
    { because: "a negation", test: { StringNotEquals: { "aws:RequestTag/a": "x" } } },
    { because: "another ForAllValues", test: { "ForAllValues:StringLike": { "aws:TagKeys": "a" } } },
    { because: "a tag of the resource", test: { StringEquals: { "aws:ResourceTag/a": "x" } } },
    { because: "an operator that is unknown", test: { Equals: { "aws:TagKeys": "x" } } },
  ])("are told of a key that $because does not demand", ({ test: other }) => {
    const condition = { "ForAllValues:StringEquals": { "aws:TagKeys": "a" }, ...other };
    const found = told([allow("s3:GetObject", "*", when(condition))]);

    expect(found.some((line) => line.includes("CON-001"))).toBe(true);
  });

  test("of a Deny hold without the key on purpose", () => {
    const condition = { "ForAllValues:StringEquals": { "aws:TagKeys": "a" } };

    expect(told([deny("s3:GetObject", "*", when(condition))])).toEqual([]);
  });
});

describe("parts that take no effect (DEN-001, BND-002)", () => {
  test.each([
    {
      because: "a Deny takes the statement back",
      statements: [allow("s3:GetObject"), deny("s3:*", "*", { Sid: "No" })],
      says: [
        "DEN-001 warning Statement[0]: this statement takes no effect: statement No denies it (remove it)",
      ],
    },
    {
      because: "a Deny takes one action back",
      statements: [allow(["s3:GetObject", "s3:GetObjectAcl"]), deny("S3:getObjectacl")],
      says: [
        'DEN-001 warning Statement[0].Action[1]: "s3:GetObjectAcl" takes no effect: statement 2 denies it (remove it)',
      ],
    },
    {
      because: "a Deny takes one resource back",
      statements: [
        allow("s3:GetObject", ["arn:aws:s3:::b/*", "arn:aws:s3:::c/*"]),
        deny("s3:GetObject", "arn:aws:s3:::c/*"),
      ],
      says: [
        'DEN-001 warning Statement[0].Resource[1]: "arn:aws:s3:::c/*" takes no effect: statement 2 denies it (remove it)',
      ],
    },
    {
      because: "another policy denies it",
      statements: [allow("s3:GetObject")],
      beside: { attached: [deny("s3:GetObject")] },
      says: [
        "DEN-001 warning Statement[0]: this statement takes no effect: a statement of other.json denies it (remove it)",
      ],
    },
    {
      because: "the boundary denies it",
      statements: [allow("s3:GetObject")],
      beside: { boundary: [allow("*", "*"), deny("s3:GetObject", "*", { Sid: "Never" })] },
      says: [
        "DEN-001 warning Statement[0]: this statement takes no effect: statement Never of boundary.json denies it (remove it)",
      ],
    },
    {
      because: "the boundary leaves an action out",
      statements: [allow(["sqs:SendMessage", "sqs:ReceiveMessage"], Q)],
      beside: { boundary: [allow("sqs:Send*", "*")] },
      says: [
        'BND-002 error Statement[0].Action[1]: "sqs:ReceiveMessage" takes no effect: no statement of the boundary allows it (remove it)',
      ],
    },
    {
      because: "the boundary leaves the statement out",
      statements: [allow("sqs:SendMessage", Q)],
      beside: { boundary: [allow("sqs:SendMessage", `${Q}2`)] },
      says: [
        "BND-002 error Statement[0]: this statement takes no effect: no statement of the boundary allows it (remove it)",
      ],
    },
    {
      because: "the boundary is not understood in whole, and nothing is guessed",
      statements: [allow("sqs:SendMessage", Q)],
      beside: { boundary: [{ Fresh: 1 }] },
      says: ["BND-002 note : boundary.json is not understood in whole: what it leaves out is not told"],
    },
  ])("are told: $because", ({ statements, beside = {}, says }) => {
    expect(told(statements, beside)).toEqual(says);
  });

  test.each([
    {
      because: "a Deny has a condition",
      statements: [
        allow("s3:GetObject"),
        deny("s3:*", "*", when({ Bool: { "aws:SecureTransport": "false" } })),
      ],
    },
    {
      because: "a Deny is narrower",
      statements: [allow("s3:GetObject"), deny("s3:GetObject", "arn:aws:s3:::b/k")],
    },
    {
      because: "in a document of 2008 a variable is a text, here it is none",
      statements: [allow("s3:GetObject", "arn:aws:s3:::${aws:userid}/*")],
      beside: { version: "2008-10-17", attached: [deny("s3:GetObject", "arn:aws:s3:::${aws:userid}/*")] },
    },
    {
      because: "the boundary allows some of it",
      statements: [allow("s3:GetObject", "arn:aws:s3:::b/*")],
      beside: { boundary: [allow("s3:GetObject", "arn:aws:s3:::b/k")] },
    },
    {
      because: "statements that are not understood are told already",
      statements: [{ Effect: "Allow" }, null, "x"],
    },
    {
      because: "a Deny needs no boundary",
      statements: [deny("s3:GetObject", "arn:aws:s3:::b/*")],
      beside: { boundary: [allow("sqs:SendMessage", "*")] },
    },
  ])("are not told where $because", ({ statements, beside = {} }) => {
    expect(told(statements, beside)).toEqual([]);
  });
});

describe("an end that ends nothing (EXP-101)", () => {
  const END = when({ DateLessThan: { "aws:CurrentTime": "2026-12-31T00:00:00Z" } });
  const place = "Statement[0].Condition.DateLessThan.aws:CurrentTime";

  test.each([
    {
      because: "another statement allows the same without end",
      statements: [
        allow("sqs:SendMessage", Q, END),
        allow(["sqs:SendMessage", "sqs:ReceiveMessage"], Q, { Sid: "On" }),
      ],
      says: `EXP-101 warning ${place}: statement On allows the same without end: nothing ends here (end the other one too, or take this out of it)`,
    },
    {
      because: "another policy allows some of it without end",
      statements: [allow("s3:GetObject", "arn:aws:s3:::b/*", END)],
      attached: [allow("s3:GetObject", "arn:aws:s3:::b/k")],
      says: `EXP-101 warning ${place}: a statement of other.json may allow some of it without end (end the other one too, or take this out of it)`,
    },
  ])("is told: $because", ({ statements, attached = [], says }) => {
    expect(told(statements, { attached })).toEqual([says]);
  });

  test.each([
    {
      because: "the other ends too",
      other: allow("sqs:SendMessage", Q, when({ NumericLessThanEquals: { "aws:EpochTime": "1800000000" } })),
    },
    {
      because: "the other denies",
      other: deny("sqs:SendMessage", Q, when({ Bool: { "aws:SecureTransport": "false" } })),
    },
    { because: "the other speaks of something else", other: allow("sqs:ReceiveMessage", Q) },
  ])("is not told where $because", ({ other }) => {
    expect(told([allow("sqs:SendMessage", Q, END), other])).toEqual([]);
  });

  test("is not told where the two can't meet, by their conditions", () => {
    const [one, another] = [
      { StringEquals: { "aws:SourceVpc": "a" }, DateLessThan: { "aws:CurrentTime": "2026-12-31" } },
      { StringNotEquals: { "aws:SourceVpc": "a" } },
    ];

    expect(
      told([allow("sqs:SendMessage", Q, when(one)), allow("sqs:SendMessage", Q, when(another))]),
    ).toEqual([]);
  });

  test("of a Deny is its author's business", () => {
    expect(told([deny("sqs:SendMessage", Q, END), allow("s3:GetObject")])).toEqual([]);
  });
});

describe("parts that add nothing (RED-001)", () => {
  test("are reported as incomplete where there is too much to compare", () => {
    const statements = Array.from({ length: 20 }, (_, one) =>
      allow(
        Array.from({ length: 24 }, (_, at) => `s3:*${one}x${at}*${"?".repeat(130)}`),
        Array.from({ length: 24 }, (_, at) => `arn:aws:s3:::*${one}x${at}*${"?".repeat(130)}`),
      ),
    );
    const note =
      "RED-001 note : the policies are too large to compare in full: parts without effect may be missing here";

    expect(told(statements).filter((line) => line.includes("too large"))).toEqual([note]);
    expect(told([allow("s3:GetObject")]).filter((line) => line.includes("too large"))).toEqual([]);
  });

  test.each([
    {
      because: "the same statement stands twice",
      statements: [allow("s3:GetObject"), allow(["S3:getobject"])],
      says: ["RED-001 note Statement[1]: this statement adds nothing: statement 1 covers it (remove it)"],
    },
    {
      because: "a later one is wider",
      statements: [
        allow("s3:GetObject", "arn:aws:s3:::b/k"),
        allow("s3:GetObject", "arn:aws:s3:::b/*", { Sid: "All" }),
      ],
      says: ["RED-001 note Statement[0]: this statement adds nothing: statement All covers it (remove it)"],
    },
    {
      because: "an attached policy says it",
      statements: [allow("s3:GetObject")],
      beside: { attached: [allow("s3:GetObject", "*", { Sid: "Any" })] },
      says: [
        "RED-001 note Statement[0]: this statement adds nothing: statement Any of other.json covers it (remove it)",
      ],
    },
    {
      because: "another action of the list covers it",
      statements: [deny(["s3:GetObject", "s3:Get*"])],
      says: [
        'RED-001 note Statement[0].Action[0]: "s3:GetObject" adds nothing: the rest of this statement covers it (remove it)',
      ],
    },
    {
      because: "another resource of the list covers it",
      statements: [deny("s3:GetObject", ["arn:aws:s3:::b/*", "arn:aws:s3:::b/k"])],
      says: [
        'RED-001 note Statement[0].Resource[1]: "arn:aws:s3:::b/k" adds nothing: the rest of this statement covers it (remove it)',
      ],
    },
    {
      because: "members stand twice",
      statements: [deny(["s3:GetObject", "s3:getobject"], ["arn:aws:s3:::b/*", "arn:aws:s3:::b/*"])],
      says: [
        'RED-001 note Statement[0].Action[1]: "s3:getobject" stands twice in one list (remove it)',
        'RED-001 note Statement[0].Resource[1]: "arn:aws:s3:::b/*" stands twice in one list (remove it)',
      ],
    },
    {
      because: "in a document of 2008 a resource with `${` is found again",
      statements: [deny("s3:GetObject", ["arn:aws:s3:::${a}", "arn:aws:s3:::${*"])],
      beside: { version: "2008-10-17" },
      says: [
        'RED-001 note Statement[0].Resource[0]: "arn:aws:s3:::${a}" adds nothing: the rest of this statement covers it (remove it)',
      ],
    },
  ])("are told: $because", ({ statements, beside = {}, says }) => {
    expect(told(statements, beside).filter((line) => !line.startsWith("ACT"))).toEqual(says);
  });

  test("leave one of two that make each other needless", () => {
    const twins = [deny(["s3:GetObject", "s3:ListBucket"]), deny(["s3:GetObject", "sqs:SendMessage"])];

    expect(told(twins).filter((line) => !line.startsWith("ACT"))).toEqual([
      'RED-001 note Statement[1].Action[0]: "s3:GetObject" adds nothing: statement 1 covers it (remove it)',
    ]);
  });

  test.each([
    {
      because: "a condition narrows the other",
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
      because: "all but a list is one thing",
      statements: [
        {
          Effect: "Deny",
          NotAction: ["s3:GetObject", "s3:ListBucket"],
          NotResource: ["arn:aws:s3:::b", "arn:aws:s3:::c"],
        },
      ],
    },
    {
      because: "a list is empty, which is told already",
      statements: [allow("s3:GetObject"), allow([]), allow("s3:GetObject", [])],
    },
  ])("are not told where $because", ({ statements }) => {
    expect(told(statements)).toEqual([]);
  });

  test("of other principals are other parts", () => {
    const invoke = (service: string, sid: string): object => ({
      ...allow("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111122223333:function:f", { Sid: sid }),
      Principal: { Service: service },
    });

    expect(
      told([invoke("s3.amazonaws.com", "A"), invoke("sns.amazonaws.com", "B")], { dialect: "resource" }),
    ).toEqual([]);
    expect(
      told([invoke("s3.amazonaws.com", "A"), invoke("s3.amazonaws.com", "B")], { dialect: "resource" }),
    ).toEqual(["RED-001 note Statement[1]: this statement adds nothing: statement A covers it (remove it)"]);
  });

  test("are not looked for in more than any quota holds", () => {
    const many = Array.from({ length: 401 }, () => deny("s3:GetObject"));
    const members = [deny(Array.from({ length: 1_001 }, () => "s3:GetObject"))];

    for (const statements of [many, members])
      expect(told(statements).filter((line) => line.startsWith("RED"))).toEqual([
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
      beside: {},
      says: [
        "SIZ-001 note : 8191 of 6144 characters (managed policy): 2047 too many (move statements into another policy)",
      ],
    },
    {
      size: 8_192,
      beside: {},
      says: [
        "SIZ-001 warning : 8192 of 10240 characters (inline policy): 2048 left (move statements into another policy)",
        "SIZ-001 note : 8192 of 6144 characters (managed policy): 2048 too many (move statements into another policy)",
      ],
    },
    {
      size: 6_144,
      beside: { isManaged: true },
      says: [
        "SIZ-001 warning : 6144 of 6144 characters (managed policy): 0 left (move statements into another policy)",
      ],
    },
    {
      size: 6_145,
      beside: { dialect: "boundary" as const },
      says: [
        "SIZ-001 error : 6145 of 6144 characters (managed policy): 1 too many (move statements into another policy)",
      ],
    },
    { size: 4_000, beside: {}, says: [] },
  ])("of $size characters: $says", ({ size, beside, says }) => {
    expect(told(ofSize(size), beside)).toEqual(says);
  });

  test("of IAM's requests count all characters", () => {
    expect(told(ofSize(131_073), { isManaged: true })).toEqual([
      "SIZ-001 error : 131073 of 131072 characters (request of IAM): 1 too many (move statements into another policy)",
      "SIZ-001 error : 131073 of 6144 characters (managed policy): 124929 too many (move statements into another policy)",
    ]);
  });
});
