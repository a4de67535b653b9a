import type { AccountId } from "../../model/aws/ids.ts";
import type { PassMemoryRow } from "../../model/passes/pass-memory.ts";
import type { ControllerPorts } from "../settings.ts";
import type { AccountMemory } from "../state/account-memory.ts";

/**
 * The row of an account from which the active replica answers; none if this process answers about it itself.
 * @throws Error if the record cannot be written
 */
export async function memoryRows(
  accountId: AccountId,
  { views, holds, orphans, rejected, failure, fault, unread }: AccountMemory,
  { memories }: Pick<ControllerPorts, "memories">,
): Promise<readonly PassMemoryRow[]> {
  if (memories === null) return [];
  return [await memories.prepare({ accountId, views, holds, orphans, rejected, failure, fault, unread })];
}
