import type { AccountId } from "../../model/aws/ids.ts";
import { accountIdOf, type Key } from "../../model/keys/key.ts";
import type { ComparedChanges, PassMemoryRow } from "../../model/passes/pass-memory.ts";
import { requestsTo } from "../../model/passes/request-limits.ts";
import type { ControllerPorts } from "../settings.ts";
import type { AccountMemory } from "../state/account-memory.ts";
import type { ControllerState } from "../state/controller-state.ts";

/**
 * The row of an account from which the active replica answers; none if this process answers about it itself.
 * @param compared null: the pass was over something else than what is in force
 * @throws Error if the record cannot be written
 */
export async function memoryRows(
  accountId: AccountId,
  { views, holds, orphans, rejected, failure, fault, unread }: AccountMemory,
  {
    memories,
    requestLimits,
    compared,
  }: Pick<ControllerPorts, "memories" | "requestLimits"> & { readonly compared: ComparedChanges | null },
): Promise<readonly PassMemoryRow[]> {
  if (memories === null) return [];
  const requests = requestsTo(accountId, requestLimits);
  const memory = { accountId, requests, views, holds, orphans, rejected, failure, fault, unread, compared };
  return [await memories.prepare(memory)];
}

/** @param observed the keys that the pass has compared; empty if something newer is in force */
export function comparedChanges(
  accountId: AccountId,
  { enforced, unobserved, uncompared }: Pick<ControllerState, "enforced" | "unobserved" | "uncompared">,
  observed: ReadonlySet<Key>,
): ComparedChanges | null {
  if (enforced?.digest === undefined) return null;
  const isLeft = (key: Key): boolean => accountIdOf(key) === accountId && !observed.has(key);
  return {
    digest: enforced.digest,
    unobserved: [...unobserved].filter(isLeft),
    uncompared: [...uncompared.keys()].filter(isLeft),
  };
}
