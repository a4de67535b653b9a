import { hasArnParts, type ArnParts } from "../../model/aws/arn.ts";
import { fieldsOf, textOf, type Fields } from "../fields.ts";

/** Where a call was made, for the ARN of what it names shortly. */
export type CallPlace = Pick<ArnParts, "partition" | "region" | "accountId">;

/**
 * Requests as CloudTrail shows them: the member that names the resource, by the prefix of the action. Members are those
 * of the service's API reference, with a small first letter.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html "requestParameters"
 */
const RESOURCES: Readonly<Record<string, (parameters: Fields, at: CallPlace) => string | null>> = {
  dynamodb: (parameters, at) => {
    const table = named(parameters["tableName"], (name) => arn("dynamodb", at, `table/${name}`));
    const index = nameOf(parameters["indexName"]);
    return table === null || index === null ? table : `${table}/index/${index}`;
  },
  kinesis: ({ streamARN, streamName }, at) =>
    named(streamARN ?? streamName, (name) => arn("kinesis", at, `stream/${name}`)),
  kms: ({ keyId }, at) =>
    named(keyId, (id) => (id.startsWith("alias/") ? null : arn("kms", at, `key/${id}`))),
  lambda: ({ functionName }, at) => named(functionName, (name) => arn("lambda", at, `function:${name}`)),
  s3: ({ bucketName, key }, { partition }) => {
    const [bucket, object] = [nameOf(bucketName), nameOf(key)];
    if (bucket === null) return null;
    return `arn:${partition}:s3:::${bucket}${object === null ? "" : `/${object}`}`;
  },
  secretsmanager: ({ secretId }, at) => named(secretId, (name) => secretArn(name, at)),
  sns: ({ topicArn, targetArn }) => named(topicArn ?? targetArn, () => null),
  sqs: ({ queueUrl }, { partition }) => {
    const found = /^https:\/\/sqs\.([a-z0-9-]+)\.[a-z.]+\/(\d{12})\/([\w.-]+)$/.exec(nameOf(queueUrl) ?? "");
    return found === null ? null : `arn:${partition}:sqs:${found[1]}:${found[2]}:${found[3]}`;
  },
  ssm: ({ name, path, names }, at) => {
    const first: unknown = Array.isArray(names) ? names[0] : undefined;
    return named(name ?? path ?? first, (text) => arn("ssm", at, `parameter/${text.replace(/^\//, "")}`));
  },
  states: ({ stateMachineArn, executionArn }) => named(stateMachineArn ?? executionArn, () => null),
};

/** The ARN that a request's parameters mean; null where they do not say it. */
export function resourceOfRequest(action: string, parameters: unknown, at: CallPlace): string | null {
  const prefix = action.slice(0, action.indexOf(":")).toLowerCase();
  const found = Object.hasOwn(RESOURCES, prefix) ? RESOURCES[prefix] : undefined;
  return found === undefined ? null : found(fieldsOf(parameters), at);
}

/** A resource as a message names it, as an ARN or `*`; null where the service's short names are not known. */
export function fullResource(action: string, resource: string, at: CallPlace): string | null {
  if (resource === "*" || hasArnParts(resource)) return resource;
  return action.toLowerCase().startsWith("secretsmanager:") ? secretArn(resource, at) : null;
}

/** Longer ones are no names. */
const MAX_NAME = 2_048;

function nameOf(value: unknown): string | null {
  const text = textOf(value);
  return text === null || text.length > MAX_NAME ? null : text;
}

function named(value: unknown, toArn: (name: string) => string | null): string | null {
  const text = nameOf(value);
  return text === null || hasArnParts(text) ? text : toArn(text);
}

function arn(service: string, { partition, region, accountId }: CallPlace, resource: string): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

/** Secrets Manager adds six characters that are not known beforehand: each fits a policy's `?`. */
function secretArn(name: string, at: CallPlace): string {
  return arn("secretsmanager", at, `secret:${name}-??????`);
}
