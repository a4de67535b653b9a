import { keyParts, type Key } from "../../model/keys/key.ts";
import { isOfGit, type Action, type KeyPlan } from "../../model/plan.ts";
import { byKey } from "../../text/order.ts";
import type { Gate } from "./gates.ts";

export interface WindowHold {
  readonly code: "change-window";
  readonly reason: string;
  readonly plans: readonly KeyPlan[];
  readonly group: null;
  /** ISO 8601; null: not before a manifest is corrected, or another account is verified. */
  readonly opensAt: string | null;
}

type Gates = ReadonlyMap<Key, Gate>;

/** Of the plans that change windows hold back: one for each namespace, so that one override covers what one team changes. */
export function windowHolds(plans: readonly KeyPlan[], gates: Gates): readonly WindowHold[] {
  const closed = plans.filter(changesFromGit).flatMap((plan) => {
    const gate = gates.get(plan.key);
    return gate?.kind === "closed" ? [{ plan, gate }] : [];
  });
  const together = Map.groupBy(closed, ({ plan, gate }) =>
    JSON.stringify([gate.reason, keyParts(plan.key).namespace]),
  );
  return [...together].sort(byKey).flatMap(([, members]): readonly WindowHold[] => {
    const [first] = members;
    if (first === undefined) return [];
    const { reason, opensAt } = first.gate;
    const held = members.map(({ plan }) => plan);
    return [{ code: "change-window", reason: `waits for ${reason}`, plans: held, group: null, opensAt }];
  });
}

/** The end of the window in which the plan is written (ISO 8601); null: no window limits it. */
export function openUntil(plan: KeyPlan, gates: Gates): string | null {
  const gate = gates.get(plan.key);
  return gate?.kind === "open" && changesFromGit(plan) ? gate.until : null;
}

/** A write that reverts a change in AWS, or undoes a refused state, never waits for a window. */
function changesFromGit({ purpose, actions }: KeyPlan): boolean {
  if (purpose === "undo") return false;
  return purpose === "delete" ? actions.length > 0 : actions.some(isOfGit);
}

/**
 * The approved parts of a plan that a closed window lets run: only reverts.
 * @param released whose actions may run otherwise
 */
export function withoutHeldParts(released: readonly Action[], gate: Gate | null): readonly Action[] {
  return gate?.kind === "closed" ? released.filter((action) => !isOfGit(action)) : released;
}
