import { arnParts } from "../../model/aws/arn.ts";
import { isObject } from "../../text/json-values.ts";
import { isDeniedCall } from "./denial-code.ts";
import { actionOfEvent } from "./event-actions.ts";
import { resourceOfRequest } from "./event-resource.ts";
import { fieldsOf, textOf, type Fields } from "../fields.ts";
import { denialMessages } from "./message.ts";
import { NOTHING_REPORTED, type ReportedDenial } from "../../model/denials/reported-denial.ts";

export interface CloudTrailEvent extends Fields {
  readonly eventSource: string;
  readonly eventName: string;
}

export function isCloudTrailEvent(value: unknown): value is CloudTrailEvent {
  return (
    isObject(value) && typeof value["eventSource"] === "string" && typeof value["eventName"] === "string"
  );
}

/**
 * The denial that a CloudTrail event reports; null when the call did not fail for lack of permission. The action of
 * its message counts before the one of its name.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function cloudTrailDenial(event: CloudTrailEvent): ReportedDenial | null {
  const message = textOf(event["errorMessage"]) ?? "";
  const errorCode = textOf(event["errorCode"]) ?? "";
  if (!isDeniedCall({ eventSource: event.eventSource, errorCode, errorMessage: message })) return null;
  const identity = fieldsOf(event["userIdentity"]);
  const issuer = fieldsOf(fieldsOf(identity["sessionContext"])["sessionIssuer"]);
  const [fromMessage = NOTHING_REPORTED] = denialMessages(message);
  const { eventSource, eventName, requestParameters } = event;
  const action = fromMessage.action ?? versioned(actionOfEvent(eventSource, eventName), requestParameters);
  const caller = textOf(identity["arn"]) ?? fromMessage.caller;
  const denial: ReportedDenial = {
    ...fromMessage,
    caller,
    role: textOf(issuer["arn"]),
    action,
    operation: eventName,
    region: textOf(event["awsRegion"]),
  };
  return {
    ...denial,
    resource: fromMessage.resource ?? resourceOf(event, denial, identity),
    context: { ...contextOf(action, requestParameters), ...viaService(event, denial, identity) },
  };
}

/** Lists of a bucket are granted by their prefix. */
function contextOf(action: string | null, parameters: unknown): ReportedDenial["context"] {
  const { prefix } = fieldsOf(parameters);
  return action === "s3:ListBucket" && typeof prefix === "string" ? { "s3:prefix": [prefix] } : {};
}

/**
 * A key that a service uses for its caller is granted for that service.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
function viaService(
  event: Fields,
  { action, region }: ReportedDenial,
  identity: Fields,
): ReportedDenial["context"] {
  if (action === null || !action.startsWith("kms:") || region === null) return {};
  const host = textOf(identity["invokedBy"]) ?? textOf(event["sourceIPAddress"]) ?? "";
  const service = /^([a-z0-9-]{1,64})\.amazonaws\.com$/.exec(host)?.[1];
  return service === undefined ? {} : { "kms:ViaService": [`${service}.${region}.amazonaws.com`] };
}

/** A version of an object is read by an action of its own. */
function versioned(action: string | null, parameters: unknown): string | null {
  return action === "s3:GetObject" && textOf(fieldsOf(parameters)["versionId"]) !== null
    ? "s3:GetObjectVersion"
    : action;
}

function resourceOf(event: Fields, denial: ReportedDenial, identity: Fields): string | null {
  const { action, caller, region } = denial;
  if (action === null) return null;
  const accountId = textOf(event["recipientAccountId"]) ?? textOf(identity["accountId"]) ?? "";
  const partition = caller === null ? "aws" : arnParts(caller).partition;
  const resource = resourceOfRequest(action, event["requestParameters"], {
    partition,
    region: region ?? "",
    accountId,
  });
  return resource ?? listedResource(event["resources"]);
}

/** Data events list what they touch; of several the first is the object itself. */
function listedResource(resources: unknown): string | null {
  const first: unknown = Array.isArray(resources) ? resources[0] : undefined;
  return textOf(fieldsOf(first)["ARN"]);
}
