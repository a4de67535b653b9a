import type { AuditEntry } from "../audit/entry.ts";
import type { AuditLog } from "../controller/ports/audit-log.ts";
import type { Clock } from "../controller/ports/clock.ts";
import type { AlertEvent, Recorder, Settlement } from "../controller/ports/recorder.ts";
import type { RecordChange, Store } from "../controller/ports/store.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { Incidents } from "./incidents.ts";
import { messageOf } from "./message.ts";
import { countSettlement } from "./metrics.ts";
import { narrowed, type Route } from "./route.ts";
import { severityOf } from "./severity.ts";

export interface RecorderParts {
  readonly audit: Pick<AuditLog, "append">;
  readonly store: Pick<Store, "commit">;
  readonly telemetry: Telemetry;
  readonly routes: readonly Route[];
  readonly clock: Pick<Clock, "nowMs">;
}

/**
 * Facts first, so that nothing is concluded of what the audit does not have; then the change and the alerts in one
 * commit, so that no alert is lost and none speaks of what was not kept. If the commit fails, the facts stand already:
 * recorded again, they stand twice.
 */
export function createRecorder(parts: RecorderParts): Recorder {
  const incidents = new Incidents();
  return {
    async record(settlement: Settlement): Promise<void> {
      const { facts, change } = settlement;
      const entries = facts.length === 0 ? [] : await parts.audit.append(facts);
      const outbox = outboxOf(settlement.alerts, entries, incidents, parts);
      if (hasChange(change) || outbox.length > 0) {
        await parts.store.commit({ ...change, outbox: [...(change.outbox ?? []), ...outbox] });
      }
      countSettlement(settlement, incidents, parts.telemetry);
      for (const alert of settlement.alerts) incidents.remember(alert);
    },
  };
}

function hasChange(change: RecordChange): boolean {
  return Object.values(change).some((members) => members.length > 0);
}

type Outgoing = NonNullable<RecordChange["outbox"]>;

/** One message for each route that the event concerns. */
function outboxOf(
  alerts: readonly AlertEvent[],
  entries: readonly AuditEntry[],
  incidents: Incidents,
  { routes, clock }: RecorderParts,
): Outgoing {
  const nowMs = clock.nowMs();
  const at = new Date(nowMs).toISOString();
  return alerts.flatMap((event) => {
    const severity = severityOf(event, incidents.openedAs(event, alerts));
    const seqs = seqsAbout(event, entries);
    return routes.flatMap((route) => {
      const seen = narrowed(event, severity, route);
      if (seen === null) return [];
      const body = JSON.stringify(messageOf(seen, { severity, seqs, at }));
      return [{ route: route.name, body, dueMs: nowMs }];
    });
  });
}

function seqsAbout(event: AlertEvent, entries: readonly AuditEntry[]): readonly number[] {
  if (!("key" in event)) return [];
  return entries.filter((entry) => "key" in entry && entry.key === event.key).map(({ seq }) => seq);
}
