import type { OverviewObject } from "../../api/overview.ts";
import { covers } from "../../model/keys/suspension-scope.ts";
import type { KnownStates } from "./filters.ts";

/** null: the overview is not read, so nothing is known about the rows. */
export function knownStates(overview: OverviewObject | null): KnownStates {
  const suspensions = overview?.status.suspensions ?? [];
  return { isSuspended: ({ key }) => suspensions.some(({ spec }) => covers(spec.scope, key)) };
}
