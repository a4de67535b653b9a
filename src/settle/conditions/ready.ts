import { READY_OF_WITHHELD } from "../../model/rules/withheld-reasons.ts";
import { WAITING_FOR_FUNCTION } from "../../diff/drift/context.ts";
import type { AwsError } from "../../model/aws/aws-error.ts";
import type { Drift } from "../../model/drift.ts";
import type { KeyPlan, Withheld } from "../../model/plan.ts";
import type { ConditionReason } from "../../model/status.ts";
import { conditionClaim, whyInvalid, type ConditionClaim } from "./claim.ts";
import { isTerminal, planAfter, unreadParts, type FailedWrite } from "../outcome/left-over.ts";
import type { KeyOutcome } from "../outcome/outcome.ts";
import type { Judged, NotApplied } from "../../judge/judged.ts";

type JudgedOutcome = Extract<KeyOutcome, { readonly judged: Judged }>;

/** `Ready`: the most severe reason why a key does not match Git, if any. */
export function readyOf(
  outcome: JudgedOutcome,
  drifts: readonly Drift[],
  failure: FailedWrite | null,
): ConditionClaim {
  const { judged } = outcome;
  if (failure !== null) return readyAfter(failure, judged);
  const { subject, verdict } = judged;
  if (subject.kind === "invalid") return notReady("ValidationFailed", whyInvalid(subject));
  if (verdict.kind === "refuse") return notReady("GuardrailRefused", verdict.reason);
  const skipped = outcome.kind === "judged" ? outcome.notApplied : null;
  const [unread] = unreadParts(outcome);
  if (skipped?.kind === "observe" && unread === undefined) {
    const message = drifts.length === 0 ? "matches Git" : "compared; observe mode writes nothing";
    return conditionClaim("Ready", "True", "ObserveOnly", message);
  }
  if (verdict.kind === "hold") return notReady("AwaitingApproval", verdict.reason);
  const ready =
    readySkipped(skipped, judged) ?? readyByPlan(judged, planAfter(judged, outcome), skipped, drifts);
  if (unread === undefined || ready.status === "False") return ready;
  return conditionClaim("Ready", "Unknown", "Progressing", `some parts could not be read: ${unread}`);
}

function notReady(reason: ConditionReason, message: string): ConditionClaim {
  return conditionClaim("Ready", "False", reason, message);
}

function readySkipped(skipped: NotApplied | null, { plan }: Judged): ConditionClaim | null {
  if (skipped?.kind === "stalled") return notReady(failureReason(plan), skipped.stalled.message);
  if (skipped?.kind === "read-failed" && isDenied(skipped.error))
    return notReady("AccessDenied", skipped.error.message);
  return null;
}

function readyByPlan(
  judged: Judged,
  plan: KeyPlan,
  skipped: NotApplied | null,
  drifts: readonly Drift[],
): ConditionClaim {
  const withheld = gravest(plan.withheld);
  if (withheld !== undefined) {
    const [status, reason] = READY_OF_WITHHELD[withheld.kind];
    return conditionClaim("Ready", status, reason, withheld.reason);
  }
  if (skipped?.kind === "dependency") return notReady("DependencyNotReady", `waits for ${skipped.policy}`);
  const [approvable] = plan.approvable;
  if (approvable !== undefined) return notReady("AwaitingApproval", approvable.reason);
  if (drifts.some((drift) => drift.change.kind === "function-role"))
    return notReady("RoleNotUsed", "the function runs on another role");
  if (drifts.some((drift) => drift.change.kind === "role-not-published"))
    return notReady("RoleNotPublished", "a published version behind an alias runs on another role");
  return progressOf(judged, plan, skipped, drifts);
}

function progressOf(
  { notes }: Judged,
  plan: KeyPlan,
  skipped: NotApplied | null,
  drifts: readonly Drift[],
): ConditionClaim {
  const unknown = (reason: ConditionReason, message: string): ConditionClaim =>
    conditionClaim("Ready", "Unknown", reason, message);
  if (plan.actions.length > 0)
    return unknown(
      "Progressing",
      skipped?.kind === "suspended" ? "waits for the end of its suspension" : "changes are being applied",
    );
  if (drifts.some((drift) => drift.change.kind !== "upstream-changed"))
    return unknown("Progressing", "waits until AWS shows the last write");
  if (notes.includes(WAITING_FOR_FUNCTION))
    return unknown("WaitingForFunction", "the function does not exist yet; its role is ready");
  return conditionClaim("Ready", "True", "ReconciliationSucceeded", "matches Git, read back");
}

/** A reason that needs an operator has priority over one that only waits. */
function gravest(withheld: readonly Withheld[]): Withheld | undefined {
  return withheld.find(({ kind }) => READY_OF_WITHHELD[kind][0] === "False") ?? withheld[0];
}

function readyAfter(failure: FailedWrite, { plan }: Judged): ConditionClaim {
  const { message } = failure.error;
  if (isDenied(failure.error)) return notReady("AccessDenied", message);
  return isTerminal(failure)
    ? notReady(failureReason(plan), message)
    : conditionClaim("Ready", "Unknown", "Progressing", message);
}

function failureReason({ purpose }: KeyPlan): ConditionReason {
  return purpose === "delete" ? "PruneFailed" : "ReconciliationFailed";
}

/** Access is missing, or credentials are no longer valid. */
export function isDenied(error: AwsError): boolean {
  return error.facts.disposition.kind === "circuit";
}
