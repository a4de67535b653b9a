import type { Suspension, SuspensionScope } from "../model/approval.ts";
import { keyParts, type Key } from "../model/key.ts";

/** The suspension that covers the key and ends last; undefined when none does. */
export function suspensionOf(key: Key, suspensions: readonly Suspension[]): Suspension | undefined {
  return suspensions
    .filter((suspension) => covers(suspension.scope, key))
    .sort((a, b) => (a.until === b.until ? (a.id < b.id ? -1 : 1) : a.until < b.until ? 1 : -1))[0];
}

export function covers(scope: SuspensionScope, key: Key): boolean {
  const { accountId, namespace } = keyParts(key);
  if (scope.key !== null) return scope.key === key;
  if (scope.accountId !== null && scope.accountId !== accountId) return false;
  return scope.namespace === null || scope.namespace === namespace;
}

/**
 * A second suspension of the same scope makes the first one longer, and never shorter: who suspended it first counts
 * on its end.
 */
export function extended(inForce: readonly Suspension[], wanted: Suspension): Suspension {
  const scope = formatScope(wanted.scope);
  const first = inForce.find((suspension) => formatScope(suspension.scope) === scope);
  if (first === undefined) return wanted;
  return first.until >= wanted.until ? first : { ...wanted, id: first.id, at: first.at };
}

/** `everything`, `account 111122223333`, `namespace orders in account …` or the key. */
export function formatScope(scope: SuspensionScope): string {
  if (scope.key !== null) return scope.key;
  if (scope.accountId === null && scope.namespace === null) return "everything";
  if (scope.namespace === null) return `account ${scope.accountId}`;
  return scope.accountId === null
    ? `namespace ${scope.namespace}`
    : `namespace ${scope.namespace} in account ${scope.accountId}`;
}
