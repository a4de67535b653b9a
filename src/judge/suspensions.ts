import type { Suspension } from "../model/approval.ts";
import type { Key } from "../model/keys/key.ts";
import { covers, formatScope } from "../model/keys/suspension-scope.ts";
import { byText } from "../text/order.ts";

/** The suspension that covers the key and ends last; undefined if there is none. */
export function suspensionOf(key: Key, suspensions: readonly Suspension[]): Suspension | undefined {
  return suspensions
    .filter((suspension) => covers(suspension.scope, key))
    .sort((a, b) => byText(b.until, a.until) || byText(a.id, b.id))[0];
}

/**
 * A second suspension of the same scope extends the first one and never shortens it: the operator of the first relies
 * on its end.
 */
export function extended(inForce: readonly Suspension[], wanted: Suspension): Suspension {
  const scope = formatScope(wanted.scope);
  const first = inForce.find((suspension) => formatScope(suspension.scope) === scope);
  if (first === undefined) return wanted;
  return first.until >= wanted.until ? first : { ...wanted, id: first.id, at: first.at };
}
