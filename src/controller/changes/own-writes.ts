import { accountIdOf } from "../../model/keys/key.ts";
import { mayBeObject } from "../../model/changes/changed-object.ts";
import type { ChangeEvent } from "../../model/changes/change-event.ts";
import type { AuditEntry } from "../../audit/entry.ts";
import type { AuditLog, WriteIntended } from "../ports/audit-log.ts";
import { mayHaveInput } from "./same-input.ts";

export type WriteFinished = Extract<AuditEntry, { readonly kind: "write-finished" }>;

/** How many entries about a key can be between an intent and its end: other keys and passes do not count. */
const MOST_BETWEEN = 200;

/**
 * Whether the event is of a call that Grantkeeper made. Anyone can claim an intent in a user agent: the journal must have
 * it with the same call of the same object, and with the request that the event names, or the same input while the call has not
 * ended. If its answer was lost, no request is known: the event counts as another caller's, and the object is read.
 */
export async function isOwnWrite(event: ChangeEvent, audit: Pick<AuditLog, "entries">): Promise<boolean> {
  const intent = event.intent === null ? null : await intentOf(event.intent, audit);
  if (intent === null || !isOfIntent(event, intent)) return false;
  const end = await endOf(intent, audit);
  // A record that names no object may be of another call than the one that has not ended. So may one that set something else: the
  // claim is false, or the number was that of an entry which the database has lost.
  if (end === null) return event.object.kind !== "not-named" && mayHaveInput(intent, event.aspect);
  return end.requestId !== null && end.requestId === event.requestId;
}

/** null: the entry is none. */
export async function intentOf(seq: number, audit: Pick<AuditLog, "entries">): Promise<WriteIntended | null> {
  for await (const entry of audit.entries({ fromSeq: seq, toSeq: seq }))
    if (entry.kind === "write-intended") return entry;
  return null;
}

function isOfIntent({ accountId, call, object }: ChangeEvent, { key, ...intent }: WriteIntended): boolean {
  if (accountIdOf(key) !== accountId || intent.call !== call) return false;
  return mayBeObject(intent.target, object);
}

/** null: the call has not ended yet. */
export async function endOf(
  { key, seq }: WriteIntended,
  audit: Pick<AuditLog, "entries">,
): Promise<WriteFinished | null> {
  for await (const entry of audit.entries({ key, fromSeq: seq, limit: MOST_BETWEEN }))
    if (entry.kind === "write-finished" && entry.intent === seq) return entry;
  return null;
}
