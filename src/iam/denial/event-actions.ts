/**
 * What CloudTrail calls otherwise than IAM. Of an operation that needs several actions, or another one by its
 * parameters, none is named (null): the event's message names the missing one, or nothing does.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/ ("API operations defined by", on each service's page)
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api-actions.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
 */
const ACTIONS: ReadonlyMap<string, string | null> = new Map([
  ["s3:CompleteMultipartUpload", "s3:PutObject"],
  ["s3:CopyObject", null],
  ["s3:CreateMultipartUpload", "s3:PutObject"],
  ["s3:DeleteObjects", "s3:DeleteObject"],
  ["s3:HeadBucket", "s3:ListBucket"],
  ["s3:HeadObject", "s3:GetObject"],
  ["s3:ListBuckets", "s3:ListAllMyBuckets"],
  ["s3:ListMultipartUploads", "s3:ListBucketMultipartUploads"],
  ["s3:ListObjectVersions", "s3:ListBucketVersions"],
  ["s3:ListObjects", "s3:ListBucket"],
  ["s3:ListObjectsV2", "s3:ListBucket"],
  ["s3:ListParts", "s3:ListMultipartUploadParts"],
  ["s3:PostObject", "s3:PutObject"],
  ["s3:SelectObjectContent", "s3:GetObject"],
  ["s3:UploadPart", "s3:PutObject"],
  ["s3:UploadPartCopy", null],
  ["lambda:Invoke", "lambda:InvokeFunction"],
  ["lambda:InvokeWithResponseStream", "lambda:InvokeFunction"],
  ["sqs:ChangeMessageVisibilityBatch", "sqs:ChangeMessageVisibility"],
  ["sqs:DeleteMessageBatch", "sqs:DeleteMessage"],
  ["sqs:SendMessageBatch", "sqs:SendMessage"],
  ["sns:PublishBatch", "sns:Publish"],
  ["dynamodb:BatchExecuteStatement", null],
  ["dynamodb:ExecuteStatement", null],
  ["dynamodb:ExecuteTransaction", null],
  ["dynamodb:TransactGetItems", "dynamodb:GetItem"],
  ["dynamodb:TransactWriteItems", null],
  ["kms:ReEncrypt", null],
  ["bedrock:Converse", "bedrock:InvokeModel"],
  ["bedrock:ConverseStream", "bedrock:InvokeModelWithResponseStream"],
]);

/** Hosts whose first label is not the prefix of the service's actions. */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ["email", "ses"],
  ["monitoring", "cloudwatch"],
  ["tagging", "tag"],
]);

/** The action that a call needs by CloudTrail's names of service and call; null where they do not show it. */
export function actionOfEvent(eventSource: string, eventName: string): string | null {
  const host = /^([a-z0-9-]{1,64})\.amazonaws\.com(\.cn)?$/.exec(eventSource)?.[1];
  if (host === undefined || !/^[A-Za-z0-9_]{1,128}$/.test(eventName)) return null;
  const prefix = PREFIXES.get(host) ?? host;
  // Lambda's names carry the date and version of its API: GetFunction20150331v2.
  const call = `${prefix}:${prefix === "lambda" ? eventName.replace(/\d{8}(v\d+)?$/, "") : eventName}`;
  const known = ACTIONS.get(call);
  return known === undefined ? call : known;
}
