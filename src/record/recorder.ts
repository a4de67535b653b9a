import type { AuditEntry, AuditFact } from "../audit/entry.ts";
import type { AuditLog } from "../controller/ports/audit-log.ts";
import type { Clock } from "../controller/ports/clock.ts";
import type { EventLoop } from "../controller/ports/event-loop.ts";
import type { OutboxStore } from "../controller/ports/outbox-store.ts";
import type { Recorder } from "../controller/ports/recorder.ts";
import type { Store } from "../controller/ports/store.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { countSettlement } from "./metrics.ts";
import { plannedAlerts } from "./planned-alerts.ts";
import { withTeams, type Route } from "./route.ts";
import type { Settlement } from "../settle/settlement.ts";
import type { AccountRecord } from "../model/records/account-record.ts";
import type { RecordChange } from "../model/records/record-change.ts";

export interface RecorderParts {
  readonly audit: Pick<AuditLog, "append">;
  readonly store: Pick<Store, "commit">;
  readonly outboxStore: Pick<OutboxStore, "incidents">;
  readonly telemetry: Telemetry;
  readonly routes: readonly Route[];
  readonly clock: Pick<Clock, "nowMs">;
  readonly eventLoop: Pick<EventLoop, "turn">;
}

/**
 * A transaction blocks the event loop: one transaction for 8,000 functions would block it for seconds. A smaller one
 * costs one more fsync, which is much less than the work for its rows.
 */
const FACTS_AT_A_TIME = 100;
const ROWS_AT_A_TIME = 50;

/**
 * Appends the facts first, so that every later record is based on audit entries. Then it commits the change and the
 * alerts together, so that no alert is lost and no alert reports an unrecorded change. A change of more than 50 rows
 * is split into several commits: the first has the alerts, the last the accepted revision of the source, so that a kill
 * in between repeats both and loses neither. The last also has the sweep of the account, because a
 * difference that is not recorded yet would be taken for one that began after this sweep. If a commit fails, the facts
 * are already recorded; they are repeated when the change is recorded again.
 */
export function createRecorder(parts: RecorderParts): Recorder {
  return {
    async record(settlement: Settlement): Promise<void> {
      const { facts, change, alerts } = settlement;
      const entries = await appendAll(facts, parts.audit);
      const routes = parts.routes.map((route) => withTeams(route, settlement));
      const hiddenKeys = settlement.hiddenKeys ?? new Set();
      const planned = await plannedAlerts(alerts, entries, { ...parts, routes, hiddenKeys });
      const { incidents, endedIncidents } = planned;
      const outbox = [...(change.outbox ?? []), ...planned.outbox];
      const whole = { ...change, incidents, outbox, endedIncidents };
      if (Object.values(whole).some((members) => members.length > 0)) await commitAll(whole, parts);
      countSettlement(settlement, planned.severities, parts.telemetry);
    },
  };
}

async function appendAll(
  facts: readonly AuditFact[],
  audit: RecorderParts["audit"],
): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (const part of partsOf(facts, FACTS_AT_A_TIME)) entries.push(...(await audit.append(part)));
  return entries;
}

async function commitAll(change: RecordChange, { store, eventLoop }: RecorderParts): Promise<void> {
  const { keys = [], objects = [], removedObjects = [], sources = [], accounts = [], ...rest } = change;
  if (keys.length + objects.length + removedObjects.length <= ROWS_AT_A_TIME) return store.commit(change);
  const rows: RecordChange[] = [
    ...partsOf(keys, ROWS_AT_A_TIME).map((part) => ({ keys: part })),
    ...partsOf(objects, ROWS_AT_A_TIME).map((part) => ({ objects: part })),
    ...partsOf(removedObjects, ROWS_AT_A_TIME).map((part) => ({ removedObjects: part })),
  ];
  const [first = {}, ...others] = rows;
  await store.commit({ ...rest, accounts: accounts.map(beforeSweep), ...first });
  for (const part of [...others, { sources, accounts }]) {
    await eventLoop.turn();
    await store.commit(part);
  }
}

/** With the sweep before the last one, which is no later than what the records of the keys show. */
function beforeSweep(account: AccountRecord): AccountRecord {
  return { ...account, lastSweepMs: account.previousSweepMs };
}

function partsOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
