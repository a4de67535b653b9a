import { arnParts } from "./arn.ts";
import type { AccountId, Partition, Region } from "./ids.ts";

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export const INSTANCE_TAG = "grantkeeper.dev/instance";
/** Value `namespace/name`. */
export const OWNER_TAG = "grantkeeper.dev/owner";

/** A role's tag keys are unique without regard to case and shown as they were first written. */
export function sameTagKey(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}

/** A type of resources that a reference can find by tags, as the Tagging API names it in a filter. */
export type TaggedType = keyof typeof TAGGED_TYPES;

interface TypeFacts {
  /** `DynamoDB table`. */
  readonly what: string;
  /** The last part of its ARN, complete: a bucket is not an access point of the same service. */
  readonly resource: RegExp;
  /** Its ARN has neither a region nor an account. */
  readonly isGlobal?: true;
}

/**
 * The types that grants and callers name by an ARN. Functions, roles and policies are not among them: a principal that
 * may tag one would choose which function is called or what is allowed. A type is the service and the type in the ARN, or the service alone
 * if its ARNs have no type.
 * @see https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html ResourceTypeFilters
 */
export const TAGGED_TYPES = {
  "cognito-idp:userpool": { what: "Cognito user pool", resource: /^userpool\/[\w-]+$/ },
  "dynamodb:table": { what: "DynamoDB table", resource: /^table\/[\w.-]+$/ },
  "elasticfilesystem:access-point": { what: "EFS access point", resource: /^access-point\/[\w-]+$/ },
  "elasticfilesystem:file-system": { what: "EFS file system", resource: /^file-system\/[\w-]+$/ },
  "elasticloadbalancing:targetgroup": { what: "target group", resource: /^targetgroup\/[\w-]+\/[0-9a-f]+$/ },
  "events:event-bus": { what: "event bus", resource: /^event-bus\/[\w./-]+$/ },
  "firehose:deliverystream": { what: "Firehose stream", resource: /^deliverystream\/[\w.-]+$/ },
  "kinesis:stream": { what: "Kinesis stream", resource: /^stream\/[\w.-]+$/ },
  "kms:key": { what: "KMS key", resource: /^key\/[\w-]+$/ },
  "rds:cluster": { what: "RDS cluster", resource: /^cluster:[\w-]+$/ },
  s3: { what: "S3 bucket", resource: /^[a-z0-9.-]+$/, isGlobal: true },
  "secretsmanager:secret": { what: "secret", resource: /^secret:[\w/+=.@-]+-[a-zA-Z0-9]{6}$/ },
  sns: { what: "SNS topic", resource: /^[\w.-]+$/ },
  sqs: { what: "SQS queue", resource: /^[\w.-]+$/ },
  "states:stateMachine": { what: "state machine", resource: /^stateMachine:[\w-]+$/ },
} as const satisfies Readonly<Record<string, TypeFacts>>;

export function isTaggedType(text: string): text is TaggedType {
  return Object.hasOwn(TAGGED_TYPES, text);
}

/** Whether the ARN is of this type: a filter by service finds other types too. */
export function isArnOfType(arn: string, type: TaggedType): boolean {
  const facts: TypeFacts = TAGGED_TYPES[type];
  const { service, region, accountId, resource } = arnParts(arn);
  const isGlobal = region === "" && accountId === "";
  return (
    service === type.replace(/:.*$/, "") &&
    isGlobal === (facts.isGlobal ?? false) &&
    facts.resource.test(resource)
  );
}

/** Whether the ARN is in this place, as far as it shows one: the ARN of a bucket has a partition alone. */
export function isArnIn(
  arn: string,
  place: { readonly partition: Partition; readonly accountId: AccountId; readonly region: Region },
): boolean {
  const { partition, accountId, region } = arnParts(arn);
  return (
    partition === place.partition &&
    (accountId === "" || accountId === place.accountId) &&
    (region === "" || region === place.region)
  );
}

/** `DynamoDB table with the tags app=orders and stage=prod`. */
export function taggedResourceText(type: TaggedType, tags: readonly Tag[]): string {
  const texts = tags.map(({ key, value }) => `${key}=${value}`);
  const last = texts.pop() ?? "";
  const list = texts.length === 0 ? last : `${texts.join(", ")} and ${last}`;
  return `${TAGGED_TYPES[type].what} with the ${texts.length === 0 ? "tag" : "tags"} ${list}`;
}
