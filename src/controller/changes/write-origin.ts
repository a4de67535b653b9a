import type { CallEvent, WriteEvent } from "../../model/changes/change-event.ts";
import { mayBeObject } from "../../model/changes/changed-object.ts";
import { accountIdOf } from "../../model/keys/key.ts";
import type { AuditLog, WriteIntended } from "../ports/audit-log.ts";
import { endOf, intentOf, type WriteFinished } from "./own-writes.ts";
import type { NearWrites, RecordedWrites } from "./recorded-writes.ts";
import { mayHaveInput } from "./same-input.ts";

/** Where a write by a role of Grantkeeper comes from, by the record. */
export type WriteOrigin =
  /** The record has its request. */
  | { readonly kind: "recorded" }
  /** An intent with its call and input has not ended: its end will show the request, or that the answer was lost. */
  | { readonly kind: "open" }
  /** The answer to an intent with its call and input was lost. */
  | { readonly kind: "answer-lost"; readonly intent: WriteIntended }
  | { readonly kind: "unrecorded" };

/** Intents wait for a session and for the budget, and a call may take effect until its signature ends. */
const AFTER_INTENT_MS = 1_800_000;
/** As long as answers of AWS do not show it, the clocks of AWS and of this machine may differ by so much. */
export const CLOCKS_MS = 600_000;

export interface OriginRecord {
  readonly audit: Pick<AuditLog, "entries">;
  readonly recorded: RecordedWrites;
  /** The intents whose lost answer is that of another event, with its id: each intent makes one call. */
  readonly eventOf: ReadonlyMap<number, string>;
}

/**
 * The user agent names the intent, and a proxy may remove it: then the record is searched around the time of the event. Neither
 * proves anything, since a thief of the role chooses it: only the request of AWS does, or for a lost answer the same call
 * with the same input.
 */
export async function writeOrigin(event: WriteEvent, record: OriginRecord): Promise<WriteOrigin> {
  const near = await record.recorded.near(event.atMs - AFTER_INTENT_MS, event.atMs + AFTER_INTENT_MS);
  if (event.requestId !== null && near.hasRequest(event.requestId)) return { kind: "recorded" };
  for (const seq of candidatesOf(event, near)) {
    const origin = await originOf(event, seq, { ...record, near });
    if (origin.kind !== "unrecorded") return origin;
  }
  return { kind: "unrecorded" };
}

/** The intent that it claims first. */
function candidatesOf({ intent, call, object }: WriteEvent, near: NearWrites): readonly number[] {
  const ofTarget = object === undefined ? [] : near.intentsOf(call, object);
  return intent === null ? ofTarget : [...new Set([intent, ...ofTarget])];
}

async function originOf(
  event: WriteEvent,
  seq: number,
  { audit, near, eventOf }: OriginRecord & { readonly near: NearWrites },
): Promise<WriteOrigin> {
  const intent = await intentOf(seq, audit);
  if (intent === null) return { kind: "unrecorded" };
  const origin = originBy(event, intent, near.endOf(seq) ?? (await endOf(intent, audit)));
  const isFree = (eventOf.get(seq) ?? event.id) === event.id;
  return origin.kind === "recorded" || isFree ? origin : { kind: "unrecorded" };
}

function originBy(event: WriteEvent, intent: WriteIntended, end: WriteFinished | null): WriteOrigin {
  if (end !== null && isSameRequest(event, end)) return { kind: "recorded" };
  if (!mayBeOf(event, intent)) return { kind: "unrecorded" };
  if (end === null) return { kind: "open" };
  return isLost(end) ? { kind: "answer-lost", intent } : { kind: "unrecorded" };
}

function isSameRequest({ requestId }: WriteEvent, end: WriteFinished): boolean {
  return requestId !== null && requestId !== "" && requestId === end.requestId;
}

/** A write that failed without an answer was never sent. An answer may lack the request: a proxy may have removed it. */
function isLost({ outcome, requestId }: WriteFinished): boolean {
  return outcome !== "failed" && (requestId === null || requestId === "");
}

/** Whether the call of the event may be that of the intent. */
function mayBeOf({ accountId, call, atMs, object, aspect }: WriteEvent, intent: WriteIntended): boolean {
  if (object === undefined || aspect === undefined) return false;
  const afterMs = atMs - Date.parse(intent.at);
  return (
    intent.call === call &&
    accountIdOf(intent.key) === accountId &&
    afterMs >= -CLOCKS_MS &&
    afterMs <= AFTER_INTENT_MS &&
    mayBeObject(intent.target, object) &&
    mayHaveInput(intent, aspect)
  );
}

/** A time of which the record lacks entries: before its first one, or between a backup and its restore. */
interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the record cannot show: writes of these times are not judged. */
export async function gapsOf(audit: Pick<AuditLog, "entries">): Promise<readonly Gap[]> {
  const gaps: Gap[] = [];
  for await (const { at } of audit.entries({ limit: 1 }))
    gaps.push({ fromMs: -Infinity, toMs: Date.parse(at) });
  for await (const entry of audit.entries({ kind: "restored" }))
    if (entry.kind === "restored")
      gaps.push({ fromMs: Date.parse(entry.backupAt), toMs: Date.parse(entry.at) });
  return gaps;
}

/** @param clocksMs how far the clocks of AWS and of this machine may differ */
export function isInGap({ atMs }: CallEvent, gaps: readonly Gap[], clocksMs: number): boolean {
  // CloudTrail has whole seconds.
  return gaps.some(({ fromMs, toMs }) => atMs + 1_000 + clocksMs > fromMs && atMs <= toMs + clocksMs);
}
