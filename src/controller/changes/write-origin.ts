import type { CallEvent, ChangeEvent } from "../../model/changes/change-event.ts";
import { mayBeObject } from "../../model/changes/changed-object.ts";
import { keyParts } from "../../model/keys/key.ts";
import type { AuditLog, WriteIntended } from "../ports/audit-log.ts";
import { endOf, intentOf, type WriteFinished } from "./own-writes.ts";
import { mayHaveInput } from "./same-input.ts";

/** Where a write by a role of Grantkeeper comes from, by the record. */
export type WriteOrigin =
  /** The record has its request. */
  | { readonly kind: "recorded" }
  /** An intent with its call and input has not ended: its end will show the request, or that the answer was lost. */
  | { readonly kind: "open" }
  /** The answer to an intent with its call and input was lost. */
  | { readonly kind: "answer-lost"; readonly intent: number }
  | { readonly kind: "unrecorded" };

/** Intents wait for a session and for the budget, and a call may take effect until its signature ends. */
const AFTER_INTENT_MS = 1_800_000;
/** The clocks of AWS and of this machine differ by less. */
const CLOCKS_MS = 900_000;

/** An event without what it changed is of a call that Grantkeeper never makes. */
type AnyWrite = CallEvent & Partial<Pick<ChangeEvent, "object" | "aspect">>;

/**
 * The user agent names the intent, and a proxy may remove it: then the record is searched around the time of the event. Neither
 * proves anything, since a thief of the role chooses it: only the request of AWS does, or for a lost answer the same call
 * with the same input.
 * @param taken the intents whose lost answer is that of another event: each intent makes one call
 */
export async function writeOrigin(
  event: AnyWrite,
  audit: Pick<AuditLog, "entries">,
  eventOf: ReadonlyMap<number, string>,
): Promise<WriteOrigin> {
  const isFree = ({ seq }: WriteIntended): boolean => (eventOf.get(seq) ?? event.id) === event.id;
  const claimed = event.intent === null ? null : await intentOf(event.intent, audit);
  if (claimed !== null) {
    const origin = originBy(event, claimed, await endOf(claimed, audit));
    if (origin.kind !== "unrecorded" && (origin.kind === "recorded" || isFree(claimed))) return origin;
  }
  const ends = await finishedAround(event, audit);
  if ([...ends.values()].some((end) => isSameRequest(event, end))) return { kind: "recorded" };
  const range = { sinceMs: event.atMs - AFTER_INTENT_MS, untilMs: event.atMs + CLOCKS_MS };
  for await (const intent of audit.entries({ kind: "write-intended", ...range })) {
    if (intent.kind !== "write-intended" || !isFree(intent) || !mayBeOf(event, intent)) continue;
    const origin = originBy(event, intent, ends.get(intent.seq) ?? (await endOf(intent, audit)));
    if (origin.kind !== "unrecorded") return origin;
  }
  return { kind: "unrecorded" };
}

function originBy(event: AnyWrite, intent: WriteIntended, end: WriteFinished | null): WriteOrigin {
  if (end !== null && isSameRequest(event, end)) return { kind: "recorded" };
  if (!mayBeOf(event, intent)) return { kind: "unrecorded" };
  if (end === null) return { kind: "open" };
  return isLost(end) ? { kind: "answer-lost", intent: intent.seq } : { kind: "unrecorded" };
}

function isSameRequest({ requestId }: AnyWrite, end: WriteFinished): boolean {
  return requestId !== null && requestId !== "" && requestId === end.requestId;
}

/** A write that failed without an answer was never sent. An answer may lack the request: a proxy may have removed it. */
function isLost({ outcome, requestId }: WriteFinished): boolean {
  return outcome !== "failed" && (requestId === null || requestId === "");
}

/** Whether the call of the event may be that of the intent. */
function mayBeOf({ accountId, call, atMs, object, aspect }: AnyWrite, intent: WriteIntended): boolean {
  if (object === undefined || aspect === undefined) return false;
  const afterMs = atMs - Date.parse(intent.at);
  return (
    intent.call === call &&
    keyParts(intent.key).accountId === accountId &&
    afterMs >= -CLOCKS_MS &&
    afterMs <= AFTER_INTENT_MS &&
    mayBeObject(intent.target, object) &&
    mayHaveInput(intent, aspect)
  );
}

/** By intent. */
async function finishedAround(
  { atMs }: AnyWrite,
  audit: Pick<AuditLog, "entries">,
): Promise<ReadonlyMap<number, WriteFinished>> {
  const ends = new Map<number, WriteFinished>();
  const range = { sinceMs: atMs - CLOCKS_MS, untilMs: atMs + AFTER_INTENT_MS };
  for await (const entry of audit.entries({ kind: "write-finished", ...range }))
    if (entry.kind === "write-finished") ends.set(entry.intent, entry);
  return ends;
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
