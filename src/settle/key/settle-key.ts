import type { RecentWrites } from "../../diff/drift/recent-writes.ts";
import type { AuditFact } from "../../audit/entry.ts";
import type { KeyPlan } from "../../model/plan.ts";
import { driftFingerprint, type Drift } from "../../model/drift.ts";
import type {
  AppliedState,
  KeyRecord,
  OpenDrift,
  StalledPlan,
  Unbinding,
} from "../../model/keys/key-record.ts";
import type { Key } from "../../model/keys/key.ts";
import type { LiveAccount } from "../../model/live.ts";
import type { Json } from "../../model/values/json.ts";
import { canonicalText } from "../../model/values/digest.ts";
import { assess, terminalReason, type Assessment } from "../conditions/conditions.ts";
import { openedDrifts } from "../drift/found.ts";
import { endedDrifts, revertsAfter, type EndedDrift } from "../drift/ended.ts";
import { incidentAfter, alertedDrifts, type Incident } from "../drift/incident.ts";
import { inventoryOf, roleKnownSince } from "./inventory.ts";
import { statusOf } from "../conditions/key-status.ts";
import { failedWrite, planAfter, remainingDrifts, unreadParts } from "../outcome/left-over.ts";
import { openDriftsOf, stillOpen } from "../drift/open.ts";
import { outcomeFacts } from "./audit-facts.ts";
import type { SettleTime } from "../outcome/settle-time.ts";
import { upstreamVersions } from "./upstream-versions.ts";
import { liveDigest } from "../../judge/live-digest.ts";
import { type Pass } from "../../judge/pass.ts";
import { appliedOf, desiredOf } from "../../judge/subject.ts";
import { isBinding } from "../../model/desired.ts";
import { suspensionOf } from "../../model/keys/suspension-scope.ts";
import { type KeyOutcome, subjectOfOutcome } from "../outcome/outcome.ts";
import type { Judged } from "../../judge/judged.ts";

/** One key's new record, conditions and audit facts. */
export interface SettledKey {
  readonly outcome: KeyOutcome;
  /** null: nothing is left of the key, in Git or in AWS. */
  readonly record: KeyRecord | null;
  readonly facts: readonly AuditFact[];
  readonly assessment: Assessment;
  /** Confirmed drifts that were not there before. */
  readonly opened: readonly Drift[];
  /** The drifts of `opened` that people are alerted to. */
  readonly alerted: readonly Drift[];
  readonly ended: readonly EndedDrift[];
  readonly incident: Incident;
}

/** The facts that a key's outcome is settled with, in addition to its record. */
export interface SettleFacts {
  readonly live: LiveAccount;
  /** Includes the writes of this pass. */
  readonly writes: RecentWrites;
  /** Every listing of the account was read to its end. */
  readonly swept: boolean;
  /** Keys whose drift was recorded before they were written. */
  readonly recorded: ReadonlySet<Key>;
  /** True if Git declares the same for the key as at the last comparison. */
  readonly isUnmovedInGit: () => boolean;
}

/** Pure: the same outcome with the same record settles to the same bytes. */
export function settleKey(pass: Pass, outcome: KeyOutcome, seen: SettleFacts, time: SettleTime): SettledKey {
  const assessment = assess(outcome, suspensionOf(subjectOfOutcome(outcome).key, pass.suspensions));
  if (outcome.kind === "unknown" || outcome.kind === "unusable") {
    const { record } = outcome.subject;
    const status = statusOf(pass, outcome, assessment, record, time);
    return {
      outcome,
      record: { ...record, status },
      facts: outcomeFacts(pass, outcome, assessment, { opened: [], ended: [], isRecorded: true }),
      assessment,
      opened: [],
      alerted: [],
      ended: [],
      incident: { sinceMs: record.incidentSinceMs, ended: null },
    };
  }
  const { judged } = outcome;
  const before = judged.subject.record;
  const opened = openedDrifts(judged);
  const openDrifts = openDriftsOf(pass, before, opened);
  const sinceMs = pass.startedAtMs;
  const ended = endedDrifts(outcome, { opened, writes: seen.writes, sinceMs, openDrifts });
  const alerted = alertedDrifts(before, opened, seen.isUnmovedInGit);
  const incident = incidentAfter(outcome, { alerted, ended, sinceMs });
  const changed = changedRecord(pass, outcome, { seen, incident, ended, openDrifts, time });
  const isRecorded = seen.recorded.has(before.key);
  const facts = outcomeFacts(pass, outcome, assessment, { opened, ended, isRecorded });
  const record = isGone(judged, changed)
    ? null
    : { ...changed, status: statusOf(pass, outcome, assessment, changed, time) };
  return { outcome, record, facts, assessment, opened, alerted, ended, incident };
}

interface Changes {
  readonly seen: SettleFacts;
  readonly incident: Incident;
  readonly ended: readonly EndedDrift[];
  readonly openDrifts: Readonly<Record<string, OpenDrift>>;
  readonly time: SettleTime;
}

type JudgedOutcome = Extract<KeyOutcome, { readonly judged: Judged }>;

function changedRecord(
  pass: Pass,
  outcome: JudgedOutcome,
  { seen: { live, swept, writes }, incident, ended, openDrifts, time }: Changes,
): KeyRecord {
  const { judged } = outcome;
  const before = judged.subject.record;
  const state = desiredOf(judged.subject) ?? appliedOf(before);
  const { instance } = pass;
  const inventory =
    state === null ? before.inventory : inventoryOf(state, { record: before, live, writes, instance });
  const driftSinceMs = {
    // Drift that could not be read has not ended.
    ...(unreadParts(outcome).length > 0 ? before.driftSinceMs : {}),
    ...driftSince(before, confirmed(remainingDrifts(outcome)), pass.startedAtMs),
  };
  return {
    ...before,
    driftSinceMs,
    openDrifts: stillOpen(openDrifts, driftSinceMs),
    comparedSinceMs: before.comparedSinceMs ?? live.observedAtMs,
    revertsMs: revertsAfter(before, ended, time.nowMs),
    applied: isConverged(outcome) ? appliedNow(pass, judged, time) : before.applied,
    inventory,
    roleKnownSinceMs: roleKnownSince(inventory, before, time.nowMs),
    upstreamVersions: state === null ? {} : upstreamVersions(pass, state, before, live),
    unbinding: judged.subject.kind === "removed" ? unbindingAfter(before, judged, swept, time.nowMs) : null,
    incidentSinceMs: incident.sinceMs,
    stalled: stalledAfter(outcome, live, time.nowMs),
    retryingSinceMs: retryingAfter(before, outcome, time.nowMs),
    changedBy: isChange(outcome) ? pass.revision : before.changedBy,
  };
}

/** For the limits: a change from Git of a state that had been applied. */
function isChange(outcome: JudgedOutcome): boolean {
  if (outcome.kind !== "written" || outcome.judged.subject.record.applied === null) return false;
  return outcome.writes.some(({ action }) => action.cause === "revision");
}

/** An overdue failure does not stall: it is retried slowly. */
function stalledAfter(outcome: JudgedOutcome, live: LiveAccount, nowMs: number): StalledPlan | null {
  if (outcome.kind === "judged")
    return outcome.notApplied.kind === "stalled" ? outcome.notApplied.stalled : null;
  const failure = failedWrite(outcome);
  if (failure === null || failure.error.facts.disposition.kind !== "terminal") return null;
  return {
    digest: triedNext(outcome).digest,
    live: liveDigest(outcome.judged.subject, live),
    atMs: nowMs,
    reason: terminalReason(failure.error.facts.code),
    message: failure.error.message,
  };
}

/** The plan that remains after the writes; for a held or refused key, the undo plan, since only that was written. */
function triedNext({ judged, readBack }: Extract<JudgedOutcome, { readonly kind: "written" }>): KeyPlan {
  if (readBack.kind === "seen") return readBack.plan;
  return judged.verdict.kind === "allow" ? judged.plan : (judged.undo ?? judged.plan);
}

const BEGINS_SERIES: ReadonlySet<string> = new Set(["retry", "replan"]);

/** A series of failures that time should fix ends with a successful write, or when there is nothing to write. */
function retryingAfter(before: KeyRecord, outcome: JudgedOutcome, nowMs: number): number | null {
  const since = before.retryingSinceMs ?? null;
  if (outcome.kind === "judged") return outcome.notApplied.kind === "nothing-due" ? null : since;
  const failure = failedWrite(outcome);
  if (failure === null) return null;
  return BEGINS_SERIES.has(failure.error.facts.disposition.kind) ? (since ?? nowMs) : since;
}

function confirmed(drifts: readonly Drift[]): readonly Drift[] {
  return drifts.filter((drift) => drift.certainty === "confirmed");
}

function driftSince(
  before: KeyRecord,
  drifts: readonly Drift[],
  seenMs: number,
): Readonly<Record<string, number>> {
  const fingerprints = drifts.map(driftFingerprint).sort();
  return Object.fromEntries(
    fingerprints.map((fingerprint) => [fingerprint, before.driftSinceMs[fingerprint] ?? seenMs]),
  );
}

/** Withheld changes that do not prevent a binding from counting as applied. */
const NOT_WRITTEN: ReadonlySet<Drift["change"]["kind"]> = new Set([
  "function-role",
  "role-not-published",
  "upstream-changed",
  "statement-extra",
]);

/** Nothing is left to do and AWS was read and matches Git: only then the applied state changes. */
function isConverged(outcome: JudgedOutcome): boolean {
  const { judged } = outcome;
  if (judged.subject.kind !== "desired" || judged.verdict.kind !== "allow") return false;
  if (outcome.kind === "judged" && outcome.notApplied.kind !== "nothing-due") return false;
  if (outcome.kind === "written" && outcome.readBack.kind !== "seen") return false;
  if (unreadParts(outcome).length > 0) return false;
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

/** The first and the last sweep of an unbroken series without an obstacle to the delete. */
function unbindingAfter(before: KeyRecord, judged: Judged, swept: boolean, nowMs: number): Unbinding {
  const unbinding = before.unbinding ?? { atMs: nowMs, agreedSweepsMs: [] };
  if (!swept) return unbinding;
  const agreedSweepsMs = judged.mayBeDeleted ? [...unbinding.agreedSweepsMs.slice(0, 1), nowMs] : [];
  return { ...unbinding, agreedSweepsMs };
}

function isGone(judged: Judged, record: KeyRecord): boolean {
  return judged.subject.kind === "removed" && record.inventory.length === 0;
}
