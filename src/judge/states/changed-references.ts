import { changedReferences, type PinnedReference } from "../../model/aws/reference.ts";
import { isBinding, type DesiredBinding, type DesiredPolicy } from "../../model/desired.ts";

type State = DesiredBinding | DesiredPolicy;

/**
 * A sentence about the references whose value is not the pinned one of the applied state: `stack.orders.TableName changed
 * from "a" to "b" in AWS, without a commit`; null: there are none. A reference that was not applied yet has no pinned
 * value, and is judged as what a new manifest declares.
 */
export function changedReferencesText(applied: State | null, declared: State | null): string | null {
  const changed = changedReferences(referencesOf(applied), referencesOf(declared));
  if (changed.length === 0) return null;
  const texts = changed.map(({ text, before, after }) => `${text} changed from "${before}" to "${after}"`);
  return `${texts.join(", ")} in AWS, without a commit`;
}

function referencesOf(state: State | null): readonly PinnedReference[] {
  return state !== null && isBinding(state) ? (state.references ?? []) : [];
}
