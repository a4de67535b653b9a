import { isObject } from "../../text/json-values.ts";

/** The part of a CloudTrail record that shows the use of a permission. */
export interface TrailEvent {
  readonly accountId: string;
  readonly region: string;
  readonly atMs: number;
  /** `sqs:listqueues`, as IAM names the action as far as CloudTrail's name is the same. */
  readonly action: string;
  /** Data events are recorded only for the resources that a trail selects. */
  readonly isManagement: boolean;
  readonly isDenied: boolean;
  /** Null: the caller is no session of a role. */
  readonly session: { readonly roleArn: string; readonly name: string } | null;
}

/**
 * A record of a CloudTrail file; null if it has not the form of one. Nothing else of it is kept: a record contains
 * parameters and addresses.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function trailEvent(record: unknown): TrailEvent | null {
  if (!isObject(record)) return null;
  const accountId = shortText(record["recipientAccountId"]);
  const region = shortText(record["awsRegion"]);
  const action = actionOf(shortText(record["eventSource"]), shortText(record["eventName"]));
  const time = shortText(record["eventTime"]);
  const atMs = TIME.test(time) ? Date.parse(time) : NaN;
  if (!/^\d{12}$/.test(accountId) || !/^[a-z0-9-]+$/.test(region) || action === null || Number.isNaN(atMs))
    return null;
  return {
    accountId,
    region,
    atMs,
    action,
    isManagement: record["managementEvent"] === true || record["eventCategory"] === "Management",
    isDenied: DENIED.test(shortText(record["errorCode"])),
    session: sessionOf(record["userIdentity"]),
  };
}

/** Of this century: a forged time thousands of years away would make a gap of a million days. */
const TIME = /^20\d\d-\d\d-\d\dT/;
const DENIED = /AccessDenied|Unauthorized|NotAuthorized|AuthFailure/i;
/** No name of AWS is longer. */
const MOST_CHARACTERS = 512;

function shortText(value: unknown): string {
  return typeof value === "string" && value.length <= MOST_CHARACTERS ? value : "";
}

/** The prefix of the service's actions, where the name in events is another one. */
const PREFIXES: Readonly<Record<string, string>> = {
  email: "ses",
  monitoring: "cloudwatch",
  rdsdata: "rds-data",
  tagging: "tag",
};

/** Lambda's names end with the version of its API: `AddPermission20150331v2`. */
function actionOf(eventSource: string, eventName: string): string | null {
  const source = /^([a-z0-9-]+)\.amazonaws\.com$/.exec(eventSource)?.[1];
  const name = /^([A-Za-z][A-Za-z0-9]*?)(\d{8}(v\d+)?)?$/.exec(eventName)?.[1];
  if (source === undefined || name === undefined) return null;
  return `${PREFIXES[source] ?? source}:${name.toLowerCase()}`;
}

/**
 * Lambda names the session of a function after the function; other names are those of services and people.
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
export function sessionOf(identity: unknown): TrailEvent["session"] {
  if (!isObject(identity) || identity["type"] !== "AssumedRole") return null;
  const context = identity["sessionContext"];
  const issuer = isObject(context) ? context["sessionIssuer"] : undefined;
  const roleArn = isObject(issuer) ? shortText(issuer["arn"]) : "";
  const [, name = ""] = shortText(identity["principalId"]).split(":");
  return /:role\/./.test(roleArn) ? { roleArn, name } : null;
}
