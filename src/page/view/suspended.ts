import type { HoldRisk, OverviewObject } from "../../api/overview.ts";
import type { Key } from "../../model/keys/key.ts";
import { covers } from "../../model/keys/suspension-scope.ts";
import { RISKS, type KnownStates } from "./filters.ts";

/** null: the overview is not read, so nothing is known about the rows. */
export function knownStates(overview: OverviewObject | null): KnownStates {
  const risks = risksOf(overview);
  const suspensions = overview?.status.suspensions ?? [];
  return {
    isSuspended: ({ key }) => suspensions.some(({ spec }) => covers(spec.scope, key)),
    riskOf: ({ key }) => risks.get(key) ?? null,
  };
}

/** The highest of the pending approvals of each key. A rejected plan waits for no one. */
function risksOf(overview: OverviewObject | null): ReadonlyMap<Key, HoldRisk> {
  const risks = new Map<Key, HoldRisk>();
  for (const { status } of overview?.status.holds ?? []) {
    const { risk, keys, rejected } = status;
    if (risk === null || rejected !== null) continue;
    for (const key of keys) if (rank(risk) > rank(risks.get(key))) risks.set(key, risk);
  }
  return risks;
}

/** -1: no pending approval has the key. */
function rank(risk: HoldRisk | undefined): number {
  return risk === undefined ? -1 : RISKS.indexOf(risk);
}
