import type { OverviewObject } from "../../api/overview.ts";
import { covers } from "../../model/keys/suspension-scope.ts";
import type { KnownStates } from "./filters.ts";

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
  return { blocked, isSuspended: ({ key }) => suspensions.some(({ spec }) => covers(spec.scope, key)) };
}
