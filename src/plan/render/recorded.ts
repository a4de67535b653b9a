import { recordedDelta } from "../../iam/row-text.ts";
import type { Delta, RecordedDelta } from "../../model/delta.ts";
import type { KeyPlan } from "../../model/plan.ts";

/** A drift, an action or a view as the API has it: with the texts of its rows. */
export function recorded<Value extends { readonly delta: Delta }>(
  value: Value,
): Omit<Value, "delta"> & { readonly delta: RecordedDelta } {
  return { ...value, delta: recordedDelta(value.delta) };
}

export function recordedPlan(plan: KeyPlan): KeyPlan<RecordedDelta> {
  return {
    ...plan,
    actions: plan.actions.map(recorded),
    approvable: plan.approvable.map((part) => ({ ...part, actions: part.actions.map(recorded) })),
  };
}
