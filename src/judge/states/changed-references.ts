import {
  changedReferences,
  changedReferenceText,
  type ChangedReference,
  type PinnedReference,
} from "../../model/aws/reference.ts";
import { type DesiredTarget, isBinding } from "../../model/desired.ts";
import { withDigest, type KeyPlan } from "../../model/plan.ts";

interface PinnedStates {
  readonly applied: DesiredTarget | null;
  /** Of a state that was written in part since. */
  readonly pinned: readonly PinnedReference[];
}

/**
 * The plan with the references that are not the pinned ones any more: those of the applied state, and of one that was
 * written in part since. They are a part of what its approval covers, because AWS may have the new permissions already,
 * and those of another stack may be the same: then the plan has no call. A released function has no permissions of ours,
 * so nothing of it is held.
 */
export function withChangedReferences<T extends { readonly plan: KeyPlan }>(
  planned: T,
  { declared, ...states }: PinnedStates & { readonly declared: DesiredTarget },
): T {
  if (isBinding(declared) && declared.released === true) return planned;
  const changed = changedReferences(pinnedReferences(states), referencesOf(declared));
  if (changed.length === 0) return planned;
  return { ...planned, plan: withDigest({ ...planned.plan, changedReferences: changed }) };
}

/** Of two values of one reference, the one that was written last. */
function pinnedReferences({ applied, pinned }: PinnedStates): readonly PinnedReference[] {
  return [...referencesOf(applied), ...pinned];
}

export function referencesOf(state: DesiredTarget | null): readonly PinnedReference[] {
  return state !== null && isBinding(state) ? (state.references ?? []) : [];
}

/** `stack.orders.TableName changed from "a" to "b" in AWS, without a commit`. */
export function changedReferencesText(changed: readonly ChangedReference[]): string {
  return `${changed.map(changedReferenceText).join(", ")} in AWS, without a commit`;
}
