import { actionDigest, type Action } from "../model/action.ts";
import type { Approval } from "../model/approval.ts";
import type { Digest } from "../model/digest.ts";
import type { Key } from "../model/key.ts";

/**
 * True when one approval that has not ended covers what is left to do: the same actions in the same order, some of
 * them done already. Any other action ends it.
 */
export function isApproved(
  key: Key,
  actions: readonly Action[],
  approvals: readonly Approval[],
  nowMs: number,
): boolean {
  const wanted = actions.map(actionDigest);
  return approvals.some((approval) => {
    const covered = Object.hasOwn(approval.actions, key) ? approval.actions[key] : undefined;
    return covered !== undefined && Date.parse(approval.expiresAt) > nowMs && isInOrder(wanted, covered);
  });
}

function isInOrder(wanted: readonly Digest[], covered: readonly Digest[]): boolean {
  let at = 0;
  for (const digest of covered) {
    if (digest === wanted[at]) at += 1;
  }
  return at === wanted.length;
}
