import type { Hold } from "../../model/answers/hold.ts";
import { isFromGit } from "../../model/plan.ts";
import { accountIdOf } from "../../model/keys/key.ts";
import { isSweepLong } from "../../judge/read-costs.ts";
import type { HeldChange } from "../ports/control.ts";
import type { AccountMemory } from "../state/account-memory.ts";
import type { ControllerState } from "../state/controller-state.ts";

/** A plan with one of these needs listings that were read for it. */
const AFTER_A_SWEEP: ReadonlySet<string> = new Set(["iam:DeleteRole", "iam:DeletePolicy"]);

/**
 * Makes approved keys due. In a large account the writes do not wait for a sweep, which takes minutes: each key is read
 * right before its own writes, and what was approved is written only if its plan is still the same.
 */
export function makeDue(
  hold: Hold,
  changes: readonly HeldChange[],
  { state, nowMs }: { readonly state: ControllerState; readonly nowMs: number },
): void {
  for (const [accountId, keys] of Map.groupBy(hold.keys, accountIdOf)) {
    const isPlanned =
      !state.assigned.has(accountId) && isLongToSweep(state.account(accountId)) && isReadLate(hold, changes);
    if (!isPlanned) state.queue.addSweep(accountId, nowMs);
    else for (const key of keys) state.queue.addPlanned(key);
  }
}

function isLongToSweep({ live, failure, fault }: AccountMemory): boolean {
  return live !== null && failure === null && fault === null && isSweepLong(live);
}

function isReadLate({ keys, wave }: Hold, changes: readonly HeldChange[]): boolean {
  if (wave !== undefined || changes.length < keys.length) return false;
  return changes.every(
    ({ stricter, actions }) =>
      stricter === null &&
      actions.length > 0 &&
      actions.every((action) => isFromGit(action) && !AFTER_A_SWEEP.has(action.call)),
  );
}
