import { STALLED_OF_WITHHELD } from "../../model/rules/withheld-reasons.ts";
import type { Suspension } from "../../model/approval.ts";
import type { AwsError } from "../../model/aws/aws-error.ts";
import type { Drift } from "../../model/drift.ts";
import type { Condition, ConditionReason, Health, Sync } from "../../model/status.ts";
import { conditionClaim, whyInvalid, type ConditionClaim } from "./claim.ts";
import {
  failedWrite,
  isTerminal,
  planAfter,
  remainingDrifts,
  unreadParts,
  type FailedWrite,
} from "../outcome/left-over.ts";
import { isDenied, readyOf } from "./ready.ts";
import type { KeyOutcome } from "../outcome/outcome.ts";
import type { Judged } from "../../judge/judged.ts";

/** The new value of one condition; `as-before`: nothing new is known; null: the condition is removed. */
type NewCondition = ConditionClaim | "as-before" | null;

/** The conditions that follow from an outcome. The same outcome always gives the same conditions, so nothing flaps. */
export interface Assessment {
  readonly ready: ConditionClaim;
  readonly stalled: NewCondition;
  readonly reconciling: NewCondition;
  readonly drifted: NewCondition;
  readonly suspended: ConditionClaim | null;
  readonly sync: Sync;
  readonly health: Health;
}

type JudgedOutcome = Extract<KeyOutcome, { readonly judged: Judged }>;

/** @param suspension the suspension that covers the key, regardless of the outcome */
export function assess(outcome: KeyOutcome, suspension: Suspension | undefined): Assessment {
  switch (outcome.kind) {
    case "unknown":
      return unread(outcome.reason, suspension);
    case "unusable":
      return invalid(
        outcome.subject.kind === "invalid" ? whyInvalid(outcome.subject) : "no applied revision is recorded",
        suspension,
      );
    case "judged":
    case "written":
      return assessJudged(outcome, suspension);
  }
}

/** The key could not be read: no conclusion is drawn, and it is retried. */
export function unread(reason: string, suspension: Suspension | undefined): Assessment {
  return {
    ready: conditionClaim("Ready", "Unknown", "Progressing", reason),
    stalled: "as-before",
    reconciling: conditionClaim("Reconciling", "True", "Progressing", reason),
    drifted: "as-before",
    suspended: suspendedOf(suspension),
    sync: "Unknown",
    health: suspension === undefined ? "Progressing" : "Suspended",
  };
}

/** The account-wide reads are refused: retried slowly, and never `Stalled`, since the fix is not in Git. */
export function denied(error: AwsError, suspension: Suspension | undefined): Assessment {
  return {
    ...unread(error.message, suspension),
    ready: conditionClaim("Ready", "False", "AccessDenied", error.message),
    stalled: null,
    reconciling: conditionClaim("Reconciling", "True", "ProgressingWithRetry", error.message),
    health: "Degraded",
  };
}

function invalid(message: string, suspension: Suspension | undefined): Assessment {
  return {
    ready: conditionClaim("Ready", "False", "ValidationFailed", message),
    stalled: conditionClaim("Stalled", "True", "ValidationFailed", message),
    reconciling: null,
    drifted: null,
    suspended: suspendedOf(suspension),
    sync: "Unknown",
    health: "Degraded",
  };
}

function assessJudged(outcome: JudgedOutcome, suspension: Suspension | undefined): Assessment {
  const drifts = remainingDrifts(outcome);
  const failure = failedWrite(outcome);
  const ready = readyOf(outcome, drifts, failure);
  return {
    ready,
    stalled: stalledOf(outcome, failure),
    reconciling: suspension === undefined ? reconcilingOf(ready, failure) : null,
    drifted: driftedOf(outcome, drifts, failure),
    suspended: suspendedOf(suspension),
    sync: drifts.length > 0 ? "OutOfSync" : unreadParts(outcome).length > 0 ? "Unknown" : "Synced",
    health: healthOf(ready, drifts, suspension),
  };
}

function suspendedOf(suspension: Suspension | undefined): ConditionClaim | null {
  if (suspension === undefined) return null;
  const { actor, reason } = suspension;
  const until = suspension.until.replace("T", " ").replace(/\.\d+Z$/, "Z");
  return conditionClaim("Suspended", "True", "Suspended", `until ${until} by ${actor}: "${reason}"`);
}

function stalledOf(outcome: JudgedOutcome, failure: FailedWrite | null): ConditionClaim | null {
  const { judged } = outcome;
  if (outcome.kind === "judged" && outcome.notApplied.kind === "stalled") {
    const { reason, message } = outcome.notApplied.stalled;
    return conditionClaim("Stalled", "True", reason, message);
  }
  if (failure !== null && isTerminal(failure))
    return conditionClaim("Stalled", "True", terminalReason(failure.error.facts.code), failure.error.message);
  if (judged.subject.kind === "invalid")
    return conditionClaim("Stalled", "True", "ValidationFailed", whyInvalid(judged.subject));
  for (const withheld of planAfter(judged, outcome).withheld) {
    const reason = STALLED_OF_WITHHELD[withheld.kind];
    if (reason !== undefined) return conditionClaim("Stalled", "True", reason, withheld.reason);
  }
  return null;
}

export function terminalReason(code: string): ConditionReason {
  if (/LimitExceeded|LengthExceeded|LimitReached|QuotaExceeded|StorageExceeded/.test(code))
    return "QuotaExceeded";
  return code === "UnmodifiableEntity" ? "UnmodifiableRole" : "RejectedByAws";
}

/** Work is in progress that needs no operator. Missing access is retried. */
function reconcilingOf(ready: ConditionClaim, failure: FailedWrite | null): ConditionClaim | null {
  const waits = ready.status === "Unknown" && ready.reason !== "WaitingForFunction";
  if (!waits && ready.reason !== "AccessDenied") return null;
  const reason = failure === null && waits ? "Progressing" : "ProgressingWithRetry";
  return conditionClaim("Reconciling", "True", reason, ready.message);
}

function driftedOf(
  outcome: JudgedOutcome,
  drifts: readonly Drift[],
  failure: FailedWrite | null,
): NewCondition {
  const seen = drifts.filter((drift) => drift.certainty === "confirmed");
  if (seen.length === 0)
    return unreadParts(outcome).length > 0
      ? "as-before"
      : conditionClaim("Drifted", "False", "NoDriftDetected", "");
  if (seen.every((drift) => drift.change.kind === "upstream-changed"))
    return conditionClaim(
      "Drifted",
      "True",
      "UpstreamChanged",
      "AWS published a new default version of an attached policy",
    );
  const fields = [...new Set(seen.map((drift) => drift.change.kind))].sort().join(", ");
  return conditionClaim("Drifted", "True", driftReason(outcome, seen, failure), fields);
}

/** A temporary failure does not change the reason: it would flap with it. */
function driftReason(
  outcome: JudgedOutcome,
  drifts: readonly Drift[],
  failure: FailedWrite | null,
): ConditionReason {
  const { withheld } = planAfter(outcome.judged, outcome);
  if (withheld.some(({ kind }) => kind === "contended")) return "Contended";
  const isStalled = outcome.kind === "judged" && outcome.notApplied.kind === "stalled";
  const hasFailed = failure !== null && (isTerminal(failure) || isDenied(failure.error));
  const isBeyondReach = drifts.some(
    ({ change, subject }) =>
      change.kind === "statement-extra" &&
      change.sid === null &&
      withheld.some((one) => one.kind === "not-in-this-version" && one.subject === subject),
  );
  return isStalled || hasFailed || isBeyondReach ? "CorrectionFailed" : "DriftDetected";
}

function healthOf(
  ready: ConditionClaim,
  drifts: readonly Drift[],
  suspension: Suspension | undefined,
): Health {
  if (suspension !== undefined) return "Suspended";
  if (drifts.some((drift) => drift.change.kind === "role-missing" || drift.change.kind === "policy-missing"))
    return "Missing";
  if (ready.status === "True") return "Healthy";
  return ready.status === "Unknown" ? "Progressing" : "Degraded";
}

/** Kubernetes' rule: the transition time changes only with `status`. Sorted by type. */
export function toConditions(
  { drifted, ready, reconciling, stalled, suspended }: Assessment,
  before: readonly Condition[],
  now: string,
): readonly Condition[] {
  const conditions = [
    ["Drifted", drifted],
    ["Ready", ready],
    ["Reconciling", reconciling],
    ["Stalled", stalled],
    ["Suspended", suspended],
  ] as const satisfies readonly (readonly [Condition["type"], NewCondition])[];
  return conditions.flatMap(([type, what]) => {
    const old = before.find((condition) => condition.type === type);
    if (what === null) return [];
    if (what === "as-before") return old === undefined ? [] : [old];
    return [{ ...what, lastTransitionTime: old?.status === what.status ? old.lastTransitionTime : now }];
  });
}
