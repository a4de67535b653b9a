import { describe, expect, test } from "@jest/globals";
import { fullResource, resourceOfRequest } from "../../../../src/iam/denial/event-resource.ts";
import { actionOfEvent } from "../../../../src/iam/denial/event-actions.ts";

const ACCOUNT = "111122223333";

describe("the action of an event", () => {
  test.each([
    ["s3.amazonaws.com", "HeadObject", "s3:GetObject"],
    ["s3.amazonaws.com", "CopyObject", null],
    ["lambda.amazonaws.com", "Invoke", "lambda:InvokeFunction"],
    ["lambda.amazonaws.com", "GetFunction20150331v2", "lambda:GetFunction"],
    ["monitoring.amazonaws.com", "PutMetricData", "cloudwatch:PutMetricData"],
    ["sqs.amazonaws.com.cn", "SendMessageBatch", "sqs:SendMessage"],
    ["events.amazonaws.com", "PutEvents", "events:PutEvents"],
    ["signin.aws.example", "ConsoleLogin", null],
    ["s3.amazonaws.com", "Get Object", null],
  ])("%s %s is %s", (source, name, action) => {
    expect(actionOfEvent(source, name)).toBe(action);
  });
});

describe("the resource of a request", () => {
  const at = { partition: "aws", region: "eu-west-1", accountId: ACCOUNT };
  const here = `eu-west-1:${ACCOUNT}`;

  test.each([
    ["dynamodb:Query", { tableName: "t", indexName: "i" }, `arn:aws:dynamodb:${here}:table/t/index/i`],
    [
      "dynamodb:GetItem",
      { tableName: `arn:aws:dynamodb:${here}:table/t` },
      `arn:aws:dynamodb:${here}:table/t`,
    ],
    ["dynamodb:GetItem", {}, null],
    ["kinesis:PutRecord", { streamName: "s" }, `arn:aws:kinesis:${here}:stream/s`],
    [
      "kinesis:PutRecord",
      { streamARN: `arn:aws:kinesis:${here}:stream/s` },
      `arn:aws:kinesis:${here}:stream/s`,
    ],
    ["kms:Decrypt", { keyId: "1234" }, `arn:aws:kms:${here}:key/1234`],
    ["kms:Decrypt", { keyId: "alias/x" }, null],
    ["lambda:InvokeFunction", { functionName: "f" }, `arn:aws:lambda:${here}:function:f`],
    ["s3:GetObject", { bucketName: "b", key: "k/1" }, "arn:aws:s3:::b/k/1"],
    ["s3:GetObject", { key: "k/1" }, null],
    ["secretsmanager:GetSecretValue", { secretId: "n" }, `arn:aws:secretsmanager:${here}:secret:n-??????`],
    ["sns:Publish", { topicArn: `arn:aws:sns:${here}:t` }, `arn:aws:sns:${here}:t`],
    ["sns:Publish", { targetArn: "t" }, null],
    [
      "sqs:SendMessage",
      { queueUrl: `https://sqs.eu-west-1.amazonaws.com/${ACCOUNT}/q.fifo` },
      `arn:aws:sqs:${here}:q.fifo`,
    ],
    ["sqs:SendMessage", { queueUrl: "q" }, null],
    ["sqs:SendMessage", {}, null],
    ["ssm:GetParameter", { name: "/a/b" }, `arn:aws:ssm:${here}:parameter/a/b`],
    ["ssm:GetParameters", { names: ["c", "d"] }, `arn:aws:ssm:${here}:parameter/c`],
    ["ssm:GetParametersByPath", { path: "/a" }, `arn:aws:ssm:${here}:parameter/a`],
    [
      "states:StartExecution",
      { stateMachineArn: `arn:aws:states:${here}:stateMachine:m` },
      `arn:aws:states:${here}:stateMachine:m`,
    ],
    ["states:StopExecution", { executionArn: "x" }, null],
    ["constructor:X", { name: "x" }, null],
    ["ssm:GetParameter", null, null],
    ["ssm:GetParameter", { name: "x".repeat(3_000) }, null],
  ])("%s of %j is %s", (action, parameters, resource) => {
    expect(resourceOfRequest(action, parameters, at)).toBe(resource);
  });

  test.each([
    ["s3:GetObject", "*", "*"],
    ["s3:GetObject", "arn:aws:s3:::b/k", "arn:aws:s3:::b/k"],
    ["secretsmanager:GetSecretValue", "n", `arn:aws:secretsmanager:${here}:secret:n-??????`],
    ["sqs:SendMessage", "q", null],
  ])("the ARN of a message about %s on %s is %s", (action, named, resource) => {
    expect(fullResource(action, named, at)).toBe(resource);
  });
});
