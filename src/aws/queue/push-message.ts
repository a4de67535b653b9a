import { parsedJson } from "../../text/json-values.ts";

/** What a message of the queue reports. */
export type PushMessage =
  | {
      readonly kind: "push";
      /** Of the event: the same if EventBridge or SQS delivers it twice. */
      readonly id: string;
      readonly timeMs: number;
      readonly region: string;
      readonly accountId: string;
      readonly repository: string;
      /** `refs/heads/main` */
      readonly ref: string;
    }
  /** An event of another kind. */
  | { readonly kind: "foreign" }
  | { readonly kind: "malformed" }
  | { readonly kind: "oversized" };

/** An event has less than 2 KiB; a message may have 1 MiB. */
const MAX_BODY = 65_536;
const REF_EVENTS: readonly unknown[] = ["referenceCreated", "referenceUpdated", "referenceDeleted"];

/**
 * Reads an event of EventBridge, "CodeCommit Repository State Change".
 * @see https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html
 */
export function readPushMessage(body: string): PushMessage {
  if (body.length > MAX_BODY) return { kind: "oversized" };
  const event = membersOf(parsedJson(body));
  if (event === null) return { kind: "malformed" };
  const { source, id, time, region, account: accountId } = event;
  if (typeof source !== "string") return { kind: "malformed" };
  const detail = membersOf(event["detail"]);
  if (source !== "aws.codecommit" || event["detail-type"] !== "CodeCommit Repository State Change")
    return { kind: "foreign" };
  if (detail === null) return { kind: "malformed" };
  const { event: what, repositoryName: repository, referenceFullName: ref } = detail;
  if (!REF_EVENTS.includes(what)) return { kind: "foreign" };
  const timeMs = isText(time) ? Date.parse(time) : Number.NaN;
  const isComplete = isText(id) && isText(region) && isText(accountId) && isText(repository) && isText(ref);
  if (!isComplete || Number.isNaN(timeMs)) return { kind: "malformed" };
  return { kind: "push", id, timeMs, region, accountId, repository, ref };
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> | null {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Readonly<Record<string, unknown>>) : null;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= 512;
}
