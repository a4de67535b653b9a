import type { Desired } from "../../model/desired.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import type { Key } from "../../model/keys/key.ts";
import { selected } from "../../model/values/lists.ts";
import { byTextOf, sortedByKey } from "../../text/order.ts";
import { firstDiagnostics } from "../capped.ts";
import { distinct } from "../diagnostics.ts";
import type { Conflicts } from "./conflicts.ts";
import type { Functions } from "./functions/all-functions.ts";
import type { CompiledPolicies } from "./policies.ts";

type Reason = readonly [Key, readonly Diagnostic[]];

/** Every part of a compilation that may make a key invalid. */
interface CompiledStates {
  readonly functions: Pick<Functions, "bindings" | "invalid">;
  readonly conflicts: Pick<Conflicts, "byKey">;
  readonly otherReleases: ReadonlyMap<Key, readonly Diagnostic[]>;
  readonly dependencies: readonly Reason[];
  readonly policies: Pick<CompiledPolicies, "policies" | "invalid">;
  readonly profiles: { readonly invalid: Iterable<Reason> };
}

/** The states that nothing makes invalid, and why the others are. */
export interface ValidStates extends Pick<Desired, "bindings" | "policies"> {
  readonly invalid: ReadonlyMap<Key, readonly Diagnostic[]>;
}

export function validStates({
  functions,
  conflicts,
  otherReleases,
  dependencies,
  policies,
  profiles,
}: CompiledStates): ValidStates {
  const ofFunctions = [...functions.invalid, ...conflicts.byKey, ...otherReleases, ...dependencies];
  const reasons = [...ofFunctions, ...policies.invalid, ...profiles.invalid];
  const invalid = mergedReasons(reasons);
  return {
    invalid,
    bindings: sortedByKey(selected(functions.bindings, ({ key }) => !invalid.has(key))),
    policies: sortedByKey(selected(policies.policies, ({ key }) => !invalid.has(key))),
  };
}

function mergedReasons(
  parts: readonly (readonly [Key, readonly Diagnostic[]])[],
): ReadonlyMap<Key, readonly Diagnostic[]> {
  const byKey = new Map<Key, Diagnostic[]>();
  for (const [key, reasons] of [...parts].sort(byTextOf(([key]) => key))) {
    const known = byKey.get(key) ?? [];
    for (const reason of reasons) known.push(reason);
    byKey.set(key, known);
  }
  return new Map(
    [...byKey].map(([key, reasons]) => [
      key,
      firstDiagnostics(distinct(reasons), MAX_REASONS, "of this key"),
    ]),
  );
}

/** The maximum number of reasons for one key, since thousands of documents may claim it. */
const MAX_REASONS = 20;
