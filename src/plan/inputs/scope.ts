import { roleOwnership, ownerOf, type Ownership } from "../../diff/drift/ownership.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { Drift, DriftChange } from "../../model/drift.ts";
import { liveFunction, liveRole, type LiveFunction, type LiveRole } from "../../model/live.ts";
import type { PlanContext } from "./context.ts";

/** One binding with what its planners share. */
export interface BindingScope {
  readonly binding: DesiredBinding;
  readonly context: PlanContext;
  /** null when there is none. */
  readonly role: LiveRole | null;
  /** null when there is no role. */
  readonly ownership: Ownership | null;
  /** null when it does not exist or was not read. */
  readonly found: LiveFunction | null;
  /** Confirmed, and not left to people. */
  readonly drifts: readonly Drift[];
  /** Left to an operator: something else keeps setting these fields. */
  readonly contended: readonly Drift[];
  /** Live may still show what was before our own writes. */
  readonly unconfirmed: readonly Drift[];
}

export function bindingScope(
  binding: DesiredBinding,
  { drifts, contended }: Pick<BindingScope, "drifts" | "contended">,
  context: PlanContext,
): BindingScope {
  const role = liveRole(context.live, binding.role.name);
  const found = liveFunction(context.live, binding.region, binding.functionName);
  return {
    binding,
    context,
    role: role.kind === "present" ? role.value : null,
    ownership: role.kind === "present" ? roleOwnership(role.value, ownerOf(binding), context) : null,
    found: found.kind === "present" ? found.value : null,
    drifts: drifts.filter((drift) => drift.certainty === "confirmed"),
    contended,
    unconfirmed: drifts.filter((drift) => drift.certainty === "pending"),
  };
}

type ChangeKind = DriftChange["kind"];
type DriftOf<K extends ChangeKind> = Drift & { readonly change: Extract<DriftChange, { readonly kind: K }> };

/** The drifts of one kind, in their own order. */
export function driftsOf<K extends ChangeKind>(drifts: readonly Drift[], kind: K): readonly DriftOf<K>[] {
  return drifts.filter((drift): drift is DriftOf<K> => drift.change.kind === kind);
}
