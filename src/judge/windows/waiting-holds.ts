import { keyParts, type Key } from "../../model/keys/key.ts";
import { isOfGit, type Action, type KeyPlan } from "../../model/plan.ts";
import {
  isOverriddenBy,
  type HeldBack,
  type Verdict,
  type WaitCause,
  type WaitingCode,
} from "../../model/verdict.ts";
import { byKey } from "../../text/order.ts";
import type { Gate, Wait } from "./gates.ts";

export interface WaitingHold {
  readonly code: WaitingCode;
  readonly cause: WaitCause;
  readonly reason: string;
  readonly plans: readonly KeyPlan[];
  readonly group: null;
  /** ISO 8601; null: no window opens, such as while another account is not verified. */
  readonly opensAt: string | null;
}

type Gates = ReadonlyMap<Key, Gate>;

/**
 * Of the plans that change windows and dependencies hold back: one for each cause and namespace, so that one override
 * covers what one team changes. Windows come first, then accounts, then functions: an override of one leaves the others.
 */
export function waitingHolds(plans: readonly KeyPlan[], gates: Gates): readonly WaitingHold[] {
  const closed = plans.flatMap((plan) =>
    waitsOf(plan, gates.get(plan.key) ?? null).map((wait) => ({ plan, wait })),
  );
  const together = Map.groupBy(closed, ({ plan, wait }) =>
    JSON.stringify([RANK[wait.cause.code], wait.cause, wait.reason, keyParts(plan.key).namespace]),
  );
  return [...together].sort(byKey).flatMap(([, members]): readonly WaitingHold[] => {
    const [first] = members;
    if (first === undefined) return [];
    const { cause, reason, opensAt, isUnchecked = false } = first.wait;
    const held = members.map(({ plan }) => plan);
    const waits = isUnchecked ? "may wait for" : "waits for";
    return [{ code: cause.code, cause, reason: `${waits} ${reason}`, plans: held, group: null, opensAt }];
  });
}

const RANK = {
  "change-window": 0,
  "account-order": 1,
  "depends-on": 2,
} as const satisfies Record<WaitingCode, number>;

/** Those of a gate that hold the plan back, in the order in which they are shown. */
function waitsOf(plan: KeyPlan, gate: Gate | null): readonly Wait[] {
  return gate?.kind === "closed" ? gate.waits.filter(({ cause }) => isHeldBy(plan, cause.code)) : [];
}

/** The end of the window in which the plan is written (ISO 8601); null: no window limits it. */
export function openUntil(plan: KeyPlan, gates: Gates): string | null {
  const until = gates.get(plan.key)?.until ?? null;
  return changesFromGit(plan) ? until : null;
}

/**
 * The end of an exposure, and what only removes access, are more urgent than the order of two functions. A removal keeps to
 * that order. A window of the platform may name when anything is written.
 */
function isHeldBy(plan: KeyPlan, code: WaitingCode): boolean {
  if (!changesFromGit(plan)) return false;
  if (code !== "depends-on" || plan.purpose === "delete") return true;
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
    (action) => !isOfGit(action) || (areOfFunctions(gate.waits) && onlyNarrows([action])),
  );
}

function areOfFunctions(waits: readonly Wait[]): boolean {
  return waits.every(({ cause }) => cause.code === "depends-on");
}

/** What holds the plan, or a part of it that an operator may approve, back now; null: nothing. */
export function heldBackBy(plan: KeyPlan, gate: Gate | null): HeldBack | null {
  if (gate?.kind !== "closed") return null;
  const [first] = gate.waits;
  const parts = plan.approvable.filter(
    ({ actions }) => withoutHeldParts(actions, gate).length < actions.length,
  );
  const isFree =
    areOfFunctions(gate.waits) &&
    waitsOf(plan, gate).length === 0 &&
    plan.actions.length > 0 &&
    parts.length === 0;
  return isFree ? null : heldBy(first);
}

/** What holds the plan back besides the wait that its verdict names, or the first one, and what no one has overridden. */
export function furtherWaits(
  plan: KeyPlan,
  gate: Gate | null,
  {
    verdict,
    isOverridden,
  }: { readonly verdict: Verdict; readonly isOverridden: (cause: WaitCause) => boolean },
): readonly HeldBack[] {
  const waits = waitsOf(plan, gate).filter(({ cause }) => !isOverridden(cause));
  const named = verdict.kind === "hold" ? verdict.cause : undefined;
  const others = waits.filter(({ cause }, at) =>
    named === undefined ? at > 0 : !isOverriddenBy(cause, named),
  );
  return others.map(heldBy);
}

function heldBy({ cause, reason, opensAt, earliestAt }: Wait): HeldBack {
  const notBefore = earliestAt ?? opensAt;
  return {
    code: cause.code,
    reason,
    ...(notBefore !== null && { earliestAt: notBefore }),
    ...(cause.code === "depends-on" && { dependsOn: cause.key }),
  };
}
