import { keyParts, type Key } from "../../model/keys/key.ts";
import { isOfGit, type Action, type KeyPlan } from "../../model/plan.ts";
import type { WaitingCode } from "../../model/verdict.ts";
import { byKey } from "../../text/order.ts";
import type { Gate } from "./gates.ts";

export interface WaitingHold {
  readonly code: WaitingCode;
  readonly reason: string;
  readonly plans: readonly KeyPlan[];
  readonly group: null;
  /** ISO 8601; null: not before a manifest is corrected, another account is verified, or another function is in sync. */
  readonly opensAt: string | null;
}

type Gates = ReadonlyMap<Key, Gate>;

/**
 * Of the plans that change windows and dependencies hold back: one for each cause and namespace, so that one override
 * covers what one team changes.
 */
export function waitingHolds(plans: readonly KeyPlan[], gates: Gates): readonly WaitingHold[] {
  const closed = plans.flatMap((plan) => {
    const gate = gates.get(plan.key) ?? null;
    return gate?.kind === "closed" && isHeldBy(plan, gate.code) ? [{ plan, gate }] : [];
  });
  const together = Map.groupBy(closed, ({ plan, gate }) =>
    JSON.stringify([gate.reason, keyParts(plan.key).namespace]),
  );
  return [...together].sort(byKey).flatMap(([, members]): readonly WaitingHold[] => {
    const [first] = members;
    if (first === undefined) return [];
    const { code, reason, opensAt, isUnchecked = false } = first.gate;
    const held = members.map(({ plan }) => plan);
    const waits = isUnchecked ? "may wait for" : "waits for";
    return [{ code, reason: `${waits} ${reason}`, plans: held, group: null, opensAt }];
  });
}

/** The end of the window in which the plan is written (ISO 8601); null: no window limits it. */
export function openUntil(plan: KeyPlan, gates: Gates): string | null {
  const gate = gates.get(plan.key);
  return gate?.kind === "open" && changesFromGit(plan) ? gate.until : null;
}

/** The end of an exposure is more urgent than the order of two functions. A window of the platform may name when anything is written. */
function isHeldBy(plan: KeyPlan, code: WaitingCode): boolean {
  if (!changesFromGit(plan)) return false;
  return code === "change-window" || !plan.actions.some(({ endsExposure }) => endsExposure);
}

/** A write that reverts a change in AWS, or undoes a refused state, never waits for a window. */
function changesFromGit({ purpose, actions }: KeyPlan): boolean {
  if (purpose === "undo") return false;
  return purpose === "delete" ? actions.length > 0 : actions.some(isOfGit);
}

/**
 * The approved parts of a plan that may run while something holds changes from Git back: only reverts.
 * @param released whose actions may run otherwise
 */
export function withoutHeldParts(released: readonly Action[], gate: Gate | null): readonly Action[] {
  return gate?.kind === "closed" ? released.filter((action) => !isOfGit(action)) : released;
}
