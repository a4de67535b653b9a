import { keyParts } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { DriftStatus, KeyStatus } from "../../model/status.ts";
import { recordedDelta } from "../../iam/row-text.ts";
import { joinedDelta } from "../../model/delta.ts";
import { driftFingerprint } from "../../model/drift.ts";
import { toConditions, type Assessment } from "./conditions.ts";
import { planAfter, remainingDrifts } from "../outcome/left-over.ts";
import { type Pass } from "../../judge/pass.ts";
import type { SettleTime } from "../outcome/settle-time.ts";
import { type KeyOutcome, subjectOfOutcome } from "../outcome/outcome.ts";
import { modeOf } from "../../judge/mode.ts";

/** The parts that "in sync" never covers: resources.md, "Status". */
const NOT_WATCHED = [
  "event source mappings",
  "function URL settings",
  "layers and environment",
  "policies on undeclared versions and aliases",
  "resource policies of other services",
] as const;

/** A key's status as the API shows it. It never contains durations or counts of attempts, so that nothing flaps. */
export function statusOf(
  pass: Pass,
  outcome: KeyOutcome,
  assessment: Assessment,
  record: KeyRecord,
  time: SettleTime,
): KeyStatus {
  const parts = keyParts(record.key);
  const before = record.status;
  return {
    key: record.key,
    account: pass.account.name,
    accountId: parts.accountId,
    region: parts.kind === "function" ? parts.region : null,
    mode: modeOf(subjectOfOutcome(outcome), pass),
    sync: assessment.sync,
    health: assessment.health,
    lastAttemptedRevision:
      outcome.kind === "written" && outcome.writes.length > 0
        ? pass.revision
        : (before?.lastAttemptedRevision ?? null),
    lastAppliedRevision: record.applied?.revision ?? null,
    inventory: record.inventory,
    // Parts that were not read keep their last known value.
    drift: outcome.kind === "unknown" ? (before?.drift ?? null) : driftStatus(outcome, record),
    plan: outcome.kind === "unknown" ? (before?.plan ?? null) : planStatus(outcome),
    conditions: toConditions(assessment, before?.conditions ?? [], time.nowIso),
    notWatched: parts.kind === "function" ? NOT_WATCHED : [],
  };
}

function driftStatus(outcome: KeyOutcome, record: KeyRecord): DriftStatus | null {
  const drifts = remainingDrifts(outcome).filter((drift) => drift.certainty === "confirmed");
  if (drifts.length === 0) return null;
  const since = Math.min(...drifts.map((drift) => record.driftSinceMs[driftFingerprint(drift)] ?? Infinity));
  return {
    since: Number.isFinite(since) ? new Date(since).toISOString() : "",
    fields: [...new Set(drifts.map((drift) => drift.change.kind))].sort(),
    delta: recordedDelta(joinedDelta(drifts.map(({ delta }) => delta))),
    actor: null,
  };
}

function planStatus(outcome: KeyOutcome): KeyStatus["plan"] {
  if (outcome.kind !== "judged" && outcome.kind !== "written") return null;
  const plan = planAfter(outcome.judged, outcome);
  return {
    digest: plan.digest,
    actions: plan.actions.length,
    withheld: plan.withheld.map((withheld) => withheld.reason),
  };
}
