import {
  changedReferences,
  changedReferenceText,
  type ChangedReference,
  type PinnedReference,
} from "../../model/aws/reference.ts";
import { isBinding, type DesiredBinding, type DesiredPolicy } from "../../model/desired.ts";
import { withDigest, type KeyPlan } from "../../model/plan.ts";

type State = DesiredBinding | DesiredPolicy;

/**
 * The plan with the references that are not the pinned ones of the applied state any more. They are a part of what its
 * approval covers, because AWS may have the new permissions already, and those of another stack may be the same: then
 * the plan has no call. A released function has no permissions of ours, so nothing of it is held.
 */
export function withChangedReferences<T extends { readonly plan: KeyPlan }>(
  planned: T,
  { applied, declared }: { readonly applied: State | null; readonly declared: State },
): T {
  if (isBinding(declared) && declared.released === true) return planned;
  const changed = changedReferences(referencesOf(applied), referencesOf(declared));
  if (changed.length === 0) return planned;
  return { ...planned, plan: withDigest({ ...planned.plan, changedReferences: changed }) };
}

function referencesOf(state: State | null): readonly PinnedReference[] {
  return state !== null && isBinding(state) ? (state.references ?? []) : [];
}

/** `stack.orders.TableName changed from "a" to "b" in AWS, without a commit`. */
export function changedReferencesText(changed: readonly ChangedReference[]): string {
  return `${changed.map(changedReferenceText).join(", ")} in AWS, without a commit`;
}
