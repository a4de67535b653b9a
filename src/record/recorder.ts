import type { AuditFact } from "../audit/entry.ts";
import type { AuditLog } from "../controller/ports/audit-log.ts";
import type { Clock } from "../controller/ports/clock.ts";
import type { EventLoop } from "../controller/ports/event-loop.ts";
import type { OutboxStore } from "../controller/ports/outbox-store.ts";
import type { Recorder } from "../controller/ports/recorder.ts";
import type { SettlementStore } from "../controller/ports/store.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import type { AlertSeverity } from "../model/records/incident-record.ts";
import type { RecordChange } from "../model/records/record-change.ts";
import type { Settlement } from "../settle/settlement.ts";
import { openIncidentsOf, planAlerts, type NumberedFact } from "./planned-alerts.ts";
import { withTeamAlertRoutes, type Route } from "./route.ts";
import { settlementParts, type SettlementPart } from "./settlement-parts.ts";
import { accountIdOf, type Key } from "../model/keys/key.ts";
import { incidentOf } from "../model/records/incident.ts";

export interface RecorderParts {
  readonly audit: Pick<AuditLog, "append">;
  readonly settlements: SettlementStore;
  readonly outboxStore: Pick<OutboxStore, "incidents">;
  readonly telemetry: Telemetry;
  readonly routes: readonly Route[];
  readonly clock: Pick<Clock, "nowMs">;
  readonly eventLoop: Pick<EventLoop, "turn">;
}

/**
 * Records each part of a settlement in one transaction: its facts, its change and the messages of its alerts. So every
 * record is based on audit entries, no alert is lost and no alert reports an unrecorded change. If a transaction fails,
 * nothing of its part is recorded.
 */
export function createRecorder(parts: RecorderParts): Recorder {
  return {
    async record(settlement: Settlement): Promise<void> {
      const recording = new SettlementRecording(parts, settlement);
      for (const part of settlementParts(settlement)) await recording.add(part);
      countSettlement(settlement, recording.severities, parts.telemetry);
    },
  };
}

/** One settlement that is being recorded. */
class SettlementRecording {
  /** Of the ended incidents whose beginning is recorded. */
  readonly severities = new Map<string, AlertSeverity>();
  readonly #parts: RecorderParts;
  readonly #routes: readonly Route[];
  readonly #hiddenKeys: NonNullable<Settlement["hiddenKeys"]>;
  #entries: readonly NumberedFact[] = [];
  #hasRows = false;

  constructor(parts: RecorderParts, settlement: Settlement) {
    this.#parts = parts;
    this.#routes = parts.routes.map((route) => withTeamAlertRoutes(route, settlement));
    this.#hiddenKeys = settlement.hiddenKeys ?? new Set();
  }

  async add(part: SettlementPart): Promise<void> {
    if (part.alerts.length === 0 && isEmpty(part.change)) return this.#append(part.facts);
    const { settlements, eventLoop } = this.#parts;
    if (this.#hasRows) await eventLoop.turn();
    this.#hasRows = true;
    const changeFor = await this.#changeFor(part);
    if (part.facts.length === 0 && isEmpty(changeFor(0).change)) return;
    const planned: ReturnType<typeof changeFor>[] = [];
    await settlements.record(part.facts, (firstSeq) => {
      const plan = changeFor(firstSeq);
      planned.push(plan);
      return plan.change;
    });
    for (const { entries, severities } of planned.slice(-1)) {
      this.#entries = entries;
      for (const [incident, severity] of severities) this.severities.set(incident, severity);
    }
  }

  /** Together with other facts of this turn of the event loop. */
  async #append(facts: readonly AuditFact[]): Promise<void> {
    if (facts.length === 0) return;
    const [first] = await this.#parts.audit.append(facts);
    if (first !== undefined) this.#entries = [...this.#entries, ...numbered(facts, first.seq)];
  }

  /** The change of a part with the messages of its alerts, which name the entries about their keys. */
  async #changeFor({ facts, change, alerts }: SettlementPart) {
    const open = await openIncidentsOf(alerts, this.#parts.outboxStore);
    const nowMs = this.#parts.clock.nowMs();
    return (firstSeq: number) => {
      const entries = [...this.#entries, ...numbered(facts, firstSeq)];
      const parts = { routes: this.#routes, hiddenKeys: this.#hiddenKeys, open, nowMs };
      const { outbox, incidents, endedIncidents, severities } = planAlerts(alerts, entries, parts);
      const messages = {
        outbox: [...(change.outbox ?? []), ...outbox],
        incidents: [...(change.incidents ?? []), ...incidents],
        endedIncidents: [...(change.endedIncidents ?? []), ...endedIncidents],
      };
      return { change: { ...change, ...messages }, entries, severities };
    };
  }
}

function isEmpty(change: RecordChange): boolean {
  return Object.values(change).every((members) => members.length === 0);
}

function numbered(facts: readonly AuditFact[], firstSeq: number): readonly NumberedFact[] {
  return facts.map((fact, index) => ({ fact, seq: firstSeq + index }));
}

/**
 * Counts the recorded drifts; call this after they are durable.
 * @param severities of the ended incidents
 */
function countSettlement(
  { facts, accountName, alerts }: Settlement,
  severities: ReadonlyMap<string, AlertSeverity>,
  telemetry: Telemetry,
): void {
  const accountOf = (key: Key): string => accountName ?? accountIdOf(key);
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
