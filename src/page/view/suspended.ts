import type { OverviewObject } from "../../api/overview.ts";
import type { SuspensionObject } from "../../api/commands.ts";
import { keyParts, type Key } from "../../model/keys/key.ts";
import type { KnownStates } from "./filters.ts";

export function covers({ spec: { scope } }: SuspensionObject, key: Key): boolean {
  const { accountId, namespace } = keyParts(key);
  if (scope.key !== null) return scope.key === key;
  return (
    (scope.accountId === null || scope.accountId === accountId) &&
    (scope.namespace === null || scope.namespace === namespace)
  );
}

/** null: the overview is not read, so nothing is known about the rows. */
export function knownStates(overview: OverviewObject | null): KnownStates {
  const { suspensions = [], actionRequired = [], holds = [] } = overview?.status ?? {};
  const blocked = new Set<string>(
    holds.flatMap(({ status }) => (status.rejected === null ? status.keys : [])),
  );
  for (const item of actionRequired) {
    if (item.kind === "refused") blocked.add(item.key);
    if (item.kind === "broken") for (const key of item.keys) blocked.add(key);
  }
  return { blocked, isSuspended: ({ key }) => suspensions.some((each) => covers(each, key)) };
}
