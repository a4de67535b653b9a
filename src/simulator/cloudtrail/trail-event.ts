import { createHash } from "node:crypto";
import type { AuthenticatedCaller } from "../auth/authentication.ts";
import type { Input, Output } from "../contract.ts";
import type { AccessKey } from "../world.ts";

/** A call of IAM or Lambda that had an effect. */
export interface RecordedCall {
  readonly service: "iam" | "lambda";
  readonly operation: string;
  readonly caller: AuthenticatedCaller;
  readonly input: Input;
  readonly output: Output;
  readonly requestId: string;
  readonly userAgent: string;
  readonly sourceAddress: string;
  readonly nowMs: number;
}

/** IAM is global: its events have the partition's own region. */
const IAM_REGIONS: Readonly<Record<string, string>> = {
  "aws-cn": "cn-north-1",
  "aws-us-gov": "us-gov-west-1",
};

/** The record of a call, as CloudTrail writes it into a trail. */
export function trailRecordOf(call: RecordedCall) {
  const { service, caller, nowMs } = call;
  const region = service === "iam" ? (IAM_REGIONS[caller.account.partition] ?? "us-east-1") : caller.region;
  const time = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
  return recordOf(call, { id: uuid(call.requestId), region, time });
}

/**
 * The body of a message that a rule of EventBridge sends to a queue: the record of CloudTrail in its envelope.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export function trailEventBody(call: RecordedCall): string {
  const record = trailRecordOf(call);
  const { eventID, eventTime: time, awsRegion: region, recipientAccountId: account } = record;
  return JSON.stringify({
    version: "0",
    id: uuid(`envelope ${eventID}`),
    "detail-type": "AWS API Call via CloudTrail",
    source: `aws.${call.service}`,
    account,
    time,
    region,
    resources: [],
    detail: record,
  });
}

function recordOf(
  call: RecordedCall,
  { id, region, time }: { readonly id: string; readonly region: string; readonly time: string },
) {
  const { service, operation, caller, input, output, requestId, userAgent, sourceAddress } = call;
  return {
    eventVersion: "1.11",
    userIdentity: identityOf(caller),
    eventTime: time,
    eventSource: `${service}.amazonaws.com`,
    eventName: service === "lambda" ? `${operation}${LAMBDA_VERSIONS[operation] ?? "20150331"}` : operation,
    awsRegion: region,
    sourceIPAddress: sourceAddress,
    userAgent,
    requestParameters: inCamelCase(input),
    responseElements: Object.keys(output).length === 0 ? null : inCamelCase(output),
    requestID: requestId,
    eventID: id,
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: caller.account.id,
    eventCategory: "Management",
  };
}

/** Calls whose names in events do not end with the first version of Lambda's API. */
const LAMBDA_VERSIONS: Readonly<Record<string, string>> = {
  AddPermission: "20150331v2",
  RemovePermission: "20150331v2",
  TagResource: "20170331v2",
  UntagResource: "20170331v2",
  UpdateFunctionCode: "20150331v2",
  UpdateFunctionConfiguration: "20150331v2",
};

function identityOf({ key, account }: AuthenticatedCaller) {
  const { principalArn: arn, session } = key;
  const shared = { arn, accountId: account.id, accessKeyId: key.id };
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  if (session !== undefined) return sessionIdentity(key, session, name);
  if (arn.endsWith(":root")) return { type: "Root", principalId: account.id, ...shared };
  const user = Object.values(account.iam.users).find((one) => one.arn === arn);
  return { type: "IAMUser", principalId: user?.id ?? "", ...shared, userName: name };
}

function sessionIdentity(
  { principalArn: arn, accountId, id: accessKeyId }: AccessKey,
  { roleArn, roleId, expiresAt }: NonNullable<AccessKey["session"]>,
  name: string,
) {
  const userName = roleArn.slice(roleArn.lastIndexOf("/") + 1);
  return {
    type: "AssumedRole",
    principalId: `${roleId}:${name}`,
    arn,
    accountId,
    accessKeyId,
    sessionContext: {
      sessionIssuer: { type: "Role", principalId: roleId, arn: roleArn, accountId, userName },
      attributes: { creationDate: expiresAt, mfaAuthenticated: "false" },
    },
  };
}

function inCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const members = Object.entries(value).filter(([name]) => !HIDDEN.has(name));
  return Object.fromEntries(members.map(([name, member]) => [camelCase(name), inCamelCase(member)]));
}

/** CloudTrail does not record code, nor the values of variables. */
const HIDDEN: ReadonlySet<string> = new Set(["Code", "ZipFile", "Environment"]);

function camelCase(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Derived from a text, so that the same call has the same id. */
function uuid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [8, 4, 4, 4, 12]
    .reduce<{ readonly at: number; readonly parts: readonly string[] }>(
      ({ at, parts }, length) => ({ at: at + length, parts: [...parts, hex.slice(at, at + length)] }),
      { at: 0, parts: [] },
    )
    .parts.join("-");
}
