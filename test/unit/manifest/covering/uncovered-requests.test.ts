import { describe, expect, test } from "@jest/globals";
import { grantsCovering } from "../../../../src/manifest/covering/covering-grants.ts";
import { PLACE, HERE, NO_CONTEXT } from "./place.ts";

describe("the reverse search of the catalogue", () => {
  test.each([
    {
      because: "an action without a grant",
      action: "dynamodb:DeleteTable",
      resource: `arn:aws:dynamodb:${HERE}:table/t-1`,
    },
    {
      because: "a resource of another type",
      action: "dynamodb:GetItem",
      resource: `arn:aws:dynamodb:${HERE}:backup/t-1`,
    },
    {
      because: "a name that the grant's schema rejects",
      action: "dynamodb:GetItem",
      resource: `arn:aws:dynamodb:${HERE}:table/t$`,
    },
    { because: "a key under an alias", action: "kms:Decrypt", resource: `arn:aws:kms:${HERE}:alias/x` },
    {
      because: "a state machine version of another type",
      action: "states:StartExecution",
      resource: `arn:aws:states:${HERE}:activity:x`,
    },
    {
      because: "a stream of another service",
      action: "kinesis:GetRecords",
      resource: `arn:aws:kinesis:${HERE}:channel/x`,
    },
    {
      because: "a database in another account",
      action: "rds-db:connect",
      resource: "arn:aws:rds-db:us-east-1:111122223333:dbuser:cluster-A/u",
    },
    {
      because: "a database without a user",
      action: "rds-db:connect",
      resource: `arn:aws:rds-db:${HERE}:dbuser`,
    },
    {
      because: "a secret without its six characters",
      action: "secretsmanager:GetSecretValue",
      resource: `arn:aws:secretsmanager:${HERE}:secret:x`,
    },
    { because: "a layer", action: "lambda:InvokeFunction", resource: `arn:aws:lambda:${HERE}:layer:x` },
    {
      because: "a custom model",
      action: "bedrock:InvokeModel",
      resource: `arn:aws:bedrock:${HERE}:custom-model/x`,
    },
    {
      because: "an archive of events",
      action: "events:PutEvents",
      resource: `arn:aws:events:${HERE}:archive/x`,
    },
    {
      because: "a mount without an access point",
      action: "elasticfilesystem:ClientMount",
      resource: `arn:aws:elasticfilesystem:${HERE}:file-system/fs-01234567`,
    },
    {
      because: "an access point as the resource",
      action: "elasticfilesystem:ClientMount",
      resource: `arn:aws:elasticfilesystem:${HERE}:access-point/fsap-01234567`,
    },
    {
      because: "a database of the Data API, whose secret is unknown",
      action: "rds-data:ExecuteStatement",
      resource: `arn:aws:rds:${HERE}:cluster:orders`,
    },
    {
      because: "a schedule group",
      action: "scheduler:GetSchedule",
      resource: `arn:aws:scheduler:${HERE}:schedule-group/g`,
    },
    {
      because: "a configuration in another account",
      action: "appconfig:GetLatestConfiguration",
      resource:
        "arn:aws:appconfig:eu-west-1:444455556666:application/ab12/environment/ab12/configuration/ab12",
    },
    {
      because: "an API in another account",
      action: "execute-api:Invoke",
      resource: "arn:aws:execute-api:eu-west-1:444455556666:abcd1234/prod/GET/a",
    },
    {
      because: "an agent in another account",
      action: "bedrock:InvokeAgent",
      resource: "arn:aws:bedrock:eu-west-1:444455556666:agent-alias/ABCDEFGHIJ/KLMNOPQRST",
    },
    { because: "no ARN", action: "sqs:SendMessage", resource: "q" },
    { because: "a request without any resource", action: "states:SendTaskSuccess", resource: "*" },
  ])("finds nothing for $because", ({ action, resource }) => {
    expect(grantsCovering({ action, resource, context: NO_CONTEXT }, PLACE)).toEqual([]);
  });
});
