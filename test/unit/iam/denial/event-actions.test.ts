import { describe, expect, test } from "@jest/globals";
import { IamActionData } from "../../../../src/aws/action-data/action-data.ts";
import { actionOfEvent } from "../../../../src/iam/denial/event-actions.ts";

/** Operations that are no actions, and the action that each of them needs; null for several. */
const OPERATIONS = {
  s3: {
    CompleteMultipartUpload: "s3:PutObject",
    CopyObject: null,
    CreateMultipartUpload: "s3:PutObject",
    DeleteObjects: "s3:DeleteObject",
    HeadBucket: "s3:ListBucket",
    HeadObject: "s3:GetObject",
    ListBuckets: "s3:ListAllMyBuckets",
    ListMultipartUploads: "s3:ListBucketMultipartUploads",
    ListObjectVersions: "s3:ListBucketVersions",
    ListObjects: "s3:ListBucket",
    ListObjectsV2: "s3:ListBucket",
    ListParts: "s3:ListMultipartUploadParts",
    PostObject: "s3:PutObject",
    SelectObjectContent: "s3:GetObject",
    UploadPart: "s3:PutObject",
    UploadPartCopy: null,
  },
  lambda: { Invoke: "lambda:InvokeFunction", InvokeWithResponseStream: "lambda:InvokeFunction" },
  sqs: {
    ChangeMessageVisibilityBatch: "sqs:ChangeMessageVisibility",
    DeleteMessageBatch: "sqs:DeleteMessage",
    SendMessageBatch: "sqs:SendMessage",
  },
  sns: { PublishBatch: "sns:Publish" },
  dynamodb: {
    BatchExecuteStatement: null,
    ExecuteStatement: null,
    ExecuteTransaction: null,
    TransactGetItems: "dynamodb:GetItem",
    TransactWriteItems: null,
  },
  kms: { ReEncrypt: null },
  bedrock: { Converse: "bedrock:InvokeModel", ConverseStream: "bedrock:InvokeModelWithResponseStream" },
};

const ROWS = Object.entries(OPERATIONS).flatMap(([service, operations]) =>
  Object.entries(operations as Readonly<Record<string, string | null>>).map(([operation, action]) => ({
    service,
    operation,
    action,
  })),
);

describe("an operation whose name differs between CloudTrail and IAM", () => {
  test.each(ROWS)("$service $operation needs $action", ({ service, operation, action }) => {
    expect(actionOfEvent(`${service}.amazonaws.com`, operation)).toBe(action);
  });

  test("is listed only if AWS has no action of its name and has the action that it needs", async () => {
    const data = await new IamActionData().load(Object.keys(OPERATIONS));

    const ownActions = ROWS.filter(
      ({ service, operation }) => data.find(`${service}:${operation}`) !== undefined,
    );
    const unknown = ROWS.filter(({ action }) => action !== null && data.find(action) === undefined);
    expect({ ownActions, unknown }).toEqual({ ownActions: [], unknown: [] });
  });
});
