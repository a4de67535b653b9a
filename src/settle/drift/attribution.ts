import { callsThatWrite, WRITES_OF_OBJECTS } from "../../diff/drift/stale-read.ts";
import type { RecentWrites } from "../../diff/drift/recent-writes.ts";
import { isSmallOffset, offsetText, SAME_CLOCK, type ClockOffset } from "../../model/changes/clock-offset.ts";
import type { AttributedChange, Attribution, KnownChanges } from "../../model/changes/attribution.ts";
import { mayBeObject } from "../../model/changes/changed-object.ts";
import type { PastWrite } from "../../model/keys/key-record.ts";
import { isUpstream, type Drift } from "../../model/drift.ts";
import type { ChangeEvent, ChangeRecord } from "../../model/changes/change-event.ts";
import { searchReason } from "./search-reason.ts";
import { effectsOn, type FieldEffect } from "./effects.ts";

/** What an attribution reads of the record of a change. */
export interface SeenCall extends Pick<ChangeRecord, "receivedMs" | "isEarly"> {
  readonly event: Pick<ChangeEvent, "id" | "atMs" | "call" | "object" | "aspect" | "actor">;
}

/** The oldest first. */
export interface CallsOfAccount extends Omit<KnownChanges, "records"> {
  readonly records: readonly SeenCall[];
}

/** What an attribution reads of a difference. */
export type SeenDifference = Pick<Drift, "subject" | "change" | "live">;

interface Sighting {
  readonly changes: CallsOfAccount;
  readonly writes: Pick<RecentWrites, "byTarget">;
  /** The last read without the difference; null: none is known. */
  readonly lastCleanMs: number | null;
  /** The start and the end of the read that first saw the difference. */
  readonly seen: { readonly fromMs: number; readonly toMs: number };
  /** Of AWS's clock from the last read without the difference until now: the times here are those of this machine. null: not known. */
  readonly clockOffset: ClockOffset | null;
}

/** A read may show the state from before a change for this long: such a change is a candidate only. */
export const STALE_MS = 60_000;
/** CloudTrail has whole seconds: a call may be up to this later than its event shows. */
const SECOND_MS = 1_000;
/** The latest ones. As many as this may mean that there were more. */
export const MOST_CANDIDATES = 5;
const NO_EVENT = "no event of a call before the difference was first seen explains it";

/**
 * Who made a difference. Only calls that set exactly what AWS shows count, after every other call that set the same field,
 * after our own last write of that field, and before the end of the read that saw the difference. A call during that read
 * may be later than the moment at which its object was read, so it is a candidate only. So is a call that our own last write
 * of another field of the object may follow: the read before that write did not see the difference.
 */
export function attributionOf(drift: SeenDifference, sighting: Sighting): Attribution {
  const { changes, lastCleanMs } = sighting;
  if (isUpstream(drift)) return unknown("AWS made the change itself");
  if (lastCleanMs === null) return unknown("no read without this difference is known");
  const known = { ...sighting, lastCleanMs, offset: sighting.clockOffset ?? SAME_CLOCK };
  const explaining = explainingCalls(drift, known);
  if (explaining.length === 0) return unknown(reasonFor(drift, changes));
  const [only] = explaining;
  const clock = clockProblem(sighting.clockOffset);
  if (clock === null && explaining.length === 1 && only !== undefined && isCertain(only, known))
    return { kind: "named", change: attributed(only.record.event) };
  return {
    kind: "candidates",
    changes: explaining.slice(-MOST_CANDIDATES).map(({ record }) => attributed(record.event)),
    ...(clock !== null && { clock }),
  };
}

/** Why the times of AWS and of this machine cannot be compared; null: they can. */
function clockProblem(offset: ClockOffset | null): string | null {
  if (offset === null)
    return "the clocks were not compared since the last read without it, as after a start or an upgrade";
  return isSmallOffset(offset) ? null : offsetText(offset);
}

function unknown(reason: string): Attribution {
  return { kind: "unknown", reason };
}

function reasonFor({ subject }: SeenDifference, { searches, problem }: CallsOfAccount): string {
  if (searches !== undefined) return searchReason(searches.get(subject) ?? { kind: "due" });
  return problem ?? NO_EVENT;
}

interface Explaining {
  readonly record: SeenCall;
  readonly effect: Exclude<FieldEffect, null>;
  /** Another call set another value in the same second, or later during the read; or our own write of the object may be later. */
  readonly isDisputed: boolean;
}

type Clean = Sighting & { readonly lastCleanMs: number; readonly offset: ClockOffset };

function explainingCalls(drift: SeenDifference, sighting: Clean): readonly Explaining[] {
  const { changes, lastCleanMs, seen, offset } = sighting;
  const revertMs = lastRevertMs(drift, sighting);
  const fromMs = Math.max(lastCleanMs - STALE_MS, revertMs) + offset.minMs - SECOND_MS;
  const toMs = seen.toMs + offset.maxMs;
  const effectOf = effectsOn(drift);
  const touching = changes.records.flatMap((record): readonly Omit<Explaining, "isDisputed">[] => {
    const { event } = record;
    if (event.atMs <= fromMs || event.atMs > toMs || !mayBeObject(drift.subject, event.object)) return [];
    const effect = effectOf(event);
    return effect === null ? [] : [{ record, effect: shownEffect(effect, record) }];
  });
  const others = touching.filter(({ effect }) => effect === "other").map(({ record }) => record);
  const othersBefore = others.filter((record) => isBeforeRead(record, sighting));
  const lastOtherMs = Math.max(-Infinity, ...othersBefore.map(({ event }) => event.atMs));
  return touching
    .filter(({ record, effect }) => effect !== "other" && record.event.atMs >= lastOtherMs)
    .map((one) => ({
      ...one,
      isDisputed:
        one.record.event.atMs <= lastWriteMs(drift, sighting) + offset.maxMs ||
        others.some(({ event }) => event.atMs >= one.record.event.atMs),
    }));
}

/** Our last write of the object. A later write of ours shows nothing about a difference that was seen before. */
function lastWriteMs({ subject }: SeenDifference, { writes, seen, offset }: Clean): number {
  const isBefore = ({ atMs }: PastWrite): boolean => atMs <= seen.toMs || offset.wasSet;
  return writes.byTarget.get(subject)?.findLast(isBefore)?.atMs ?? -Infinity;
}

/** CloudTrail may show a later call that undid this one, and another that set the same. */
function shownEffect(effect: Explaining["effect"], { isEarly }: SeenCall): Explaining["effect"] {
  return effect === "made" && isEarly === true ? "maybe" : effect;
}

/**
 * Our last call that writes the field: it has undone every earlier call. One during the read may be later than what the read
 * saw. A clock that was set shows no order.
 */
function lastRevertMs({ subject, change }: SeenDifference, { writes, seen, offset }: Clean): number {
  const calls = new Set([...callsThatWrite(change), ...WRITES_OF_OBJECTS]);
  const isRevert = ({ call, atMs }: PastWrite): boolean =>
    calls.has(call) && (atMs <= seen.fromMs || offset.wasSet);
  return writes.byTarget.get(subject)?.findLast(isRevert)?.atMs ?? -Infinity;
}

/** Else a clock may be wrong, a read old, or the call later than what was seen. */
function isCertain({ record, effect, isDisputed }: Explaining, sighting: Clean): boolean {
  const { event, receivedMs } = record;
  const { lastCleanMs, offset } = sighting;
  const isAfterClean = event.atMs > lastCleanMs + offset.maxMs && event.atMs <= receivedMs + offset.maxMs;
  return effect === "made" && !isDisputed && isAfterClean && isBeforeRead(record, sighting);
}

/** The call was before everything that the read saw. */
function isBeforeRead(
  { event, receivedMs }: SeenCall,
  { seen: { fromMs }, offset }: Pick<Clean, "seen" | "offset">,
): boolean {
  // A clock that was set back may show an arrival during the read as one before it.
  const arrivedBefore = receivedMs <= fromMs && !offset.wasSet;
  return arrivedBefore || event.atMs + SECOND_MS <= fromMs + offset.minMs;
}

function attributed({ id, atMs, call, aspect, actor }: SeenCall["event"]): AttributedChange {
  return { eventId: id, at: new Date(atMs).toISOString(), call, aspect, actor };
}
