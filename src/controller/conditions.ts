import { WAITING_FOR_FUNCTION } from "../diff/context.ts";
import type { Drift } from "../model/drift.ts";
import type { Withheld } from "../model/plan.ts";
import type { Condition, ConditionReason, Health, Sync } from "../model/status.ts";
import { formatOrigin } from "../model/origin.ts";
import type { AwsError } from "../model/aws-error.ts";
import type { KeyOutcome, Judged, WriteOutcome } from "./pass.ts";

/** A condition before its transition time is known. */
type Claim = Omit<Condition, "lastTransitionTime">;

/** What an outcome says of its key; the same outcome always says the same, so nothing flaps. */
export interface Assessment {
  readonly ready: Claim;
  readonly stalled: Claim | null;
  readonly reconciling: Claim | null;
  readonly drifted: Claim | null;
  readonly suspended: Claim | null;
  readonly sync: Sync;
  readonly health: Health;
}

export function assess(outcome: KeyOutcome): Assessment {
  switch (outcome.kind) {
    case "unknown":
      return unread(outcome.reason);
    case "unusable":
      return invalid(
        outcome.subject.kind === "invalid" ? firstDiagnostic(outcome.subject) : "nothing was ever applied",
      );
    case "judged":
    case "written":
      return assessJudged(outcome.judged, outcome);
  }
}

/** A part of the account could not be read: nothing is concluded. */
export function unread(reason: string): Assessment {
  return {
    ready: claim("Ready", "Unknown", "Progressing", reason),
    stalled: null,
    reconciling: null,
    drifted: null,
    suspended: null,
    sync: "Unknown",
    health: "Progressing",
  };
}

/** The account's own reads are refused. */
export function denied(error: AwsError): Assessment {
  return {
    ...unread(error.message),
    ready: claim("Ready", "False", "AccessDenied", error.message),
    health: "Degraded",
  };
}

function invalid(message: string): Assessment {
  return {
    ready: claim("Ready", "False", "ValidationFailed", message),
    stalled: claim("Stalled", "True", "ValidationFailed", message),
    reconciling: null,
    drifted: null,
    suspended: null,
    sync: "Unknown",
    health: "Degraded",
  };
}

function assessJudged(judged: Judged, outcome: Extract<KeyOutcome, { readonly judged: Judged }>): Assessment {
  const drifts = remainingDrifts(outcome);
  const failure = outcome.kind === "written" ? failedWrite(outcome.writes) : null;
  const ready = failure === null ? readyOf(judged, outcome, drifts) : readyAfter(failure, judged);
  const suspension =
    outcome.kind === "judged" && outcome.notApplied.kind === "suspended"
      ? outcome.notApplied.suspension
      : null;
  return {
    ready,
    stalled: stalledOf(judged, outcome, failure),
    reconciling: reconcilingOf(ready, failure),
    drifted: driftedOf(drifts, failure),
    suspended:
      suspension === null
        ? null
        : claim(
            "Suspended",
            "True",
            "Suspended",
            `by ${suspension.actor} until ${suspension.until}: ${suspension.reason}`,
          ),
    sync: drifts.length === 0 ? "Synced" : "OutOfSync",
    health: healthOf(ready, drifts, suspension !== null),
  };
}

/** After the writes where there were some, else as judged. `revision` drifts count too: live is not yet as git says. */
export function remainingDrifts(outcome: KeyOutcome): readonly Drift[] {
  if (outcome.kind === "written")
    return outcome.readBack.kind === "seen" ? outcome.readBack.drifts : outcome.judged.drifts;
  return outcome.kind === "judged" ? outcome.judged.drifts : [];
}

export function failedWrite(
  writes: readonly WriteOutcome[],
): Exclude<WriteOutcome, { readonly kind: "applied" }> | null {
  const last = writes.at(-1);
  return last === undefined || last.kind === "applied" ? null : last;
}

function readyOf(judged: Judged, outcome: KeyOutcome, drifts: readonly Drift[]): Claim {
  const { subject, verdict } = judged;
  if (subject.kind === "invalid")
    return claim("Ready", "False", "ValidationFailed", firstDiagnostic(subject));
  if (verdict.kind === "refuse") return claim("Ready", "False", "GuardrailRefused", verdict.reason);
  if (outcome.kind === "judged" && outcome.notApplied.kind === "observe") {
    return claim(
      "Ready",
      "True",
      "ObserveOnly",
      drifts.length === 0 ? "as git says" : "compared; in observe nothing is written",
    );
  }
  if (verdict.kind === "hold") return claim("Ready", "False", "AwaitingApproval", verdict.reason);
  if (outcome.kind === "judged" && outcome.notApplied.kind === "stalled") {
    const reason = judged.plan.purpose === "delete" ? "PruneFailed" : "ReconciliationFailed";
    return claim("Ready", "False", reason, outcome.notApplied.stalled.message);
  }
  const [withheld] = planAfter(judged, outcome).withheld;
  if (withheld !== undefined) {
    const [status, reason] = WITHHELD_READY[withheld.kind];
    return claim("Ready", status, reason, withheld.reason);
  }
  if (outcome.kind === "judged" && outcome.notApplied.kind === "dependency") {
    return claim("Ready", "False", "DependencyNotReady", `waits for ${outcome.notApplied.policy}`);
  }
  const [approvable] = planAfter(judged, outcome).approvable;
  if (approvable !== undefined) return claim("Ready", "False", "AwaitingApproval", approvable.reason);
  return readyByDrift(judged, outcome, drifts);
}

function readyByDrift(judged: Judged, outcome: KeyOutcome, drifts: readonly Drift[]): Claim {
  if (drifts.some((drift) => drift.change.kind === "function-role")) {
    return claim("Ready", "False", "RoleNotUsed", "the function runs on another role");
  }
  if (drifts.some((drift) => drift.change.kind === "role-not-published")) {
    return claim(
      "Ready",
      "False",
      "RoleNotPublished",
      "a published version behind an alias runs on another role",
    );
  }
  if (planAfter(judged, outcome).actions.length > 0)
    return claim("Ready", "Unknown", "Progressing", "changes are on their way");
  if (drifts.some((drift) => drift.change.kind !== "upstream-changed")) {
    return claim("Ready", "Unknown", "Progressing", "waits until AWS shows what was written");
  }
  if (judged.notes.includes(WAITING_FOR_FUNCTION))
    return claim(
      "Ready",
      "Unknown",
      "WaitingForFunction",
      "the function does not exist yet; its role is ready",
    );
  return claim("Ready", "True", "ReconciliationSucceeded", "as git says, read back");
}

/** The plan that is left: after the read-back where there was one. */
export function planAfter(judged: Judged, outcome: KeyOutcome): Judged["plan"] {
  return outcome.kind === "written" && outcome.readBack.kind === "seen" ? outcome.readBack.plan : judged.plan;
}

const WITHHELD_READY = {
  "ownership-conflict": ["False", "OwnershipConflict"],
  "not-in-this-version": ["False", "AwaitingApproval"],
  unmodifiable: ["False", "ReconciliationFailed"],
  "immutable-field": ["False", "ReconciliationFailed"],
  "approval-needed": ["False", "AwaitingApproval"],
  "restriction-added": ["False", "AwaitingApproval"],
  "unmet-need": ["False", "DependencyNotReady"],
  quota: ["False", "ReconciliationFailed"],
  dependency: ["False", "DependencyNotReady"],
  unreadable: ["False", "ReconciliationFailed"],
  waiting: ["Unknown", "Progressing"],
} as const satisfies Record<Withheld["kind"], readonly [Claim["status"], ConditionReason]>;

const WITHHELD_STALLED: Partial<Record<Withheld["kind"], ConditionReason>> = {
  "ownership-conflict": "OwnershipConflict",
  unmodifiable: "UnmodifiableRole",
  "immutable-field": "ImmutableField",
  quota: "QuotaExceeded",
};

function readyAfter(failure: Exclude<WriteOutcome, { readonly kind: "applied" }>, judged: Judged): Claim {
  const { disposition } = failure.error.facts;
  const message = failure.error.message;
  if (disposition.kind === "circuit") return claim("Ready", "False", "AccessDenied", message);
  if (!isTerminal(failure)) return claim("Ready", "Unknown", "Progressing", message);
  return claim(
    "Ready",
    "False",
    judged.plan.purpose === "delete" ? "PruneFailed" : "ReconciliationFailed",
    message,
  );
}

function stalledOf(
  judged: Judged,
  outcome: KeyOutcome,
  failure: ReturnType<typeof failedWrite>,
): Claim | null {
  if (outcome.kind === "judged" && outcome.notApplied.kind === "stalled") {
    const { reason, message } = outcome.notApplied.stalled;
    return claim("Stalled", "True", reason, message);
  }
  if (failure !== null && isTerminal(failure)) {
    return claim("Stalled", "True", terminalReason(failure.error.facts.code), failure.error.message);
  }
  if (judged.subject.kind === "invalid")
    return claim("Stalled", "True", "ValidationFailed", firstDiagnostic(judged.subject));
  for (const withheld of judged.plan.withheld) {
    const reason = WITHHELD_STALLED[withheld.kind];
    if (reason !== undefined) return claim("Stalled", "True", reason, withheld.reason);
  }
  return null;
}

/** No retry helps until something changes, or none has helped in its time. */
function isTerminal(failure: NonNullable<ReturnType<typeof failedWrite>>): boolean {
  return (
    failure.error.facts.disposition.kind === "terminal" || (failure.kind === "failed" && failure.isOverdue)
  );
}

export function terminalReason(code: string): ConditionReason {
  if (/LimitExceeded|PolicyLengthExceeded/.test(code)) return "QuotaExceeded";
  return code === "UnmodifiableEntity" ? "UnmodifiableRole" : "RejectedByAws";
}

function reconcilingOf(ready: Claim, failure: ReturnType<typeof failedWrite>): Claim | null {
  if (ready.status !== "Unknown" || ready.reason === "WaitingForFunction") return null;
  return claim(
    "Reconciling",
    "True",
    failure === null ? "Progressing" : "ProgressingWithRetry",
    ready.message,
  );
}

function driftedOf(drifts: readonly Drift[], failure: ReturnType<typeof failedWrite>): Claim {
  const seen = drifts.filter((drift) => drift.certainty === "confirmed");
  if (seen.length === 0) return claim("Drifted", "False", "NoDriftDetected", "");
  if (seen.every((drift) => drift.change.kind === "upstream-changed")) {
    return claim(
      "Drifted",
      "True",
      "UpstreamChanged",
      "AWS published a new default version of an attached policy",
    );
  }
  const fields = [...new Set(seen.map((drift) => drift.change.kind))].sort().join(", ");
  return claim("Drifted", "True", failure === null ? "DriftDetected" : "CorrectionFailed", fields);
}

function healthOf(ready: Claim, drifts: readonly Drift[], suspended: boolean): Health {
  if (suspended) return "Suspended";
  if (drifts.some((drift) => drift.change.kind === "role-missing" || drift.change.kind === "policy-missing"))
    return "Missing";
  if (ready.status === "True") return "Healthy";
  return ready.status === "Unknown" ? "Progressing" : "Degraded";
}

function firstDiagnostic(subject: Extract<Judged["subject"], { readonly kind: "invalid" }>): string {
  const [first] = subject.diagnostics;
  return first === undefined ? "invalid" : `${formatOrigin(first.origin)}: ${first.message}`;
}

function claim(
  type: Claim["type"],
  status: Claim["status"],
  reason: ConditionReason,
  message: string,
): Claim {
  return { type, status, reason, message };
}

/** Kubernetes' rule: the transition time moves with `status` only. Sorted by type. */
export function toConditions(
  assessment: Assessment,
  before: readonly Condition[],
  now: string,
): readonly Condition[] {
  const claims = [
    assessment.ready,
    assessment.stalled,
    assessment.reconciling,
    assessment.drifted,
    assessment.suspended,
  ];
  return claims
    .filter((found) => found !== null)
    .map((found) => {
      const old = before.find((condition) => condition.type === found.type);
      return { ...found, lastTransitionTime: old?.status === found.status ? old.lastTransitionTime : now };
    })
    .sort((a, b) => (a.type < b.type ? -1 : 1));
}
