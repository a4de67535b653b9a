import { servicesOf } from "../../iam/read/services.ts";
import type { Desired } from "../../model/desired.ts";
import type { Key } from "../../model/keys/key.ts";
import type { Steps } from "../../model/values/steps.ts";
import { sortedSet } from "../../text/order.ts";
import type { EnforcedNow } from "../state/controller-state.ts";

type BindingsAndPolicies = Pick<Desired, "bindings" | "policies">;

/** The services of the declared actions. Sorted and unique. */
export function* servicesIn({ bindings, policies }: BindingsAndPolicies): Steps<readonly string[]> {
  // Thousands of functions have the same actions.
  const actions = new Set<unknown>();
  const declared = [...bindings.values()].map(({ role }) => role.inline);
  for (const { statements } of [...declared, ...[...policies.values()].map(({ document }) => document)]) {
    for (const { statement } of statements)
      for (const element of [statement.Action, statement.NotAction])
        if (Array.isArray(element)) for (const action of element) actions.add(action);
        else actions.add(element);
    yield;
  }
  return sortedSet(servicesOf({ Action: [...actions] }));
}

/** What was in force before, and the keys whose state differs from it; more keys do no harm. */
interface StepFrom {
  readonly before: {
    readonly desired: BindingsAndPolicies;
    /** Those whose action data was loaded for it. */
    readonly services: EnforcedNow["actionData"]["services"];
  } | null;
  readonly changed: readonly Key[];
}

/**
 * The services for which the action data must be loaded. If the changed keys name all services that they named before,
 * no other key needs to be read: a push changes few of ten thousand. Otherwise a service may be named no more.
 */
export function* servicesAfter(
  desired: BindingsAndPolicies,
  { before, changed }: StepFrom,
): Steps<readonly string[]> {
  if (before === null) return yield* servicesIn(desired);
  const then = yield* servicesIn(statesOf(changed, before.desired));
  const now = new Set(yield* servicesIn(statesOf(changed, desired)));
  if (!then.every((service) => now.has(service))) return yield* servicesIn(desired);
  return sortedSet([...before.services, ...now]);
}

function statesOf(keys: readonly Key[], { bindings, policies }: BindingsAndPolicies): BindingsAndPolicies {
  return { bindings: selectedOf(bindings, keys), policies: selectedOf(policies, keys) };
}

function selectedOf<State>(states: ReadonlyMap<Key, State>, keys: readonly Key[]): ReadonlyMap<Key, State> {
  const selected = new Map<Key, State>();
  for (const key of keys) {
    const state = states.get(key);
    if (state !== undefined) selected.set(key, state);
  }
  return selected;
}
