import { driftKindLine } from "../../plan/render/drift-line.ts";
import { suspensionText } from "../../text/phrases.ts";
import type { Suspension } from "../../model/approval.ts";
import type { AwsError, AwsErrorFacts } from "../../model/aws/errors/aws-error.ts";
import { classOf } from "../../model/aws/errors/error-codes.ts";
import { confirmedDrifts, isChangedInAws, isUpstream, type Drift } from "../../model/drift.ts";
import type { Condition, ConditionReason, Health, Sync } from "../../model/status.ts";
import {
  isDenied,
  isTerminal,
  type FailedWrite,
  type JudgedView,
  type OutcomeView,
} from "../outcome/outcome.ts";
import {
  deniedClaim,
  invalidReason,
  readyClaim,
  trueClaim,
  whyInvalid,
  type ConditionClaim,
} from "./claim.ts";
import { readyOf } from "./ready.ts";
import { STALLED_OF_WITHHELD } from "../../model/rules/withheld-reasons.ts";

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

export function assess(view: OutcomeView): Assessment {
  if (view.kind === "judged") return assessJudged(view);
  const { outcome, subject, suspension } = view;
  if (outcome.kind === "unknown") return assessUnread(outcome.reason, suspension);
  if (subject.kind !== "invalid") return invalid("no applied revision is recorded", suspension);
  const assessed = invalid(whyInvalid(subject), suspension);
  return invalidReason(subject) === "ValidationFailed" ? assessed : unresolved(assessed);
}

/** The key could not be read: no conclusion is drawn, and it is retried. */
export function assessUnread(reason: string, suspension: Suspension | undefined): Assessment {
  return {
    ready: readyClaim("Unknown", "Progressing", reason),
    stalled: "as-before",
    reconciling: trueClaim("Reconciling", "Progressing", reason),
    drifted: "as-before",
    suspended: suspendedOf(suspension),
    sync: "Unknown",
    health: suspension === undefined ? "Progressing" : "Suspended",
  };
}

/** The account-wide reads are refused: retried slowly, and never `Stalled`, since the fix is not in Git. */
export function denied(error: AwsError, suspension: Suspension | undefined): Assessment {
  return {
    ...assessUnread(error.message, suspension),
    ready: deniedClaim(error),
    stalled: null,
    reconciling: trueClaim("Reconciling", "ProgressingWithRetry", error.message),
    health: "Degraded",
  };
}

function invalid(message: string, suspension: Suspension | undefined): Assessment {
  return {
    ready: readyClaim("False", "ValidationFailed", message),
    stalled: trueClaim("Stalled", "ValidationFailed", message),
    reconciling: null,
    drifted: null,
    suspended: suspendedOf(suspension),
    sync: "Unknown",
    health: "Degraded",
  };
}

/** Never `Stalled`: references are read again, and the fix may not be in Git. */
function unresolved(assessed: Assessment): Assessment {
  const { message } = assessed.ready;
  return {
    ...assessed,
    ready: readyClaim("False", "ReferenceNotResolved", message),
    stalled: null,
    reconciling: trueClaim("Reconciling", "ProgressingWithRetry", message),
  };
}

function assessJudged(view: JudgedView): Assessment {
  const { suspension } = view;
  const ready = readyOf(view);
  return {
    ready,
    stalled: stalledOf(view),
    reconciling: suspension === undefined ? reconcilingOf(ready, view.failure) : null,
    drifted: driftedOf(view),
    suspended: suspendedOf(suspension),
    sync: syncOf(view),
    health: healthOf(ready, view),
  };
}

/** A role or statement that Git no longer declares and AWS still has is out of sync. */
function syncOf({ subject, drifts, unread: unreadParts }: JudgedView): Sync {
  if (subject.kind === "removed" || drifts.length > 0) return "OutOfSync";
  return unreadParts.length > 0 ? "Unknown" : "Synced";
}

function suspendedOf(suspension: Suspension | undefined): ConditionClaim | null {
  if (suspension === undefined) return null;
  return trueClaim("Suspended", "Suspended", suspensionText(suspension));
}

function stalledOf({ skipped, failure, subject, plan }: JudgedView): ConditionClaim | null {
  if (skipped?.kind === "stalled")
    return trueClaim("Stalled", skipped.stalled.reason, skipped.stalled.message);
  if (failure !== null && isTerminal(failure))
    return trueClaim("Stalled", terminalReason(failure.error.facts), failure.error.message);
  if (subject.kind === "invalid" && invalidReason(subject) === "ValidationFailed")
    return trueClaim("Stalled", "ValidationFailed", whyInvalid(subject));
  for (const withheld of plan.withheld) {
    const reason = STALLED_OF_WITHHELD[withheld.kind];
    if (reason !== undefined) return trueClaim("Stalled", reason, withheld.reason);
  }
  return null;
}

export function terminalReason({ code, message }: Pick<AwsErrorFacts, "code" | "message">): ConditionReason {
  const found = classOf(code, message);
  if (found === "quota") return "QuotaExceeded";
  return found === "unmodifiable" ? "UnmodifiableRole" : "RejectedByAws";
}

/** Retried without an operator's request. */
const RETRIED: ReadonlySet<ConditionReason> = new Set(["AccessDenied", "ReferenceNotResolved"]);

/** Work is in progress that needs no operator. Missing access is retried. */
function reconcilingOf(ready: ConditionClaim, failure: FailedWrite | null): ConditionClaim | null {
  const waits = ready.status === "Unknown" && ready.reason !== "WaitingForFunction";
  if (!waits && !RETRIED.has(ready.reason)) return null;
  const reason = failure === null && waits ? "Progressing" : "ProgressingWithRetry";
  return trueClaim("Reconciling", reason, ready.message);
}

function driftedOf(view: JudgedView): NewCondition {
  const seen = confirmedDrifts(view.drifts);
  if (seen.length === 0)
    return view.unread.length > 0
      ? "as-before"
      : { type: "Drifted", status: "False", reason: "NoDriftDetected", message: "" };
  if (seen.every(isUpstream)) return trueClaim("Drifted", "UpstreamChanged", upstreamText(seen));
  const kinds = [...new Set(seen.map((drift) => drift.change.kind))].sort();
  const lines = [...new Set(kinds.map(driftKindLine))];
  return trueClaim("Drifted", driftReason(view, seen), `${originText(seen)}: ${lines.join(", ")}`);
}

/** Where nothing was applied, Git may have made the difference. */
function originText(drifts: readonly Drift[]): string {
  return drifts.every((drift) => isChangedInAws(drift) || isUpstream(drift)) ? "in AWS" : "differs from Git";
}

function upstreamText(drifts: readonly Drift[]): string {
  const texts = {
    "actions-grown": "AWS added actions that a declared pattern matches",
    "upstream-changed": "AWS published a new default version of an attached policy",
  } as const;
  const kinds = new Set(drifts.map(({ change }) => change.kind));
  return Object.entries(texts)
    .flatMap(([kind, text]) => (kinds.has(kind as Drift["change"]["kind"]) ? [text] : []))
    .join("; ");
}

/** A temporary failure does not change the reason: it would flap with it. */
function driftReason({ plan, skipped, failure }: JudgedView, drifts: readonly Drift[]): ConditionReason {
  const { withheld } = plan;
  if (withheld.some(({ kind }) => kind === "contended")) return "Contended";
  const hasFailed = failure !== null && (isTerminal(failure) || isDenied(failure.error));
  const isBeyondReach = drifts.some(
    ({ change, subject }) =>
      change.kind === "statement-extra" &&
      change.sid === null &&
      withheld.some((one) => one.kind === "not-in-this-version" && one.subject === subject),
  );
  return skipped?.kind === "stalled" || hasFailed || isBeyondReach ? "CorrectionFailed" : "DriftDetected";
}

function healthOf(ready: ConditionClaim, { drifts, suspension }: JudgedView): Health {
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
