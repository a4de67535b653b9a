import type { MapEdge, MapNode } from "../../model/answers/questions/access-map.ts";
import { arnParts } from "../../model/aws/arn.ts";
import { keyParts } from "../../model/keys/key.ts";

/**
 * Whether the policy of the called function leaves the call to the caller's role: it does in its own account. In another
 * account, a statement has to let the caller's account in; in another partition, nothing can.
 * @param into what may call the function
 */
export function mayInvoke(caller: MapNode, called: MapNode, into: readonly MapEdge[]): boolean {
  if (caller.key === null || called.key === null || caller.arn === null || called.arn === null) return false;
  if (arnParts(caller.arn).partition !== arnParts(called.arn).partition) return false;
  const { accountId } = keyParts(caller.key);
  if (accountId === keyParts(called.key).accountId) return true;
  return into.some(({ accounts }) => accounts === "any" || accounts.includes(accountId));
}
