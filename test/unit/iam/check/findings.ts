import { checkPolicy } from "../../../../src/iam/check/policy.ts";
import { readDocument } from "../../../../src/iam/read/parse.ts";
import { readStrictly } from "../../../../src/iam/check/grammar/read.ts";
import type { Dialect } from "../../../../src/model/aws/policy-document.ts";
import { actionDataOf } from "../../../support/policies/action-data.ts";

const BUCKET = "arn:*:s3:::*";
export const OBJECT = "arn:*:s3:::*/*";
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
export const DATED = "(AWS's action data of 2026-01-31)";

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
export function findingsOf(statements: readonly unknown[], setting: Setting = {}): readonly string[] {
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

export const allow = (
  Action: unknown,
  Resource: unknown = "arn:aws:s3:::b/*",
  more: object = {},
): object => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
export const deny = (Action: unknown, Resource: unknown = "*", more: object = {}): object => ({
  ...allow(Action, Resource, more),
  Effect: "Deny",
});
export const when = (Condition: object): object => ({ Condition });
export const Q = "arn:aws:sqs:eu-west-1:111122223333:q";
