import type { AuditEntry, AuditFact } from "../audit/entry.ts";
import type { AuditLog } from "../controller/ports/audit-log.ts";
import type { Clock } from "../controller/ports/clock.ts";
import type { EventLoop } from "../controller/ports/event-loop.ts";
import type { OutboxStore } from "../controller/ports/outbox-store.ts";
import type { Recorder } from "../controller/ports/recorder.ts";
import type { Store } from "../controller/ports/store.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { countSettlement } from "./metrics.ts";
import { plannedAlerts, type PlannedAlerts } from "./planned-alerts.ts";
import { withTeams, type Route } from "./route.ts";
import type { Settlement } from "../settle/settlement.ts";
import type { AlertEvent } from "../model/alert-event.ts";
import type { Key } from "../model/keys/key.ts";
import type { KeyRecord } from "../model/keys/key-record.ts";
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
 * is split into several commits: an alert about a key goes with the row of the key, so that a kill in between neither loses nor
 * repeats it; the first commit has all other alerts, the last the accepted revision of the source. The last also has the sweep of the account, because a
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
      const plan = (some: readonly AlertEvent[]): Promise<PlannedAlerts> =>
        plannedAlerts(some, entries, { ...parts, routes, hiddenKeys });
      const { ofKeys, others } = byKeys(alerts, change);
      const planned = await plan(others);
      const plannedOfKeys = await Promise.all(
        ofKeys.map(async ({ keys, about }) => ({ keys, ...(await plan(about)) })),
      );
      const combined = {
        ...change,
        ...changeOf(planned),
        outbox: [...(change.outbox ?? []), ...planned.outbox],
      };
      const rows = plannedOfKeys.map(({ keys, ...of }) => ({ keys, ...changeOf(of) }));
      if (Object.values(combined).some((members) => members.length > 0))
        await commitAll(combined, rows, parts);
      const severities = [planned, ...plannedOfKeys].flatMap((one) => [...one.severities]);
      countSettlement(settlement, new Map(severities), parts.telemetry);
    },
  };
}

interface KeyAlerts {
  readonly keys: readonly KeyRecord[];
  readonly about: readonly AlertEvent[];
}

function rowCount({ keys = [], objects = [], removedObjects = [] }: RecordChange): number {
  return keys.length + objects.length + removedObjects.length;
}

/** The keys in the parts in which they are committed, with the alerts about each part. One commit needs no parts. */
function byKeys(
  alerts: readonly AlertEvent[],
  change: RecordChange,
): { readonly ofKeys: readonly KeyAlerts[]; readonly others: readonly AlertEvent[] } {
  const { keys: records = [] } = change;
  if (rowCount(change) <= ROWS_AT_A_TIME) return { ofKeys: [], others: alerts };
  const known = new Set(records.map(({ key }) => key));
  const isOfKeys = (event: AlertEvent): event is AlertEvent & { readonly key: Key } =>
    "key" in event && known.has(event.key);
  const byKey = Map.groupBy(alerts.filter(isOfKeys), ({ key }) => key);
  return {
    ofKeys: partsOf(records, ROWS_AT_A_TIME).map((keys) => ({
      keys,
      about: keys.flatMap(({ key }) => byKey.get(key) ?? []),
    })),
    others: alerts.filter((event) => !isOfKeys(event)),
  };
}

function changeOf({
  outbox,
  incidents,
  endedIncidents,
}: Omit<PlannedAlerts, "severities">): Required<
  Pick<RecordChange, "outbox" | "incidents" | "endedIncidents">
> {
  return { outbox, incidents, endedIncidents };
}

async function appendAll(
  facts: readonly AuditFact[],
  audit: RecorderParts["audit"],
): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (const part of partsOf(facts, FACTS_AT_A_TIME)) entries.push(...(await audit.append(part)));
  return entries;
}

/** @param ofKeys the keys of the change in parts, with their alerts */
async function commitAll(
  change: RecordChange,
  ofKeys: readonly RecordChange[],
  { store, eventLoop }: RecorderParts,
): Promise<void> {
  const { keys: _, objects = [], removedObjects = [], sources = [], accounts = [], ...rest } = change;
  if (rowCount(change) <= ROWS_AT_A_TIME) return store.commit(change);
  const rows: RecordChange[] = [
    ...ofKeys,
    ...partsOf(objects, ROWS_AT_A_TIME).map((part) => ({ objects: part })),
    ...partsOf(removedObjects, ROWS_AT_A_TIME).map((part) => ({ removedObjects: part })),
  ];
  const [first = {}, ...others] = rows;
  await store.commit({ ...rest, accounts: accounts.map(beforeSweep), ...joinedAlerts(rest, first) });
  for (const part of [...others, { sources, accounts }]) {
    await eventLoop.turn();
    await store.commit(part);
  }
}

function joinedAlerts(rest: RecordChange, first: RecordChange): RecordChange {
  const { outbox = [], incidents = [], endedIncidents = [] } = rest;
  return {
    ...first,
    outbox: [...outbox, ...(first.outbox ?? [])],
    incidents: [...incidents, ...(first.incidents ?? [])],
    endedIncidents: [...endedIncidents, ...(first.endedIncidents ?? [])],
  };
}

/** With the sweep before the last one, which is no later than what the records of the keys show. */
function beforeSweep(account: AccountRecord): AccountRecord {
  return { ...account, lastSweepMs: account.previousSweepMs };
}

function partsOf<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
