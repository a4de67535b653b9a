import type { Suspension, SuspensionScope } from "../approval.ts";
import { accountIdOf, keyParts, type Key, targetText } from "./key.ts";

/** The scope of a suspension, also as the API shows it. */
type ScopeTexts = { readonly [Field in keyof SuspensionScope]: string | null };

export function covers(scope: ScopeTexts, key: Key): boolean {
  const { accountId, namespace } = keyParts(key);
  if (scope.key !== null) return scope.key === key;
  if (scope.accountId !== null && scope.accountId !== accountId) return false;
  return scope.namespace === null || scope.namespace === namespace;
}

export function isSameScope(a: SuspensionScope, b: SuspensionScope): boolean {
  if (a.key !== null || b.key !== null) return a.key === b.key;
  return a.accountId === b.accountId && a.namespace === b.namespace;
}

/** The suspension that covers the key and ends last; undefined if there is none. */
export function suspensionOf(key: Key, suspensions: readonly Suspension[]): Suspension | undefined {
  const covering = suspensions.filter(({ scope }) => covers(scope, key));
  const isFirst = (a: Suspension, b: Suspension): boolean =>
    a.until === b.until ? a.id < b.id : a.until > b.until;
  return covering.toSorted((a, b) => (isFirst(a, b) ? -1 : 1))[0];
}

/** For people: `everything`, `account 111122223333`, `namespace orders in account …` or the key. */
export function formatScope(scope: SuspensionScope): string {
  if (scope.key !== null) return scope.key;
  if (scope.accountId === null && scope.namespace === null) return "everything";
  if (scope.namespace === null) return `account ${scope.accountId}`;
  return scope.accountId === null
    ? `namespace ${scope.namespace}`
    : `namespace ${scope.namespace} in account ${scope.accountId}`;
}

/** The target of a suspension as `suspend` and `resume` take it, or `everything`. @param accounts names by id */
export function scopeText(
  { key, namespace, accountId }: SuspensionScope,
  accounts: ReadonlyMap<string, string>,
): string {
  const accountName = (id: string): string => accounts.get(id) ?? id;
  if (key !== null) return targetText({ key, account: accountName(accountIdOf(key)) });
  const team = namespace === null ? "" : `${namespace}/`;
  const account = accountId === null ? "" : `@${accountName(accountId)}`;
  return team === "" && account === "" ? "everything" : `${team}${account}`;
}
