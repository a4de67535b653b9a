import type { PolicyDialect } from "./access.ts";

const TABLE = ["", "/index/*"];
const BUCKET = ["", "/*"];

/**
 * SAM's policy templates.
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-template-list.html
 */
export const SAM: PolicyDialect = {
  "read-table": [
    {
      actions: [
        "dynamodb:GetItem",
        "dynamodb:Scan",
        "dynamodb:Query",
        "dynamodb:BatchGetItem",
        "dynamodb:DescribeTable",
      ],
      on: TABLE,
    },
  ],
  "write-table": [
    {
      actions: [
        "dynamodb:GetItem",
        "dynamodb:DeleteItem",
        "dynamodb:PutItem",
        "dynamodb:Scan",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:BatchGetItem",
        "dynamodb:DescribeTable",
        "dynamodb:ConditionCheckItem",
      ],
      on: TABLE,
    },
  ],
  "send-to-queue": [{ actions: ["sqs:SendMessage*"], on: [""] }],
  "consume-queue": [
    {
      actions: [
        "sqs:ChangeMessageVisibility",
        "sqs:ChangeMessageVisibilityBatch",
        "sqs:DeleteMessage",
        "sqs:DeleteMessageBatch",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
      ],
      on: [""],
    },
  ],
  "read-bucket": [
    {
      actions: [
        "s3:GetObject",
        "s3:ListBucket",
        "s3:GetBucketLocation",
        "s3:GetObjectVersion",
        "s3:GetLifecycleConfiguration",
      ],
      on: BUCKET,
    },
  ],
  "write-bucket": [
    {
      actions: [
        "s3:GetObject",
        "s3:ListBucket",
        "s3:GetBucketLocation",
        "s3:GetObjectVersion",
        "s3:PutObject",
        "s3:PutObjectAcl",
        "s3:GetLifecycleConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:DeleteObject",
      ],
      on: BUCKET,
    },
  ],
  publish: [{ actions: ["sns:Publish"], on: [""] }],
  "read-secret": [{ actions: ["secretsmanager:GetSecretValue"], on: [""] }],
  "read-parameter": [
    { actions: ["ssm:DescribeParameters"], on: [null] },
    { actions: ["ssm:GetParameters", "ssm:GetParameter", "ssm:GetParametersByPath"], on: [""] },
  ],
  "put-events": [{ actions: "events:PutEvents", on: [""] }],
  "start-execution": [{ actions: ["states:StartExecution"], on: [""] }],
  invoke: [{ actions: ["lambda:InvokeFunction"], on: ["*"] }],
  "put-metrics": [{ actions: ["cloudwatch:PutMetricData"], on: [null] }],
};

const CDK_READ_TABLE = [
  "dynamodb:BatchGetItem",
  "dynamodb:Query",
  "dynamodb:GetItem",
  "dynamodb:Scan",
  "dynamodb:ConditionCheckItem",
  "dynamodb:GetRecords",
  "dynamodb:GetShardIterator",
];
const CDK_READ_BUCKET = ["s3:GetObject*", "s3:GetBucket*", "s3:List*"];

/**
 * The `grant*` methods of CDK; a single action is a text.
 * @see https://docs.aws.amazon.com/cdk/v2/guide/permissions.html
 */
export const CDK: PolicyDialect = {
  "read-table": [{ actions: [...CDK_READ_TABLE, "dynamodb:DescribeTable"], on: [""] }],
  "write-table": [
    {
      actions: [
        ...CDK_READ_TABLE,
        "dynamodb:BatchWriteItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
        "dynamodb:DescribeTable",
      ],
      on: [""],
    },
  ],
  "send-to-queue": [{ actions: ["sqs:SendMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl"], on: [""] }],
  "consume-queue": [
    {
      actions: [
        "sqs:ReceiveMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueUrl",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
      ],
      on: [""],
    },
  ],
  "read-bucket": [{ actions: CDK_READ_BUCKET, on: BUCKET }],
  "write-bucket": [
    {
      actions: [
        ...CDK_READ_BUCKET,
        "s3:DeleteObject*",
        "s3:PutObject",
        "s3:PutObjectLegalHold",
        "s3:PutObjectRetention",
        "s3:PutObjectTagging",
        "s3:PutObjectVersionTagging",
        "s3:Abort*",
      ],
      on: BUCKET,
    },
  ],
  publish: [{ actions: "sns:Publish", on: [""] }],
  "read-secret": [{ actions: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], on: [""] }],
  "read-parameter": [
    {
      actions: ["ssm:DescribeParameters", "ssm:GetParameters", "ssm:GetParameter", "ssm:GetParameterHistory"],
      on: [""],
    },
  ],
  "put-events": [{ actions: "events:PutEvents", on: [""] }],
  "start-execution": [{ actions: "states:StartExecution", on: [""] }],
  invoke: [{ actions: "lambda:InvokeFunction", on: ["", ":*"] }],
  "put-metrics": [{ actions: "cloudwatch:PutMetricData", on: [null] }],
};

/** Statements as people write them, in a template, in `iamRoleStatements` or in HCL. */
export const HANDWRITTEN: PolicyDialect = {
  "read-table": [{ actions: ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"], on: TABLE }],
  "write-table": [
    {
      actions: [
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:DeleteItem",
      ],
      on: [""],
    },
  ],
  "send-to-queue": [{ actions: ["sqs:SendMessage", "sqs:GetQueueUrl", "sqs:GetQueueAttributes"], on: [""] }],
  "consume-queue": [
    { actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], on: [""] },
  ],
  "read-bucket": [
    { actions: ["s3:GetObject"], on: ["/*"] },
    { actions: ["s3:ListBucket", "s3:GetBucketLocation"], on: [""] },
  ],
  "write-bucket": [{ actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], on: ["/*"] }],
  publish: [{ actions: ["sns:Publish"], on: [""] }],
  "read-secret": [{ actions: ["secretsmanager:GetSecretValue"], on: [""] }],
  "read-parameter": [{ actions: ["ssm:GetParameter", "ssm:GetParameters"], on: [""] }],
  "put-events": [{ actions: ["events:PutEvents"], on: [""] }],
  "start-execution": [{ actions: ["states:StartExecution"], on: [""] }],
  invoke: [{ actions: ["lambda:InvokeFunction"], on: [""] }],
  "put-metrics": [{ actions: ["cloudwatch:PutMetricData"], on: [null] }],
};
