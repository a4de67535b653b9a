import { parseAccountId, type AccountId } from "../../model/aws/ids.ts";
import { isObject } from "../../text/json-values.ts";
import { fieldsOf, type Fields } from "../fields.ts";

/** A record of CloudTrail in the form that every reader of it needs. Its parameters are as AWS wrote them: unchecked. */
export interface TrailRecord {
  /** Of the event; empty: the record has none. */
  readonly id: string;
  readonly accountId: AccountId;
  readonly region: string;
  readonly atMs: number;
  /** `iam`, of `iam.amazonaws.com`. */
  readonly service: string;
  /** `AddPermission`: Lambda's names end with the version of its API, such as `AddPermission20150331v2`. */
  readonly operation: string;
  /** Empty: the call succeeded. */
  readonly errorCode: string;
  /** Data events are recorded only for the resources that a trail selects. */
  readonly isManagement: boolean;
  readonly requestId: string | null;
  readonly userAgent: string;
  readonly sourceAddress: string | null;
  readonly identity: Fields;
  readonly parameters: Fields;
  /** False: CloudTrail left the parameters out, or some of them. */
  readonly hasParameters: boolean;
  /** The ARNs of the objects, as far as the record lists them; null: it lists none, or another thing than an ARN. */
  readonly resources: readonly string[] | null;
  readonly response: Fields;
}

/**
 * null: the value has not the form of a record.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function trailRecord(value: unknown): TrailRecord | null {
  if (!isObject(value)) return null;
  const accountId = parseAccountId(shortText(value["recipientAccountId"]));
  const region = shortText(value["awsRegion"]);
  const service = /^([a-z0-9-]+)\.amazonaws\.com$/.exec(shortText(value["eventSource"]))?.[1];
  const operation = /^([A-Za-z][A-Za-z0-9]*?)(\d{8}(v\d+)?)?$/.exec(shortText(value["eventName"]))?.[1];
  const time = shortText(value["eventTime"]);
  const atMs = TIME.test(time) ? Date.parse(time) : NaN;
  if (accountId === undefined || !/^[a-z0-9-]+$/.test(region) || Number.isNaN(atMs)) return null;
  if (service === undefined || operation === undefined) return null;
  return {
    id: shortText(value["eventID"]),
    accountId,
    region,
    atMs,
    service,
    operation,
    errorCode: shortText(value["errorCode"]),
    isManagement: value["managementEvent"] === true || value["eventCategory"] === "Management",
    requestId: textOrNull(value["requestID"]),
    userAgent: longText(value["userAgent"]),
    sourceAddress: textOrNull(value["sourceIPAddress"]),
    identity: fieldsOf(value["userIdentity"]),
    parameters: fieldsOf(value["requestParameters"]),
    hasParameters: hasParameters(value),
    resources: resourcesOf(value["resources"]),
    response: fieldsOf(value["responseElements"]),
  };
}

/**
 * "If a field is truncated, `omitted` is present with a value of true."
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
function hasParameters(value: Fields): boolean {
  const parameters = value["requestParameters"];
  return isObject(parameters) && parameters["omitted"] !== true && value["omitted"] !== true;
}

/** A longer list would fill the record of changes. */
const MOST_RESOURCES = 20;

function resourcesOf(value: unknown): readonly string[] | null {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_RESOURCES) return null;
  const arns = value.map((one) => {
    const { ARN, arn = ARN } = fieldsOf(one);
    return shortText(arn);
  });
  return arns.every((arn) => arn.startsWith("arn:")) ? arns : null;
}

/** Of this century: a forged time thousands of years away would make a gap of a million days. */
const TIME = /^20\d\d-\d\d-\d\dT/;
/** No name of AWS is longer. */
const MOST_CHARACTERS = 512;
/** A terminal would obey them, or begin a new line. */
const CONTROL = /[\p{C}\p{Zl}\p{Zp}]/u;
/** The SDKs list what they are made of. */
const MOST_OF_USER_AGENT = 4_096;

export function textOrNull(value: unknown): string | null {
  const text = shortText(value);
  return text === "" ? null : text;
}

/** Empty: it is no text, longer than any name of AWS, or has characters that none has. */
export function shortText(value: unknown): string {
  return typeof value === "string" && value.length <= MOST_CHARACTERS && !CONTROL.test(value) ? value : "";
}

function longText(value: unknown): string {
  return typeof value === "string" ? value.slice(0, MOST_OF_USER_AGENT) : "";
}
