import type { AuditFact } from "../audit/entry.ts";
import { driftFingerprint, type Drift } from "../model/drift.ts";
import type { AppliedState, KeyRecord, StalledPlan, Unbinding } from "../model/key-record.ts";
import type { LiveAccount } from "../model/live.ts";
import type { Json } from "../model/json.ts";
import { canonicalText } from "../model/digest.ts";
import { contentionKey } from "../plan/contention.ts";
import {
  assess,
  failedWrite,
  planAfter,
  remainingDrifts,
  terminalReason,
  type Assessment,
} from "./conditions.ts";
import { inventoryOf } from "./inventory.ts";
import { statusOf } from "./key-status.ts";
import type { EndedDrift } from "./ended-drift.ts";
import { outcomeFacts } from "./outcome-facts.ts";
import type { SettleTime } from "./settle-time.ts";
import type { Judged, KeyOutcome, Pass } from "./pass.ts";
import { appliedOf, desiredOf, isBinding } from "./subject.ts";

/** Reverts are remembered for a day, so that fights can be counted. */
const REVERT_MEMORY_MS = 86_400_000;

/** One key's new record and what is to be said of it. */
export interface SettledKey {
  readonly outcome: KeyOutcome;
  /** null: nothing is left of the key, in git or in AWS. */
  readonly record: KeyRecord | null;
  readonly facts: readonly AuditFact[];
  readonly assessment: Assessment;
  /** Confirmed drifts that were not there before. */
  readonly opened: readonly Drift[];
  /** Those of `opened` that people are told of. */
  readonly telling: readonly Drift[];
  readonly ended: readonly EndedDrift[];
}

/** What a key's outcome is settled against, beside its record. */
export interface Seen {
  /** Every listing of the account was read to its end. */
  readonly swept: boolean;
  /** Git says of the key what it said at the last look. */
  readonly isUnmovedInGit: () => boolean;
}

/** Pure: the same outcome on the same record settles to the same bytes. */
export function settleKey(
  pass: Pass,
  outcome: KeyOutcome,
  live: LiveAccount,
  seen: Seen,
  time: SettleTime,
): SettledKey {
  const assessment = assess(outcome);
  if (outcome.kind === "unknown" || outcome.kind === "unusable") {
    const { record } = outcome.subject;
    const status = statusOf(pass, outcome, assessment, record, time);
    return {
      outcome,
      record: { ...record, status },
      facts: outcomeFacts(pass, outcome, assessment, [], []),
      assessment,
      opened: [],
      telling: [],
      ended: [],
    };
  }
  const { judged } = outcome;
  const before = judged.subject.record;
  const opened = confirmed(judged.drifts).filter(
    (drift) => before.driftSinceMs[driftFingerprint(drift)] === undefined,
  );
  const ended = endedDrifts(outcome, opened, time.nowMs);
  const telling = tellingDrifts(before, opened, seen);
  const changed = changedRecord(pass, outcome, live, { swept: seen.swept, telling, ended, time });
  const facts = outcomeFacts(pass, outcome, assessment, opened, ended);
  const record = isGone(judged, changed)
    ? null
    : { ...changed, status: statusOf(pass, outcome, assessment, changed, time) };
  return { outcome, record, facts, assessment, opened, telling, ended };
}

interface Changes {
  readonly swept: boolean;
  readonly telling: readonly Drift[];
  readonly ended: readonly EndedDrift[];
  readonly time: SettleTime;
}

type JudgedOutcome = Extract<KeyOutcome, { readonly judged: Judged }>;

function changedRecord(
  pass: Pass,
  outcome: JudgedOutcome,
  live: LiveAccount,
  { swept, telling, ended, time }: Changes,
): KeyRecord {
  const { judged } = outcome;
  const before = judged.subject.record;
  const state = desiredOf(judged.subject) ?? appliedOf(before);
  return {
    ...before,
    driftSinceMs: driftSince(before, confirmed(remainingDrifts(outcome)), time.nowMs),
    revertsMs: revertsAfter(before, judged, ended, time.nowMs),
    applied: isConverged(outcome) ? appliedNow(pass, judged, time) : before.applied,
    inventory: state === null ? before.inventory : inventoryOf(state, before.inventory, live, pass.instance),
    unbinding: judged.subject.kind === "removed" ? unbindingAfter(before, judged, swept, time.nowMs) : null,
    incidentSinceMs: incidentAfter(before, outcome, telling, time.nowMs),
    stalled: stalledAfter(outcome),
    changedBy: isChange(outcome) ? pass.revision : before.changedBy,
  };
}

/** What the limits count: git moved something that had been applied. */
function isChange(outcome: JudgedOutcome): boolean {
  if (outcome.kind !== "written" || outcome.judged.subject.record.applied === null) return false;
  return outcome.writes.some(({ action }) => action.cause === "revision");
}

/** The plan as it is after the refused write: what would be tried next. An overdue failure is tried again, slowly. */
function stalledAfter(outcome: JudgedOutcome): StalledPlan | null {
  if (outcome.kind === "judged")
    return outcome.notApplied.kind === "stalled" ? outcome.notApplied.stalled : null;
  const failure = failedWrite(outcome.writes);
  if (failure === null || failure.error.facts.disposition.kind !== "terminal") return null;
  const { digest } = planAfter(outcome.judged, outcome);
  return { digest, reason: terminalReason(failure.error.facts.code), message: failure.error.message };
}

/**
 * What people are told of: what moved in AWS, more than wording, and not of a binding that was never compared before.
 * Where nothing was ever applied (an account in observe) git moved it, or somebody in AWS did.
 */
function tellingDrifts(record: KeyRecord, opened: readonly Drift[], seen: Seen): readonly Drift[] {
  if (record.status === null) return [];
  return opened.filter(
    ({ cause, tier }) =>
      tier !== "metadata" && (cause === "out-of-band" || (cause === "initial" && seen.isUnmovedInGit())),
  );
}

/** An incident begins with the first telling drift and ends when live is as git says. */
function incidentAfter(
  before: KeyRecord,
  outcome: JudgedOutcome,
  telling: readonly Drift[],
  nowMs: number,
): number | null {
  if (remainingDrifts(outcome).length === 0) return null;
  const open = before.incidentSinceMs ?? null;
  return open ?? (telling.length > 0 ? nowMs : null);
}

function confirmed(drifts: readonly Drift[]): readonly Drift[] {
  return drifts.filter((drift) => drift.certainty === "confirmed");
}

function driftSince(
  before: KeyRecord,
  drifts: readonly Drift[],
  nowMs: number,
): Readonly<Record<string, number>> {
  const fingerprints = drifts.map(driftFingerprint).sort();
  return Object.fromEntries(
    fingerprints.map((fingerprint) => [fingerprint, before.driftSinceMs[fingerprint] ?? nowMs]),
  );
}

/** What stood before this pass, or was found by it, and is not there at its end. */
function endedDrifts(outcome: JudgedOutcome, opened: readonly Drift[], nowMs: number): readonly EndedDrift[] {
  const { judged } = outcome;
  if (outcome.kind === "written" && outcome.readBack.kind !== "seen") return [];
  const since: Readonly<Record<string, number>> = {
    ...Object.fromEntries(opened.map((drift) => [driftFingerprint(drift), nowMs])),
    ...judged.subject.record.driftSinceMs,
  };
  const standing = new Set(remainingDrifts(outcome).map(driftFingerprint));
  const seenNow = new Map(judged.drifts.map((drift) => [driftFingerprint(drift), drift]));
  return Object.entries(since)
    .filter(([fingerprint]) => !standing.has(fingerprint))
    .map(([fingerprint, sinceMs]) => ({
      fingerprint,
      sinceMs,
      how: howEnded(seenNow.get(fingerprint), outcome),
    }));
}

function howEnded(drift: Drift | undefined, outcome: JudgedOutcome): EndedDrift["how"] {
  if (outcome.kind !== "written" || drift === undefined) return "gone";
  return drift.cause === "out-of-band" ? "reverted" : "applied";
}

function revertsAfter(
  before: KeyRecord,
  judged: Judged,
  ended: readonly EndedDrift[],
  nowMs: number,
): KeyRecord["revertsMs"] {
  const reverted = new Set(ended.filter((one) => one.how === "reverted").map((one) => one.fingerprint));
  const counted = new Map(
    Object.entries(before.revertsMs).map(([field, times]) => [
      field,
      times.filter((atMs) => nowMs - atMs < REVERT_MEMORY_MS),
    ]),
  );
  for (const drift of judged.drifts.filter((one) => reverted.has(driftFingerprint(one)))) {
    const field = contentionKey(drift);
    counted.set(field, [...(counted.get(field) ?? []), nowMs]);
  }
  return Object.fromEntries(
    [...counted].filter(([, times]) => times.length > 0).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** What a binding does not write never keeps it from having been applied. */
const NOT_WRITTEN: ReadonlySet<Drift["change"]["kind"]> = new Set([
  "function-role",
  "role-not-published",
  "upstream-changed",
  "statement-extra",
]);

/** Nothing is left to do and AWS was seen to be as git says: only then the applied state moves. */
function isConverged(outcome: JudgedOutcome): boolean {
  const { judged } = outcome;
  if (judged.subject.kind !== "desired" || judged.verdict.kind !== "allow") return false;
  if (outcome.kind === "judged" && outcome.notApplied.kind !== "nothing-due") return false;
  if (outcome.kind === "written" && outcome.readBack.kind !== "seen") return false;
  const plan = planAfter(judged, outcome);
  const written = remainingDrifts(outcome).filter((drift) => !NOT_WRITTEN.has(drift.change.kind));
  return plan.actions.length === 0 && plan.withheld.length === 0 && written.length === 0;
}

function appliedNow(pass: Pass, judged: Judged, time: SettleTime): AppliedState | null {
  const before = judged.subject.record.applied;
  const wanted = desiredOf(judged.subject);
  if (wanted === null) return before;
  const desired: AppliedState["desired"] = isBinding(wanted)
    ? { kind: "binding", binding: wanted }
    : { kind: "policy", policy: wanted };
  if (before?.revision === pass.revision && sameData(before.desired, desired)) return before;
  return {
    revision: pass.revision,
    sourceText: pass.sourceTexts.get(wanted.key) ?? "",
    desired,
    atMs: time.nowMs,
  };
}

function sameData(a: AppliedState["desired"], b: AppliedState["desired"]): boolean {
  return canonicalText(a as unknown as Json) === canonicalText(b as unknown as Json);
}

/** A sweep that found no obstacle to the delete is remembered; the last two count. */
function unbindingAfter(before: KeyRecord, judged: Judged, swept: boolean, nowMs: number): Unbinding {
  const unbinding = before.unbinding ?? { atMs: nowMs, agreedSweepsMs: [] };
  if (!swept) return unbinding;
  return {
    ...unbinding,
    agreedSweepsMs: judged.mayBeDeleted ? [...unbinding.agreedSweepsMs, nowMs].slice(-2) : [],
  };
}

function isGone(judged: Judged, record: KeyRecord): boolean {
  return judged.subject.kind === "removed" && record.inventory.length === 0;
}
