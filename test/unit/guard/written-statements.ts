import type { Statement } from "../../../src/model/aws/policy-document.ts";

export const TABLE = "arn:aws:dynamodb:eu-west-1:222222222222:table/orders";

export interface Row {
  readonly statement: Statement;
  readonly breaks: readonly string[];
  readonly because: string;
}

export const allow = (
  Action: Statement["Action"] & {},
  Resource: string,
  more: Partial<Statement> = {},
): Statement => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});

export const ACTIONS: readonly Row[] = [
  {
    statement: allow("dynamodb:GetItem", TABLE),
    breaks: [],
    because: "one action on one table is normal",
  },
  {
    statement: allow("dynamodb:*", TABLE),
    breaks: ["ACT-001 block"],
    because: "an entire service is too broad even on one table",
  },
  {
    statement: allow("*", TABLE),
    breaks: ["ACT-001 block", "ESC"],
    because: "everything includes every service",
  },
  { statement: allow("dynamodb:**", TABLE), breaks: ["ACT-001 block"], because: "two stars are one" },
  {
    statement: allow("dynamodb:?*", TABLE),
    breaks: ["ACT-001 block"],
    because: "one letter and more is every action",
  },
  {
    statement: allow("dyn*:GetItem", TABLE),
    breaks: ["ACT-001 block"],
    because: "a pattern of services is more than one",
  },
  {
    statement: allow("dynamodb:Get*", TABLE),
    breaks: ["ACT-002 warn"],
    because: "a pattern for a part of a service is a warning, because it grows with the service",
  },
  {
    statement: { Effect: "Deny", Action: "dynamodb:*", Resource: "*" },
    breaks: [],
    because: "a Deny of an entire service only revokes",
  },
  {
    statement: { Effect: "Allow", NotAction: "dynamodb:GetItem", Resource: TABLE },
    breaks: ["ACT-005 block", "ESC"],
    because: "all but one action is nearly every action",
  },
  {
    statement: { Effect: "Deny", NotAction: "dynamodb:GetItem", Resource: TABLE },
    breaks: [],
    because: "a Deny of all but one only revokes",
  },
];

export const NAMES: readonly Row[] = [
  { statement: allow("dynamodb:GetItm", TABLE), breaks: ["ACT-003 block"], because: "there is no GetItm" },
  { statement: allow("dynamodb:getitem", TABLE), breaks: [], because: "IAM ignores the case of actions" },
  { statement: allow("dynamo:GetItem", TABLE), breaks: ["ACT-003 block"], because: "the prefix is dynamodb" },
  {
    statement: allow("dynamodb:Gett*", TABLE),
    breaks: ["ACT-003 block"],
    because: "the pattern matches nothing",
  },
  {
    statement: allow("s3:constructor", "arn:aws:s3:::b"),
    breaks: ["ACT-003 block"],
    because: "a name that every object inherits is not an action",
  },
  {
    statement: { Effect: "Deny", Action: "dynamodb:DeleteTabel", Resource: "*" },
    breaks: ["ACT-003 block"],
    because: "a misspelled Deny denies nothing",
  },
  {
    statement: { Effect: "Deny", NotAction: "dynamodb:GetItm", Resource: "*" },
    breaks: ["ACT-003 block", "DEN-001 warn"],
    because: "a misspelled exception excepts nothing",
  },
  {
    statement: {
      Effect: "Deny",
      NotAction: "dynamodb:GetItem",
      Resource: "*",
      Condition: { Bool: { "aws:SecureTrnsport": "true" } },
    },
    breaks: ["ACT-003 block"],
    because: "a misspelled global key is unknown for every action",
  },
  {
    statement: {
      Effect: "Deny",
      NotAction: "dynamodb:GetItem",
      Resource: "*",
      Condition: { Bool: { "dynamodb:FullTableScan": "true" } },
    },
    breaks: [],
    because: "a service's key with NotAction can't be judged",
  },
  {
    statement: allow("dynamodb:GetItem", TABLE, {
      Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKey": ["1"] } },
    }),
    breaks: ["ACT-003 block", "CON-001 block"],
    because: "ForAllValues of an absent key always passes",
  },
  {
    statement: allow("dynamodb:GetItem", TABLE, {
      Condition: { "ForAllValues:StringEquals": { "dynamodb:leadingKeys": ["1"] } },
    }),
    breaks: ["CON-001 block"],
    because: "IAM ignores the case of keys",
  },
  {
    statement: allow("s3:GetObject", "arn:aws:s3:::b/*", {
      Condition: { StringLike: { "s3:prefix": "a/*" } },
    }),
    breaks: ["ACT-003 block"],
    because: "s3:prefix exists in list requests, not in reads",
  },
  {
    statement: allow("s3:List*", "arn:aws:s3:::b", { Condition: { StringLike: { "s3:prefix": "a/*" } } }),
    breaks: ["ACT-002 warn"],
    because: "one of the pattern's actions has the key",
  },
  {
    statement: allow("s3:GetObject", "arn:aws:s3:::b/*", {
      Condition: { StringEquals: { "s3:ExistingObjectTag/team": "a" } },
    }),
    breaks: [],
    because: "published keys have a variable part",
  },
  {
    statement: allow("s3:GetObject", "arn:aws:s3:::b/*", {
      Condition: { StringEquals: { "s3:ExistingObjectTag/": "a" } },
    }),
    breaks: ["ACT-003 block"],
    because: "the variable part is not empty",
  },
  {
    statement: allow("s3:GetObject", "arn:aws:s3:::b/*", {
      Condition: { Bool: { "AWS:SecureTransport": "true" } },
    }),
    breaks: [],
    because: "global keys exist in every request",
  },
  {
    statement: allow("s3:GetObject", "arn:aws:s3:::b/*", {
      Condition: { StringEquals: { "aws:PrincipalTag/team": "a" } },
    }),
    breaks: [],
    because: "tags of the caller exist in every request",
  },
  {
    statement: allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1:222222222222:q", {
      Condition: {
        ArnEquals: {
          "lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:222222222222:function:orders-api",
        },
      },
    }),
    breaks: [],
    because: "the function's own ARN exists in each call of its code",
  },
];

export const RESOURCES: readonly Row[] = [
  { statement: allow("dynamodb:GetItem", "*"), breaks: ["RES-001 block"], because: "GetItem takes a table" },
  {
    statement: allow("dynamodb:GetItem", "arn:*:dynamodb:*:*:*"),
    breaks: ["RES-002 block", "RES-005 block"],
    because: "an ARN of one service is every table, of every account",
  },
  {
    statement: allow("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:222222222222:table/*"),
    breaks: ["RES-002 block"],
    because: "a type without a name is every table of the account",
  },
  { statement: allow("s3:ListBucket", "arn:aws:s3:::*"), breaks: ["RES-002 block"], because: "every bucket" },
  {
    statement: allow("s3:GetObject", "arn:aws:s3:::*/*"),
    breaks: ["RES-002 block"],
    because: "every object",
  },
  {
    statement: allow("sqs:SendMessage", "arn:aws:sqs:*:*:*"),
    breaks: ["RES-002 block", "RES-005 block"],
    because: "every queue, of every account",
  },
  {
    statement: allow("s3:GetObject", "arn:aws:s3:::uploads/*"),
    breaks: [],
    because: "every object of one bucket",
  },
  {
    statement: allow("dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:222222222222:table/orders-*"),
    breaks: [],
    because: "a prefix of a name counts as a name",
  },
  {
    statement: {
      Effect: "Deny",
      Action: "sqs:SendMessage",
      Resource: "arn:aws:sqs:*:*:*",
    },
    breaks: [],
    because: "a Deny on every queue only revokes",
  },
  {
    statement: allow("textract:AnalyzeDocument", "*"),
    breaks: [],
    because: "AnalyzeDocument has no resource",
  },
  {
    statement: allow(["textract:AnalyzeDocument", "dynamodb:GetItem"], "*"),
    breaks: ["RES-001 block"],
    because: "one action of the statement takes a resource",
  },
  {
    statement: allow("dynamodb:Li*", "*"),
    breaks: ["ACT-002 warn", "RES-001 block"],
    because: "one action of the pattern takes a resource",
  },
  {
    statement: { Effect: "Deny", Action: "dynamodb:GetItem", Resource: "*" },
    breaks: [],
    because: "a Deny on all resources only revokes",
  },
  {
    statement: { Effect: "Allow", Action: "dynamodb:GetItem", Resource: [TABLE, "*"] },
    breaks: ["RES-001 block"],
    because: "a star next to a name is a star",
  },
  {
    statement: { Effect: "Allow", Action: "dynamodb:GetItem", NotResource: TABLE },
    breaks: ["RES-003 block"],
    because: "all tables but one",
  },
  {
    statement: { Effect: "Deny", Action: "dynamodb:GetItem", NotResource: TABLE },
    breaks: [],
    because: "a Deny of all but one only revokes",
  },
];
