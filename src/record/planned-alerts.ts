import type { AuditFact } from "../audit/entry.ts";
import type { OutboxStore } from "../controller/ports/outbox-store.ts";
import type { AlertEvent } from "../model/alert-event.ts";
import type { AlertSeverity, IncidentRecord, OpenIncident } from "../model/records/incident-record.ts";
import type { Settlement } from "../settle/settlement.ts";
import { incidentOf } from "../model/records/incident.ts";
import type { OutgoingAlert } from "../model/records/record-change.ts";
import {
  messageOf,
  namespaceOfAlert,
  alertStatusOf,
  type AlertMessage,
  type MessageFacts,
} from "./message.ts";
import { alertText } from "./alert-text.ts";
import { dueMsOf, partForRoute, type Route } from "./route.ts";
import { severityOf } from "./severity.ts";

export interface NumberedFact {
  readonly fact: AuditFact;
  readonly seq: number;
}

interface AlertPlanParts {
  readonly routes: readonly Route[];
  readonly hiddenKeys: NonNullable<Settlement["hiddenKeys"]>;
  /** At least those that the alerts are about. */
  readonly open: readonly OpenIncident[];
  readonly nowMs: number;
}

/** What is recorded of the alerts of one settlement. */
export interface PlannedAlerts {
  readonly outbox: readonly OutgoingAlert[];
  readonly incidents: readonly IncidentRecord[];
  readonly endedIncidents: readonly string[];
  /** Of the ended incidents whose beginning is recorded. */
  readonly severities: ReadonlyMap<string, AlertSeverity>;
}

/** The open incidents that these alerts are about. */
export async function openIncidentsOf(
  alerts: readonly AlertEvent[],
  outboxStore: Pick<OutboxStore, "incidents">,
): Promise<readonly OpenIncident[]> {
  const names = alerts.filter((event) => alertStatusOf(event) !== "notice").map(incidentOf);
  return names.length === 0 ? [] : outboxStore.incidents([...new Set(names)]);
}

/** One message for each route that the event matches; the end of an incident goes to the routes that were notified of it. */
export function planAlerts(
  alerts: readonly AlertEvent[],
  entries: readonly NumberedFact[],
  parts: AlertPlanParts,
): PlannedAlerts {
  const plan = new AlertPlan(parts);
  for (const event of alerts) plan.add(event, seqsAbout(event, entries));
  return plan.planned();
}

/** Collects the messages of one settlement, in which an incident may begin and end. */
class AlertPlan {
  readonly #routes: readonly Route[];
  readonly #hiddenKeys: AlertPlanParts["hiddenKeys"];
  readonly #nowMs: number;
  readonly #open: Map<string, OpenIncident>;
  readonly #changed = new Map<string, IncidentRecord>();
  readonly #ended = new Set<string>();
  readonly #severities = new Map<string, AlertSeverity>();
  readonly #outbox: OutgoingAlert[] = [];

  constructor({ routes, hiddenKeys, open, nowMs }: AlertPlanParts) {
    this.#routes = routes;
    this.#hiddenKeys = hiddenKeys;
    this.#nowMs = nowMs;
    this.#open = new Map(open.map((one) => [one.incident, one]));
  }

  add(event: AlertEvent, seqs: readonly number[]): void {
    const status = alertStatusOf(event);
    if (status === "open") return this.#opened(event, seqs);
    if (status === "closed") return this.#closed(event, seqs);
    const severity = severityOf(event, undefined);
    const facts = { severity, seqs, at: this.#at(), since: null };
    this.#outbox.push(...this.#messages(event, facts, this.#matching(event, severity)));
  }

  planned(): PlannedAlerts {
    return {
      outbox: this.#outbox,
      incidents: [...this.#changed.values()],
      endedIncidents: [...this.#ended],
      severities: this.#severities,
    };
  }

  #opened(event: AlertEvent, seqs: readonly number[]): void {
    const incident = incidentOf(event);
    const before = this.#open.get(incident);
    if (!isNews(event, before)) return;
    const severity = severityOf(event, undefined);
    const sinceMs = before?.sinceMs ?? this.#beginningOf(event);
    const facts = { severity, seqs, at: this.#at(), since: new Date(sinceMs).toISOString() };
    const record: IncidentRecord = {
      incident,
      severity: before?.severity === "security" ? "security" : severity,
      sinceMs,
      // A route that a Team adds later is not notified of it either.
      namespace: "key" in event && this.#hiddenKeys.has(event.key) ? null : namespaceOfAlert(event),
      account: "account" in event ? event.account : null,
      body: JSON.stringify(messageOf(withoutRollback(event), facts)),
    };
    const routes = this.#matching(event, severity);
    const messages = this.#messages(event, facts, routes);
    this.#outbox.push(...messages.map((message) => ({ ...message, opens: incident })));
    const notified = routes.map(({ name }) => [name, this.#nowMs] as const);
    this.#open.set(incident, {
      ...record,
      notifiedMs: new Map([...(before?.notifiedMs ?? []), ...notified]),
    });
    this.#changed.set(incident, record);
  }

  /**
   * Without a record the incident began under 0.1.0, which kept none: every route that it may concern is notified. Some
   * ends are reported in case that an earlier process reported a beginning: without a record there was none.
   */
  #closed(end: AlertEvent, seqs: readonly number[]): void {
    const incident = incidentOf(end);
    const before = this.#open.get(incident);
    if (before === undefined && ONLY_WITH_BEGINNING.has(end.kind)) return;
    const event = before === undefined ? end : comparedToBeginning(end, before);
    const severity = before?.severity ?? severityOf(event, undefined);
    const routes =
      before === undefined
        ? this.#matching(event, severity)
        : this.#routes.filter(({ name }) => before.notifiedMs.has(name) && !hasFailedFor(event, before));
    const since = before === undefined ? null : new Date(before.sinceMs).toISOString();
    this.#outbox.push(...this.#messages(event, { severity, seqs, at: this.#at(), since }, routes));
    this.#ended.add(incident);
    if (before !== undefined) this.#severities.set(incident, severity);
    this.#open.delete(incident);
  }

  #matching(event: AlertEvent, severity: AlertSeverity): readonly Route[] {
    return this.#routes.filter((route) => partForRoute(event, severity, route) !== null);
  }

  #messages(event: AlertEvent, facts: MessageFacts, routes: readonly Route[]): readonly OutgoingAlert[] {
    return routes.map((route) => {
      const seen = partForRoute(event, facts.severity, route) ?? event;
      const body = JSON.stringify(messageOf(seen, facts));
      return { route: route.name, body, dueMs: dueMsOf(route, this.#nowMs) };
    });
  }

  #beginningOf(event: AlertEvent): number {
    const since = "since" in event ? event.since : null;
    return since === null ? this.#nowMs : Date.parse(since);
  }

  #at(): string {
    return new Date(this.#nowMs).toISOString();
  }
}

/** A route that is added later gets what is kept of the incident, when the rollback may be over. */
function withoutRollback(event: AlertEvent): AlertEvent {
  if (event.kind !== "drift-opened") return event;
  const { rollback: _, ...kept } = event;
  return kept;
}

/** Ends that were none if no beginning is recorded. */
const ONLY_WITH_BEGINNING: ReadonlySet<AlertEvent["kind"]> = new Set([
  "pass-recovered",
  "hold-ended",
  "waiting-ended",
  "refusal-ended",
  "access-restored",
  "contention-ended",
  "revision-decided",
  "source-recovered",
  "backup-recovered",
  "record-verified",
  "unrecorded-writes-ended",
  "account-read",
  "document-fixed",
  "account-removed",
  "commit-status",
  "pull-request-note",
]);

/** Beginnings that a restart, a kill between two commits, or a later look at the same state, finds again. */
const REPORTED_AGAIN: ReadonlySet<AlertEvent["kind"]> = new Set([
  "held",
  "access-denied",
  "source-failed",
  "account-unreadable",
  "document-broken",
  "record-broken",
]);

/**
 * False if the forge shows this state of the commit already, or the last one that it gets; and for what a restart finds as
 * it was reported before it.
 */
function isNews(event: AlertEvent, before: OpenIncident | undefined): boolean {
  if (event.kind === "backup-failed") return before === undefined || causeIn(before) !== event.cause;
  if (event.kind === "unrecorded-writes")
    return before === undefined || causeIn(before) !== String(event.entry);
  if (REPORTED_AGAIN.has(event.kind)) return before === undefined || !isSameText(event, before);
  if (event.kind !== "commit-status" && event.kind !== "pull-request-note") return true;
  if (before === undefined) return event.isNew;
  if (event.kind === "pull-request-note") return noteIn(before) !== event.text;
  const { commitStatus } = JSON.parse(before.body) as AlertMessage;
  return commitStatus?.state !== event.state || commitStatus.text !== event.text;
}

function noteIn({ body }: OpenIncident): string | undefined {
  return (JSON.parse(body) as AlertMessage).pullRequestNote?.text;
}

function causeIn({ body }: OpenIncident): string | undefined {
  return (JSON.parse(body) as AlertMessage).cause;
}

/** A backup may be known again, or be allowed to be older, although none was made. */
function comparedToBeginning(event: AlertEvent, { body, sinceMs }: OpenIncident): AlertEvent {
  if (event.kind !== "backup-recovered") return event;
  const { lastBackup: before = null } = JSON.parse(body) as AlertMessage;
  const isNew = before === null ? Date.parse(event.lastBackup) >= sinceMs : before !== event.lastBackup;
  return { ...event, isNew };
}

function isSameText(event: AlertEvent, { body }: OpenIncident): boolean {
  return (JSON.parse(body) as AlertMessage).text === alertText(event, []);
}

/** A commit that failed stays failed when a newer one takes its place. */
function hasFailedFor(event: AlertEvent, { body }: OpenIncident): boolean {
  if (event.kind !== "commit-status" || event.state !== "superseded") return false;
  return (JSON.parse(body) as AlertMessage).commitStatus?.state === "failure";
}

function seqsAbout(event: AlertEvent, entries: readonly NumberedFact[]): readonly number[] {
  if (!("key" in event)) return [];
  return entries.filter(({ fact }) => "key" in fact && fact.key === event.key).map(({ seq }) => seq);
}
