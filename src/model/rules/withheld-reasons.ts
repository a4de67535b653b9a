import type { Withheld } from "../plan.ts";
import type { Condition, ConditionReason } from "../status.ts";

/** The `Ready` condition of a key with such a withheld change. */
export const READY_OF_WITHHELD = {
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
  "rule-refused": ["False", "GuardrailRefused"],
  contended: ["False", "ReconciliationFailed"],
  waiting: ["Unknown", "Progressing"],
} as const satisfies Record<Withheld["kind"], readonly [Condition["status"], ConditionReason]>;

/** The reason of its `Stalled` condition. Other kinds do not stall a key. */
export const STALLED_OF_WITHHELD: Partial<Record<Withheld["kind"], ConditionReason>> = {
  "ownership-conflict": "OwnershipConflict",
  unmodifiable: "UnmodifiableRole",
  "immutable-field": "ImmutableField",
  quota: "QuotaExceeded",
};

/** The withheld change that the condition is about; undefined if there is none. */
export function withheldBehind(
  { type, reason }: Condition,
  withheld: readonly Withheld[],
): Withheld | undefined {
  return withheld.find(({ kind }) =>
    type === "Stalled" ? STALLED_OF_WITHHELD[kind] === reason : READY_OF_WITHHELD[kind][1] === reason,
  );
}
