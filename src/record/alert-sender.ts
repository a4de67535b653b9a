import type { AlertRouteView, AlertSender, AlertTest } from "../controller/ports/alert-sender.ts";
import type { AlertRouteState } from "../model/records/alert-route-state.ts";
import { sha256Hex } from "../model/values/digest.ts";
import { SENT_STATUS, type AlertMessage } from "./message.ts";
import { textParts } from "./alert-line.ts";
import { Reminders } from "./outbox/reminders.ts";
import { Outbox, type OutboxParts, type OutboxRoute } from "./outbox/outbox.ts";
import type { Route } from "./route.ts";
import { formatIncident } from "../model/records/incident.ts";

export interface SenderRoute extends OutboxRoute {
  readonly kind: AlertRouteView["sink"];
  readonly seen: Route;
}

const NOTHING_YET: AlertRouteState = { waiting: 0, oldestWaitingMs: null, deliveredMs: null, problem: null };

/** Sends the outbox, and shows what became of it. */
export class OutboxSender implements AlertSender {
  readonly #parts: OutboxParts;
  readonly #routes: readonly SenderRoute[];
  readonly #outbox: Outbox;
  readonly #reminders: Reminders;

  constructor(parts: Omit<OutboxParts, "routes">, routes: readonly SenderRoute[]) {
    this.#parts = { ...parts, routes };
    this.#routes = routes;
    this.#outbox = new Outbox(this.#parts);
    this.#reminders = new Reminders({ ...parts, routes: routes.map(({ seen }) => seen) });
  }

  async drain(signal: AbortSignal): Promise<void> {
    await this.#reminders.remind();
    const sending = this.#outbox.drain(signal);
    await this.#measure();
    await sending;
  }

  openIncidents(prefixes: readonly string[]): Promise<readonly string[]> {
    return this.#parts.store.incidentNames(prefixes);
  }

  async routes(): Promise<readonly AlertRouteView[]> {
    const { store, clock } = this.#parts;
    const states = await store.routeStates(clock.nowMs());
    return this.#routes.map(({ name, kind, seen: { namespaces, accounts, severity } }) => ({
      name,
      sink: kind,
      namespaces,
      accounts,
      severity,
      ...(states.get(name) ?? NOTHING_YET),
    }));
  }

  async test(name: string, actor: string, signal: AbortSignal): Promise<AlertTest | null> {
    const route = this.#routes.find((one) => one.name === name);
    // A forge shows states of commits and of merged pull requests only: there is none for a test.
    if (route === undefined || route.seen.kinds === "forge") return null;
    const message = testMessage(name, actor, this.#parts.clock.nowMs());
    const body = JSON.stringify(message);
    const delivery = sha256Hex(body).slice(0, 32);
    const answer = await route.sink.deliver({ body, message, delivery, thread: null }, signal);
    const { store, clock } = this.#parts;
    const atMs = clock.nowMs();
    if (answer.kind !== "delivered") {
      await store.noteProblem(name, answer.problem, atMs);
      return { kind: "refused", problem: answer.problem };
    }
    await store.accepted({ route: name, ids: [], atMs, threads: [], problem: answer.problem });
    return { kind: "accepted", answer: answer.answer, problem: answer.problem };
  }

  async #measure(): Promise<void> {
    const { telemetry, clock } = this.#parts;
    const nowMs = clock.nowMs();
    for (const { name: route, waiting, oldestWaitingMs, deliveredMs } of await this.routes()) {
      telemetry.gauge("alerts_waiting", waiting, { route });
      const ageMs = oldestWaitingMs === null ? 0 : Math.max(0, nowMs - oldestWaitingMs);
      telemetry.gauge("alerts_oldest_waiting_seconds", ageMs / 1_000, { route });
      if (deliveredMs !== null)
        telemetry.gauge("alerts_last_delivered_timestamp_seconds", deliveredMs / 1_000, { route });
    }
  }
}

/** Clearly a test, and about nothing: no one must act on it. */
function testMessage(route: string, actor: string, nowMs: number): AlertMessage {
  const at = new Date(nowMs).toISOString();
  return {
    ...textParts([
      `🔵 TEST of the alert route ${route}: no action required`,
      `Sent by ${actor} at ${at} with grantkeeper alerts test ${route}`,
    ]),
    incident: formatIncident({ kind: "test", route, at }),
    status: SENT_STATUS.notice,
    severity: "other",
    kind: "test",
    key: null,
    account: null,
    namespace: null,
    at,
    since: null,
  };
}
