import type { Selector } from "../../document.ts";
import { hasShape, type ResourceShape } from "./resource-shape.ts";

/** Actions that no request has together with a resource of this shape: an Allow of such a pair allows nothing. */
export interface UnusableRule {
  /** In AWS's spelling. */
  readonly actions: readonly string[];
  readonly on: ResourceShape;
  /** Follows "which no request can use: ". */
  readonly because: string;
  /** The page of AWS that lists the types of resources of these actions. */
  readonly source: string;
}

const REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference";
const DYNAMODB = `${REFERENCE}/list_amazondynamodb.html`;
const S3 = `${REFERENCE}/list_amazons3.html`;

/**
 * Each row was chosen by hand, and is about calls whose resource cannot change: the API
 * names a table, a stream, a bucket or an object. None of the actions is a risk, so that no judgement of risks depends on
 * these rows. They are not derived from the action data, in which AWS may add a type to an action; a test compares each
 * row with that data, so that an update that contradicts a row is noticed.
 */
export const UNUSABLE_RULES: readonly UnusableRule[] = [
  {
    actions: [
      "dynamodb:BatchGetItem",
      "dynamodb:BatchWriteItem",
      "dynamodb:ConditionCheckItem",
      "dynamodb:DeleteItem",
      "dynamodb:DescribeTable",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
    ],
    on: "dynamodb-index",
    because: "such requests name a table, never an index",
    source: DYNAMODB,
  },
  {
    actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
    on: "dynamodb-index",
    because: "such requests name a stream, never an index",
    source: DYNAMODB,
  },
  {
    actions: ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
    on: "dynamodb-table",
    because: "such requests name a stream, never the table",
    source: DYNAMODB,
  },
  {
    actions: [
      "s3:AbortMultipartUpload",
      "s3:DeleteObject",
      "s3:DeleteObjectTagging",
      "s3:DeleteObjectVersion",
      "s3:GetObject",
      "s3:GetObjectAcl",
      "s3:GetObjectTagging",
      "s3:GetObjectVersion",
      "s3:GetObjectVersionTagging",
      "s3:ListMultipartUploadParts",
      "s3:PutObject",
      "s3:PutObjectTagging",
      "s3:PutObjectVersionTagging",
    ],
    on: "s3-bucket",
    because: "such requests name an object, never the bucket",
    source: S3,
  },
  {
    actions: [
      "s3:GetBucketLocation",
      "s3:GetLifecycleConfiguration",
      "s3:ListBucket",
      "s3:ListBucketMultipartUploads",
      "s3:ListBucketVersions",
    ],
    on: "s3-object",
    because: "such requests name a bucket, never an object",
    source: S3,
  },
  {
    actions: ["sqs:ChangeMessageVisibilityBatch", "sqs:DeleteMessageBatch", "sqs:SendMessageBatch"],
    on: "sqs-queue",
    because: "SQS checks a batch by the action without Batch",
    source:
      "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api-actions.html",
  },
];

/** An action and a resource that no request has together. */
export interface UnusablePermission extends Pick<UnusableRule, "because" | "source"> {
  /** In AWS's spelling. */
  readonly action: string;
  /** As it is written. */
  readonly resource: string;
}

interface ActionRule {
  readonly action: string;
  readonly rule: UnusableRule;
}

/** By the action in lower case: nearly all actions have none. */
const BY_ACTION: ReadonlyMap<string, readonly ActionRule[]> = Map.groupBy(
  UNUSABLE_RULES.flatMap((rule) => rule.actions.map((action) => ({ action, rule }))),
  ({ action }) => action.toLowerCase(),
);

/** null: some request may have both. `action` is in lower case. */
export function unusablePermission(action: string, resource: string): UnusablePermission | null {
  const found = BY_ACTION.get(action)?.find(({ rule }) => hasShape(resource, rule.on));
  if (found === undefined) return null;
  const { because, source } = found.rule;
  return { action: found.action, resource, because, source };
}

/** True only if no request has one of these actions with one of these resources. */
export function isUnusable(actions: Selector, resources: Selector): boolean {
  if (actions.negated || resources.negated || actions.values.length * resources.values.length === 0)
    return false;
  return actions.values.every(
    (action) =>
      BY_ACTION.has(action) &&
      resources.values.every((resource) => unusablePermission(action, resource) !== null),
  );
}
