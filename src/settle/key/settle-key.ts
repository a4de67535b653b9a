import type { DonePass, JudgedView, OutcomeView } from "../outcome/outcome.ts";
import type { AuditFact } from "../../audit/entry.ts";
import type { KeyPlan } from "../../model/plan.ts";
import type { Drift } from "../../model/drift.ts";
import {
  claimedFunctionOf,
  type KeyRecord,
  type StalledPlan,
  type Unbinding,
} from "../../model/keys/key-record.ts";
import { changeOf, comparedBefore, revisionOf } from "../../model/records/key-revision.ts";
import type { Key } from "../../model/keys/key.ts";
import { NO_LIVE_RULES, type LiveRules } from "../../model/answers/live-rules.ts";
import type { LiveAccount } from "../../model/live.ts";
import { assess, terminalReason, type Assessment } from "../conditions/conditions.ts";
import { openedDrifts } from "../drift/new-drifts.ts";
import { endedDrifts, revertsAfter } from "../drift/ended-drifts.ts";
import {
  settleAuthors,
  withUnattributed,
  type LateAuthor,
  type DriftChanges,
} from "../drift/late-authors.ts";
import { alertedBeforeWrites, alertedDrifts, incidentAfter } from "../drift/incident.ts";
import { foundAfterWrites } from "../drift/found-after-writes.ts";
import { adoptionOf, withoutAdoption } from "../adoption/settle-adoption.ts";
import { withoutUndone } from "../adoption/undo.ts";
import { appliedNow, dataOf, isSameData } from "./applied-now.ts";
import { brokenRulesAfter, rulesBrokenInAwsAfter, withoutBrokenRules } from "./broken-rules.ts";
import { inventoryOf, roleKnownSince } from "./inventory.ts";
import { statusOf } from "../conditions/key-status.ts";
import { driftSince, openDriftsOf, stillOpen } from "../drift/open-drifts.ts";
import { uncomparedDrifts, withSinceAppliedNow } from "../drift/since-applied.ts";
import { outcomeFacts } from "./audit-facts.ts";
import type { SettleTime } from "../outcome/settle-time.ts";
import { upstreamVersions } from "./upstream-versions.ts";
import { liveDigest } from "../../judge/live-digest.ts";
import type { UsedRole } from "../../model/keys/used-role.ts";
import { isBinding } from "../../model/desired.ts";
import { undeclaredQualifiersAfter, withoutUndeclaredQualifiers } from "./undeclared-qualifiers.ts";
import { withoutWrittenReferences, writtenReferencesAfter } from "./written-references.ts";
import { isConverged } from "../outcome/converged.ts";
import { asAppliedAfter, withoutAsApplied } from "./as-applied.ts";
import { partlyAppliedAfter, withoutPartlyApplied } from "./partly-applied.ts";
import { matchedAfter, withoutMatchedActions } from "./matched-actions.ts";
import type { KeyJudgement } from "../../judge/judgement.ts";
import { lastAppliedState, desiredOf } from "../../judge/subject.ts";
import { withoutSources } from "../../judge/states/same-declaration.ts";

/** One key's new record, conditions and audit facts. */
export interface SettledKey extends DriftChanges {
  readonly view: OutcomeView;
  /** null: nothing is left of the key, in Git or in AWS. */
  readonly record: KeyRecord | null;
  readonly facts: readonly AuditFact[];
  readonly assessment: Assessment;
  /** Confirmed drifts that were not there before, without those that were alerted to before the writes. */
  readonly opened: readonly Drift[];
  /** The new drifts that people are alerted to now: again if the revert that the alert announced failed. */
  readonly alerted: readonly Drift[];
  /** Of differences that had ended before. */
  readonly lateAuthors: readonly LateAuthor[];
  /** The other roles that the function runs on, compared. */
  readonly usedRoles: readonly UsedRole[];
}

/** The facts that a key's outcome is settled with, in addition to its record. */
export interface SettleFacts
  extends SettleTime, Pick<DonePass, "pass" | "observed" | "live" | "writes" | "swept" | "recorded"> {
  /** By key: what the rules find in AWS apart from Git. */
  readonly liveRules: ReadonlyMap<Key, LiveRules>;
  /** True if Git declares the same for the key as at the last comparison. */
  readonly isUnmovedInGit: () => boolean;
}

/** Pure: the same outcome with the same record settles to the same bytes. */
export function settleKey(view: OutcomeView, facts: SettleFacts): SettledKey {
  const assessment = assess(view);
  const { pass, nowIso } = facts;
  const { record: before } = view.subject;
  if (view.kind === "unjudged") {
    const status = statusOf(view, { pass, assessment, record: before, nowIso });
    const incident = { sinceMs: before.incidentSinceMs, ended: null };
    const adopted = adoptionOf(view, before, facts);
    const record = {
      ...withoutAdoption(before),
      ...adopted.record,
      status: { ...status, ...adopted.status },
    };
    return {
      ...NOTHING_MOVED,
      lateAuthors: [],
      view,
      record,
      facts: adopted.facts,
      assessment,
      incident,
      usedRoles: adopted.used,
    };
  }
  const opened = openedDrifts(view.judged);
  const openDrifts = openDriftsOf(pass, before, { ...facts, opened, drifts: view.judged.drifts });
  const sinceMs = pass.startedAtMs;
  const ended = endedDrifts(view, { opened, writes: facts.writes, sinceMs, openDrifts });
  const alerted = withoutUndone(alertedDrifts(before, opened, facts.isUnmovedInGit), view);
  const incident = incidentAfter(view, { alerted, ended, sinceMs, openDrifts });
  const authors = settleAuthors({ view, ended, openDrifts, incident }, facts);
  const isRecorded = facts.recorded.has(before.key);
  const early = new Set(isRecorded ? alertedBeforeWrites(before, opened) : []);
  const isNew = (drift: Drift): boolean => !early.has(drift);
  const revision = revisionOf(before.key, pass);
  const adopted = adoptionOf(view, before, facts);
  const changed = {
    ...changedRecord(view, { incident, ended, openDrifts }, facts),
    ...adopted.record,
  };
  const status = { ...statusOf(view, { pass, assessment, record: changed, nowIso }), ...adopted.status };
  const outcome = outcomeFacts(view, {
    revision,
    comparedBefore: comparedBefore(before, pass.history.record),
    ready: assessment.ready,
    rejections: pass.rejections,
    opened,
    openDrifts,
    ended,
    isRecorded,
  });
  return {
    view,
    record: isGone(view, changed) ? null : { ...withUnattributed(changed, authors.unattributed), status },
    facts: [...outcome, ...authors.facts, ...adopted.facts],
    lateAuthors: authors.found,
    assessment,
    opened: opened.filter(isNew),
    alerted: isRevertFailed(view) ? alerted : alerted.filter(isNew),
    openDrifts,
    ended,
    incident,
    usedRoles: adopted.used,
  };
}

function isRevertFailed({ failure, skipped }: JudgedView): boolean {
  return failure !== null || skipped?.kind === "read-failed";
}

const NOTHING_MOVED = { facts: [], opened: [], alerted: [], openDrifts: {}, ended: [] } as const;

function changedRecord(
  view: JudgedView,
  { incident, ended, openDrifts }: DriftChanges,
  { pass, observed, live, swept, writes, nowMs, liveRules, recorded }: SettleFacts,
): KeyRecord {
  const { subject } = view;
  const before = subject.record;
  const state = desiredOf(subject) ?? lastAppliedState(before);
  const { instance, startedAtMs } = pass;
  const found = { revision: revisionOf(before.key, pass), startedAtMs };
  const inventory = inventoryOf(state, { record: before, live, writes, instance });
  const driftSinceMs = {
    // Drift that could not be read has not ended.
    ...(view.unread.length > 0 ? before.driftSinceMs : uncomparedDrifts(view, openDrifts, pass.startedAtMs)),
    ...driftSince(before, knownDrifts(view), pass.startedAtMs),
  };
  return {
    ...withoutPassing(before),
    ...writtenReferencesAfter(view, isConverged(view)),
    ...brokenRulesAfter(view.judged, found),
    ...rulesBrokenInAwsAfter(view, liveRules.get(before.key) ?? NO_LIVE_RULES, found),
    claimedFunction: claimedAfter(view),
    driftSinceMs,
    openDrifts: stillOpen(withSinceAppliedNow(openDrifts, view.drifts), driftSinceMs),
    comparedSinceMs: before.comparedSinceMs ?? observed.observedAtMs,
    revertsMs: revertsAfter(before, ended, nowMs),
    applied: isConverged(view) ? appliedNow(subject, pass, nowMs) : before.applied,
    inventory,
    roleKnownSinceMs: roleKnownSince(inventory, before, nowMs),
    upstreamVersions: state === null ? {} : upstreamVersions(state, before, { pass, live }),
    ...matchedAfter(view, pass, () => isChangedInGit(view)),
    ...verdictAfter(view),
    ...undeclaredQualifiersAfter(view, { ...pass, live, observed }),
    unbinding: subject.kind === "removed" ? unbindingAfter(view.judged, swept, nowMs) : null,
    incidentSinceMs: incident.sinceMs,
    stalled: stalledAfter(view, live, nowMs),
    retryingSinceMs: retryingAfter(view, nowMs),
    changedBy: isChange(view) ? changeOf(before.key, pass) : before.changedBy,
    ...asAppliedAfter(view, { isAttempted: recorded.has(before.key), nowMs }),
    ...partlyAppliedAfter(view, { ...pass, isConverged: isConverged(view), inventory }),
  };
}

/** The next pass finds the others. */
function knownDrifts(view: JudgedView): readonly Drift[] {
  const found = foundAfterWrites(view);
  return view.drifts.filter((drift) => !found.includes(drift));
}

/** Without the fields that each pass sets again, or leaves out. */
function withoutPassing(record: KeyRecord): KeyRecord {
  const known = withoutMatchedActions(withoutBrokenRules(withoutWrittenReferences(record)));
  return withoutAdoption(withoutPartlyApplied(withoutAsApplied(withoutUndeclaredQualifiers(known))));
}

/** A state that is applied now and that no rule refuses was accepted. An applied state that was not judged is as before. */
function verdictAfter(view: JudgedView): Pick<KeyRecord, "appliedVerdict"> {
  const { appliedVerdict, judgedBy } = view.judged;
  const accepted = isConverged(view) ? judgedBy : view.subject.record.appliedVerdict;
  const verdict = appliedVerdict ?? accepted;
  return verdict === undefined ? {} : { appliedVerdict: verdict };
}

/** The manifest declares something else than what was applied, and that is applied now. */
function isChangedInGit(view: JudgedView): boolean {
  const state = desiredOf(view.subject);
  const before = lastAppliedState(view.subject.record);
  if (before === null || state === null || !isConverged(view)) return false;
  // An approved value in AWS is no change of the manifest.
  return !isSameData(dataOf(withoutSources(before)), dataOf(withoutSources(state)));
}

/**
 * The plan was allowed, perhaps by an approval, and written after everything was read. A state that needs no write is
 * a claim as well, unless it is the first one of a function that others use: nothing of it was held.
 */
function claimedAfter(view: JudgedView): string | null {
  const { judged, subject, writes } = view;
  const state = judged.verdict.kind === "allow" ? desiredOf(subject) : null;
  const isWritten = writes.some(({ kind }) => kind === "applied");
  const isClaim = isWritten || (judged.firstClaim === null && isConverged(view));
  if (state === null || !isBinding(state) || !isClaim || judged.unread.length > 0)
    return claimedFunctionOf(subject.record);
  if (state.released === true) return null;
  return state.functionName;
}

/** For the limits: a change from Git of a state that had been applied. */
function isChange({ subject, writes }: JudgedView): boolean {
  return subject.record.applied !== null && writes.some(({ action }) => action.cause === "revision");
}

/** An overdue failure does not stall: it is retried slowly. */
function stalledAfter(view: JudgedView, live: LiveAccount, nowMs: number): StalledPlan | null {
  const { skipped, failure } = view;
  if (skipped !== null) return skipped.kind === "stalled" ? skipped.stalled : null;
  if (failure === null || failure.error.facts.disposition.kind !== "terminal") return null;
  return {
    digest: triedNext(view).digest,
    live: liveDigest(view.subject, live),
    atMs: nowMs,
    reason: terminalReason(failure.error.facts),
    message: failure.error.message,
  };
}

/** The plan that remains after the writes; for a held or refused key, the undo plan, since only that was written. */
function triedNext({ judged, readBack }: JudgedView): KeyPlan {
  if (readBack?.kind === "seen") return readBack.plan;
  return judged.verdict.kind === "allow" ? judged.plan : (judged.undo ?? judged.plan);
}

/** A series of failures that time should fix ends with a successful write, or when there is nothing to write. */
function retryingAfter({ subject, skipped, failure }: JudgedView, nowMs: number): number | null {
  const since = subject.record.retryingSinceMs ?? null;
  if (skipped !== null) return skipped.kind === "nothing-due" ? null : since;
  if (failure === null) return null;
  const { kind } = failure.error.facts.disposition;
  return kind === "retry" || kind === "replan" ? (since ?? nowMs) : since;
}

/** The first and the last sweep of an unbroken series without an obstacle to the delete. */
function unbindingAfter({ subject, mayBeDeleted }: KeyJudgement, swept: boolean, nowMs: number): Unbinding {
  const unbinding = subject.record.unbinding ?? { atMs: nowMs, agreedSweepsMs: [] };
  if (!swept) return unbinding;
  const agreedSweepsMs = mayBeDeleted ? [...unbinding.agreedSweepsMs.slice(0, 1), nowMs] : [];
  return { ...unbinding, agreedSweepsMs };
}

function isGone({ subject }: JudgedView, record: KeyRecord): boolean {
  return subject.kind === "removed" && record.inventory.length === 0;
}
