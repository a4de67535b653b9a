import type { AuditFact } from "../audit/entry.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { keyParts, type Key } from "../model/keys/key.ts";
import type { AlertSeverity } from "../model/records/incident-record.ts";
import type { Settlement } from "../settle/settlement.ts";
import { incidentOf } from "../model/records/incident-of.ts";

/**
 * Counts the recorded drifts; call this after they are durable.
 * @param severities of the ended incidents
 */
export function countSettlement(
  { facts, accountName, alerts }: Settlement,
  severities: ReadonlyMap<string, AlertSeverity>,
  telemetry: Telemetry,
): void {
  const accountOf = (key: Key): string => accountName ?? keyParts(key).accountId;
  for (const fact of facts) countFact(fact, accountOf, telemetry);
  for (const alert of alerts) {
    if (alert.kind !== "drift-closed" || alert.how !== "reverted") continue;
    const openMs = Math.max(0, Date.parse(alert.at) - Date.parse(alert.since));
    const severity = severities.get(incidentOf(alert)) ?? "other";
    telemetry.observe("drift_stood_seconds", openMs / 1_000, { account: alert.account, severity });
  }
}

function countFact(fact: AuditFact, accountOf: (key: Key) => string, telemetry: Telemetry): void {
  if (fact.kind === "drift-found") {
    telemetry.count("drift_found_total", { account: accountOf(fact.key), severity: fact.severity });
  }
  if (fact.kind === "drift-ended" && fact.how === "reverted") {
    telemetry.count("drift_reverted_total", { account: accountOf(fact.key) });
  }
}
