import type { AuditEntry, AuditFact } from "../../../src/audit/entry.ts";
import type { AlertEvent } from "../../../src/model/alert-event.ts";
import type { Settlement } from "../../../src/settle/settlement.ts";
import type { RecordChange } from "../../../src/model/records/record-change.ts";
import type { AlertMessage } from "../../../src/record/message.ts";
import { createRecorder } from "../../../src/record/recorder.ts";
import type { Route } from "../../../src/record/route.ts";
import type { OpenIncident } from "../../../src/model/records/incident-record.ts";
import { routeOf } from "./alert-receivers.ts";
import { testClock, testTelemetry } from "../../store/engines.ts";

export const EVERYTHING: Route = routeOf();

/** A recorder over an audit and a store that remember what they were given, in order. */
export function recording(
  routes: readonly Route[] = [EVERYTHING],
  fails: { audit?: boolean; store?: boolean } = {},
) {
  const log: string[] = [];
  const changes: RecordChange[] = [];
  const settledFacts: (readonly AuditFact[])[] = [];
  const telemetry = testTelemetry();
  const observed: unknown[] = [];
  let seq = 0;
  const open = new Map<string, OpenIncident>();
  const audit = {
    append: async (facts: readonly AuditFact[]): Promise<readonly AuditEntry[]> => {
      if (fails.audit === true) throw new Error("disk full");
      log.push(`audit ${facts.map((fact) => fact.kind).join()}`);
      return facts.map((fact) => ({
        ...fact,
        seq: (seq += 1),
        at: "",
        prev: "",
        hash: "",
      })) as readonly AuditEntry[];
    },
  };
  const settlements = {
    record: async (
      facts: readonly AuditFact[],
      changeFor: (firstSeq: number) => RecordChange,
    ): Promise<void> => {
      // A store may ask for the change of another number before the one that it commits.
      changeFor(seq + 1_000);
      const change = changeFor(seq + 1);
      if (fails.store === true) throw new Error("disk full");
      seq += facts.length;
      log.push(["settle", facts.map((fact) => fact.kind).join()].join(" ").trimEnd());
      changes.push(change);
      settledFacts.push(facts);
      for (const one of change.incidents ?? []) {
        const notified = (change.outbox ?? []).filter(({ opens }) => opens === one.incident);
        const before = open.get(one.incident)?.notifiedMs ?? [];
        const notifiedMs = new Map([
          ...before,
          ...notified.map(({ route, dueMs }) => [route, dueMs] as const),
        ]);
        open.set(one.incident, { ...one, notifiedMs });
      }
      for (const name of change.endedIncidents ?? []) open.delete(name);
    },
  };
  const parts = {
    audit,
    settlements,
    outboxStore: {
      incidents: async () => [...open.values()],
    },
    telemetry: { ...telemetry, observe: (...all: readonly unknown[]) => void observed.push(all) },
    routes,
    clock: testClock(),
    eventLoop: { turn: async () => void log.push("turn") },
  };
  const recorder = createRecorder(parts);
  const sent = (): readonly (AlertMessage & { readonly route: string })[] =>
    changes.flatMap((change) =>
      (change.outbox ?? []).map(({ route, body }) => ({ route, ...(JSON.parse(body) as AlertMessage) })),
    );
  return { recorder, log, changes, settledFacts, telemetry, observed, sent };
}

export function settlement(
  alerts: readonly AlertEvent[],
  facts: readonly AuditFact[] = [],
  change: RecordChange = {},
): Settlement {
  return { facts, change, alerts };
}
