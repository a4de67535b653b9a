import fc from "fast-check";
import type { Statement } from "../../../src/model/aws/policy-document.ts";

/** Few values, so that statements, denials and boundaries meet: of every list, of none, and patterns over both. */
const ACTIONS = [
  "dynamodb:GetItem",
  "dynamodb:Scan",
  "s3:GetObject",
  "S3:getobject",
  "s3:Get*",
  "s3:PutBucketPolicy",
  "kms:Decrypt",
  "ecr:GetAuthorizationToken",
  "secretsmanager:GetSecretValue",
  "iam:PassRole",
  "iam:Pass*",
  "iam:AttachRolePolicy",
  "lambda:CreateFunction",
  "lambda:InvokeFunction",
  "lambda:Create*",
  "sts:AssumeRole",
  "cloudtrail:StopLogging",
  "rds-db:connect",
  "*:Get*",
];
const RESOURCES = [
  "*",
  "arn:aws:s3:::bucket/key",
  "arn:aws:s3:::bucket/*",
  "arn:aws:s3:::",
  "arn:aws:s3:::*",
  "arn:aws:dynamodb:eu-west-1:222222222222:table/orders",
  "arn:aws:dynamodb:*:*:table/*",
  "arn:aws:iam::222222222222:role/steps",
  "arn:aws:rds-db:eu-west-1:222222222222:dbuser:db-1/app",
  "arn:aws:rds-db:eu-west-1:222222222222:dbuser:db-1/app*",
  "arn:aws:kms:eu-west-1:222222222222:key/*",
  "arn:aws:s3:::${aws:PrincipalTag/team}/*",
];
const CONDITIONS = [
  undefined,
  undefined,
  {},
  { StringEquals: {} },
  { StringEquals: { "aws:RequestedRegion": "eu-west-1" } },
  { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/orders" } },
  { StringEquals: { "iam:PassedToService": "states.amazonaws.com" } },
] as const;

const names = (values: readonly string[], maxLength: number): fc.Arbitrary<string | readonly string[]> =>
  fc.oneof(fc.constantFrom(...values), fc.array(fc.constantFrom(...values), { minLength: 1, maxLength }));

export const statement: fc.Arbitrary<Statement> = fc
  .record({
    Effect: fc.constantFrom("Allow", "Allow", "Deny"),
    action: names(ACTIONS, 4),
    resource: names(RESOURCES, 3),
    isNotAction: fc.nat({ max: 9 }),
    isNotResource: fc.nat({ max: 9 }),
    Condition: fc.constantFrom(...CONDITIONS),
  })
  .map(({ Effect, action, resource, isNotAction, isNotResource, Condition }) => ({
    Effect,
    ...(isNotAction === 0 ? { NotAction: action } : { Action: action }),
    ...(isNotResource === 0 ? { NotResource: resource } : { Resource: resource }),
    ...(Condition === undefined ? {} : { Condition }),
  }));

export const statements = (maxLength: number): fc.Arbitrary<readonly Statement[]> =>
  fc.array(statement, { minLength: 1, maxLength });
