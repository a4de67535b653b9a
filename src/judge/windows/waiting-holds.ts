import { keyParts, type Key } from "../../model/keys/key.ts";
import { isOfGit, type Action, type KeyPlan } from "../../model/plan.ts";
import type { HeldBack, WaitingCode } from "../../model/verdict.ts";
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

/**
 * The end of an exposure, and what only removes access, are more urgent than the order of two functions. A removal keeps to
 * that order. A window of the platform may name when anything is written.
 */
function isHeldBy(plan: KeyPlan, code: WaitingCode): boolean {
  if (!changesFromGit(plan)) return false;
  if (code === "change-window" || plan.purpose === "delete") return true;
  return !plan.actions.some(({ endsExposure }) => endsExposure) && !onlyNarrows(plan.actions);
}

/** Access is removed, and none is added: not even one whose effect is unknown. */
function onlyNarrows(actions: readonly Action[]): boolean {
  const deltas = actions.filter(isOfGit).map(({ delta }) => delta);
  return (
    deltas.some(({ noLongerAllowed }) => noLongerAllowed.length > 0) &&
    deltas.every(({ allowed, unknownEffect }) => allowed.length + unknownEffect.length === 0)
  );
}

/** A write that reverts a change in AWS, or undoes a refused state, never waits for a window. */
function changesFromGit({ purpose, actions }: KeyPlan): boolean {
  if (purpose === "undo") return false;
  return purpose === "delete" ? actions.length > 0 : actions.some(isOfGit);
}

/**
 * The approved parts of a plan that may run while something holds changes from Git back: reverts, and while a function waits
 * for another one, what only removes access.
 * @param released whose actions may run otherwise
 */
export function withoutHeldParts(released: readonly Action[], gate: Gate | null): readonly Action[] {
  if (gate?.kind !== "closed") return released;
  return released.filter(
    (action) => !isOfGit(action) || (gate.code === "depends-on" && onlyNarrows([action])),
  );
}

/** What holds the plan, or a part of it that an operator may approve, back now; null: nothing. */
export function heldBackBy(plan: KeyPlan, gate: Gate | null): HeldBack | null {
  if (gate?.kind !== "closed") return null;
  const { code, reason } = gate;
  const parts = plan.approvable.filter(
    ({ actions }) => withoutHeldParts(actions, gate).length < actions.length,
  );
  const isFree =
    code === "depends-on" && !isHeldBy(plan, code) && plan.actions.length > 0 && parts.length === 0;
  return isFree ? null : { code, reason };
}
