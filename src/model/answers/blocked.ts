import type { Condition, ConditionReason, KeyStatus } from "../status.ts";

/** The reasons of the condition Ready that neither waiting nor an approval ends. */
const UNTIL_FIXED: ReadonlySet<ConditionReason> = new Set([
  "ValidationFailed",
  "GuardrailRefused",
  "ReconciliationFailed",
  "PruneFailed",
  "AccessDenied",
  "OwnershipConflict",
  "ImmutableField",
  "UnmodifiableRole",
  "QuotaExceeded",
  "RejectedByAws",
]);

type Conditions = Pick<KeyStatus, "conditions">;

/** Neither waiting nor an approval ends it. */
export function lastsUntilFixed({ conditions }: Conditions): boolean {
  const ready = conditionOf(conditions, "Ready");
  if (conditionOf(conditions, "Stalled")?.status === "True") return true;
  return ready?.status === "False" && UNTIL_FIXED.has(ready.reason);
}

/** What other objects than the status know of a key. */
interface AnswerFacts {
  /** A plan of it awaits an approval. */
  readonly isHeld: boolean;
  /** Everything that is held of it is rejected: an operator has answered. */
  readonly isRejected: boolean;
  /** Git has changed it since the last comparison: the plan that is held is not of what Git declares now. */
  readonly isUncompared: boolean;
}

export function awaitsApproval(
  { conditions }: Conditions,
  { isHeld, isRejected, isUncompared }: AnswerFacts,
): boolean {
  if (isUncompared || isRejected) return false;
  return isHeld || conditionOf(conditions, "Ready")?.reason === "AwaitingApproval";
}

/** A person must act before it is as Git declares: it is refused, broken or awaiting approval. A change window is none. */
export function isBlocked(status: Conditions, facts: AnswerFacts): boolean {
  return awaitsApproval(status, facts) || lastsUntilFixed(status);
}

function conditionOf(conditions: readonly Condition[], type: Condition["type"]): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}
