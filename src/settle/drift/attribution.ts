import { callsThatWrite } from "../../diff/drift/stale-read.ts";
import type { RecentWrites } from "../../diff/drift/recent-writes.ts";
import { functionInArn, nameInArn } from "../../model/aws/arn.ts";
import { isSmallOffset, offsetText, SAME_CLOCK, type ClockOffset } from "../../model/changes/clock-offset.ts";
import type { AttributedChange, Attribution, KnownChanges } from "../../model/changes/attribution.ts";
import { isUpstream, type Drift } from "../../model/drift.ts";
import type { ChangedObject, ChangeEvent, ChangeRecord } from "../../model/changes/change-event.ts";
import { searchReason } from "./search-reason.ts";
import { effectsOn, type FieldEffect } from "./effects.ts";

interface Sighting {
  readonly changes: KnownChanges;
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
/** CloudTrail has whole seconds. */
const SECOND_MS = 1_000;
/** The latest ones. As many as this may mean that there were more. */
export const MOST_CANDIDATES = 5;
const NO_EVENT = "no event of a call before the difference was first seen explains it";

/**
 * Who made a difference. Only calls that set exactly what AWS shows count, after every other call that set the same field,
 * after our own last write of the object, and before the end of the read that saw the difference. A call during that read
 * may be later than the moment at which its object was read, so it is a candidate only.
 */
export function attributionOf(drift: Drift, sighting: Sighting): Attribution {
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
  if (offset === null) return "how the clock of the controller differs from AWS's is not known";
  return isSmallOffset(offset) ? null : offsetText(offset);
}

function unknown(reason: string): Attribution {
  return { kind: "unknown", reason };
}

function reasonFor({ subject }: Drift, { searches, problem }: KnownChanges): string {
  if (searches !== undefined) return searchReason(searches.get(subject) ?? { kind: "due" });
  return problem ?? NO_EVENT;
}

interface Explaining {
  readonly record: ChangeRecord;
  readonly effect: Exclude<FieldEffect, null>;
  /**
   * Another call set another value in the same second, or later during the read; or our own write may be later, which would
   * have undone it.
   */
  readonly isDisputed: boolean;
}

type Clean = Sighting & { readonly lastCleanMs: number; readonly offset: ClockOffset };

function explainingCalls(drift: Drift, sighting: Clean): readonly Explaining[] {
  const { changes, writes, lastCleanMs, seen, offset } = sighting;
  const ownMs = lastWriteMs(drift, writes);
  const fromMs = Math.max(lastCleanMs - STALE_MS, ownMs) + offset.minMs;
  const toMs = seen.toMs + offset.maxMs;
  const effectOf = effectsOn(drift);
  const touching = changes.records.flatMap((record): readonly Omit<Explaining, "isDisputed">[] => {
    const { event } = record;
    if (event.atMs <= fromMs || event.atMs > toMs || !isOf(drift.subject, event.object)) return [];
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
        one.record.event.atMs <= lastRevertMs(drift, writes) + offset.maxMs ||
        others.some(({ event }) => event.atMs >= one.record.event.atMs),
    }));
}

function lastWriteMs({ subject }: Drift, { byTarget }: Sighting["writes"]): number {
  return byTarget.get(subject)?.at(-1)?.atMs ?? -Infinity;
}

/** CloudTrail may show a later call that undid this one, and another that set the same. */
function shownEffect(effect: Explaining["effect"], { isEarly }: ChangeRecord): Explaining["effect"] {
  return effect === "made" && isEarly === true ? "maybe" : effect;
}

/** Our last call that writes the field: it may have undone a call that seems to be later. */
function lastRevertMs({ subject, change }: Drift, { byTarget }: Sighting["writes"]): number {
  const calls = callsThatWrite(change);
  return byTarget.get(subject)?.findLast(({ call }) => calls.includes(call))?.atMs ?? -Infinity;
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
  { event, receivedMs }: ChangeRecord,
  { seen: { fromMs }, offset }: Pick<Clean, "seen" | "offset">,
): boolean {
  // A clock that was set back may show an arrival during the read as one before it.
  const arrivedBefore = receivedMs <= fromMs && !offset.wasSet;
  return arrivedBefore || event.atMs + SECOND_MS <= fromMs + offset.minMs;
}

/** A policy and a role may have the same name; IAM compares the names of roles without regard to case. */
function isOf(subject: string, object: ChangedObject): boolean {
  if (object.kind === "policy") return subject === object.arn;
  if (object.kind === "role")
    return ROLE_ARN.test(subject) && nameInArn(subject).toLowerCase() === object.name.toLowerCase();
  const ofFunction = functionInArn(subject);
  return ofFunction?.name === object.name && ofFunction.region === object.region;
}

const ROLE_ARN = /^arn:[\w-]+:iam::\d{12}:role\//;

function attributed({ id, atMs, call, aspect, actor }: ChangeEvent): AttributedChange {
  return { eventId: id, at: new Date(atMs).toISOString(), call, aspect, actor };
}
