import { actionNameOf } from "../../model/aws/action-name.ts";
import { isObject, parsedJson } from "../../text/json-values.ts";
import { parseRegion } from "../../model/aws/ids.ts";
import type { CallEvent, ChangeEvent } from "../../model/changes/change-event.ts";
import type { CallDenial } from "../../model/denials/call-denial.ts";
import { fieldsOf } from "../fields.ts";
import { actorOf } from "./actor.ts";
import { recordedChange } from "./changes.ts";
import { callDenialOf } from "./denial.ts";
import { trailRecord, type TrailRecord } from "./trail-record.ts";

/** What a message of a queue of change events reports. */
export type ChangeMessage =
  | { readonly kind: "change"; readonly event: ChangeEvent }
  /** A write that changes nothing which is compared. */
  | { readonly kind: "other-write"; readonly event: CallEvent }
  /** No event of CloudTrail, or one of a read. */
  | { readonly kind: "foreign" }
  /** AWS refused the call. `denied`: a session of a role lacked a permission for it; null: it failed for another reason. */
  | { readonly kind: "failed-call"; readonly denied: CallDenial | null }
  /** The queue is not for the account that the event claims. */
  | { readonly kind: "other-account" }
  /** The envelope and the record in it claim different accounts, regions or services. */
  | { readonly kind: "contradictory" }
  | { readonly kind: "malformed" }
  | { readonly kind: "oversized" };

/** CloudTrail's records have at most 256 KiB. */
const MAX_BODY = 262_144;

/**
 * Reads an event of EventBridge, "AWS API Call via CloudTrail".
 * @param accounts the accounts whose events the queue is for
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
 */
export function readChangeMessage(body: string, accounts: ReadonlySet<string>): ChangeMessage {
  if (body.length > MAX_BODY) return { kind: "oversized" };
  const envelope = parsedJson(body);
  if (!isObject(envelope) || typeof envelope["source"] !== "string") return { kind: "malformed" };
  if (envelope["detail-type"] !== "AWS API Call via CloudTrail") return { kind: "foreign" };
  const message = readChangeRecord(envelope["detail"], {
    accountId: envelope["account"],
    region: envelope["region"],
    accounts,
  });
  // It is of any service, whose name in the source may be another one than in the record.
  if (message.kind === "failed-call")
    return envelope["source"].startsWith("aws.") ? message : { kind: "contradictory" };
  if (message.kind !== "change" && message.kind !== "other-write") return message;
  // EventBridge refuses PutEvents with such a source, so that no principal can send a record of its own through a rule.
  const { service } = actionNameOf(message.event.call);
  return envelope["source"] === `aws.${service}` ? message : { kind: "contradictory" };
}

/** What a record of CloudTrail must be of. */
interface RecordPlace {
  /** The names by which a search found it; missing: it was not searched. */
  readonly soughtNames?: readonly string[];
  readonly accountId: unknown;
  readonly region: unknown;
  readonly accounts: ReadonlySet<string>;
}

/** Reads a record of CloudTrail, however it arrived. */
export function readChangeRecord(value: unknown, place: RecordPlace): ChangeMessage {
  const record = trailRecord(value);
  const region = parseRegion(record?.region ?? "");
  if (record === null || record.id === "" || region === undefined) return { kind: "malformed" };
  const { id, accountId, atMs, service, operation, requestId } = record;
  if (place.accountId !== accountId || place.region !== region) return { kind: "contradictory" };
  if (!place.accounts.has(accountId)) return { kind: "other-account" };
  // First: the record of a refused call often has no parameters.
  if (record.errorCode !== "") return { kind: "failed-call", denied: callDenialOf(record, value) };
  const { readOnly } = fieldsOf(value);
  if (readOnly === true) return { kind: "foreign" };
  const event: CallEvent = {
    id,
    accountId,
    region,
    atMs,
    call: `${service}:${operation}`,
    actor: actorOf(record),
    requestId,
    intent: intentOf(record),
  };
  const changed = recordedChange({ ...record, region, soughtNames: place.soughtNames ?? [] });
  if (changed !== null) return { kind: "change", event: { ...event, ...changed } };
  return READS.test(operation) ? { kind: "foreign" } : { kind: "other-write", event };
}

/** `readOnly` is optional in a record, and false for some calls that only prepare a read. */
const READS = /^(Check|Describe|Generate|Get|List|Lookup|Search|Simulate|Validate)/;

/** Every write of ours names its intent; anyone can claim one, so the journal decides. */
function intentOf({ userAgent }: TrailRecord): number | null {
  const [, digits] = /(?:^|\s)gk-intent\/(\d{1,15})(?:\s|$)/.exec(userAgent) ?? [];
  return digits === undefined ? null : Number(digits);
}
