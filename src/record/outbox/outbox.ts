import type { Clock } from "../../controller/ports/clock.ts";
import type { OutboxMessage, OutboxStore, ThreadChange } from "../../controller/ports/outbox-store.ts";
import type { Random } from "../../controller/ports/random.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { sha256Hex } from "../../model/values/digest.ts";
import { type Backoff, backoffMs } from "../../model/values/backoff.ts";
import { bundlesOf } from "./bundles.ts";
import { digestBody, type AlertDigest } from "../digest.ts";
import type { AlertMessage } from "../message.ts";
import { storedMessage } from "../stored-message.ts";
import { SendWindow } from "./send-window.ts";
import { retry, type Delivery, type Outgoing, type Sink } from "../sinks/sink.ts";

/** A route as the outbox sees it. */
export interface OutboxRoute {
  readonly name: string;
  readonly sink: Sink;
  /** The number of deliveries in a minute that are not updates. */
  readonly perMinute: number;
  /** Everything is sent together, once a day. */
  readonly isDaily: boolean;
  /** The route that also gets what waits for long; null: none. */
  readonly fallback: string | null;
}

export interface OutboxParts {
  readonly store: OutboxStore;
  readonly routes: readonly OutboxRoute[];
  readonly clock: Pick<Clock, "nowMs">;
  readonly random: Pick<Random, "next">;
  readonly telemetry: Telemetry;
}

/** The number of messages that are read together. */
const BATCH = 1_000;
/** About a day of attempts: after that, the alert is no longer news. */
const MAX_ATTEMPTS = 500;
const BACKOFF: Backoff = { firstMs: 1_000, longestMs: 300_000, jitter: "half" };
/** A receiver that is down for this long is reported through the fallback. */
const FALLBACK_AFTER_MS = 900_000;
/** Alertmanager forgets an alert that is not repeated; each one is kept for five minutes. */
const REFRESH_MS = 60_000;

/**
 * Sends the messages of the outbox, for each route separately and in order: a slow receiver delays no other route. A
 * message that was not accepted blocks the later messages of its route, because they may belong to the same incident.
 * Messages over the route's limit per minute are sent as one digest. Delivery is at least once: a message that was
 * accepted but not yet marked as sent is sent again.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #window = new SendWindow();
  readonly #working = new Set<string>();
  readonly #refreshedMs = new Map<string, number>();
  #started = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Starts the routes that are idle, and waits for these. Ends early with the signal. */
  async drain(signal: AbortSignal): Promise<void> {
    await this.#start();
    const idle = this.#parts.routes.filter(({ name }) => !this.#working.has(name));
    await Promise.all(idle.map((route) => this.#work(route, signal)));
  }

  async #work(route: OutboxRoute, signal: AbortSignal): Promise<void> {
    this.#working.add(route.name);
    try {
      await this.#drainRoute(route, signal);
    } finally {
      this.#working.delete(route.name);
    }
  }

  /** No one is left to get the messages of a route that is no longer configured. */
  async #start(): Promise<void> {
    if (this.#started) return;
    this.#started = true;
    const { store, routes, telemetry } = this.#parts;
    const dropped = await store.dropOthers(routes.map(({ name }) => name));
    if (dropped > 0) telemetry.warn("alerts of removed routes dropped", { messages: dropped });
  }

  async #drainRoute(route: OutboxRoute, signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#parts;
    await this.#sendWaiting(route, signal);
    if (route.fallback !== null) {
      const nowMs = clock.nowMs();
      const times = { beforeMs: nowMs - FALLBACK_AFTER_MS, nowMs };
      await store.copyWaiting({ from: route.name, to: route.fallback, ...times });
    }
    await this.#refresh(route, signal);
  }

  async #sendWaiting(route: OutboxRoute, signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#parts;
    const { name, sink } = route;
    const nowMs = clock.nowMs();
    const waiting = await store.waiting(name, BATCH);
    if (waiting[0] === undefined || waiting[0].dueMs > nowMs) return;
    const messages = waiting.filter(({ dueMs }) => dueMs <= nowMs);
    const known = sink.updatesInPlace ? new Set((await store.threads(name)).keys()) : null;
    const left = route.isDaily ? 1 : this.#window.left(name, { limit: route.perMinute, nowMs });
    for (const bundle of bundlesOf(messages, { left: sink.acceptsDigests ? left : Infinity, known })) {
      if (signal.aborted) return;
      if (!bundle.isUpdate) this.#window.sent(name, clock.nowMs());
      if (!(await this.#sendBundle(route, bundle.messages, signal))) return;
    }
  }

  async #deliver(route: OutboxRoute, outgoing: Outgoing, signal: AbortSignal): Promise<Delivery> {
    const attributes = { "grantkeeper.alert.route": route.name };
    return this.#parts.telemetry.trace(
      { name: "alert delivery", kind: "client", attributes },
      async (span) => {
        const delivery = await deliver(route, outgoing, signal);
        if (delivery.kind !== "delivered") span.fail(delivery.kind);
        return delivery;
      },
    );
  }

  /** True if the messages left the outbox. */
  async #sendBundle(
    route: OutboxRoute,
    bundle: readonly OutboxMessage[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const { telemetry, store, clock } = this.#parts;
    const { name } = route;
    const outgoing = await this.#outgoing(route, bundle);
    const delivery = await this.#deliver(route, outgoing, signal);
    if (delivery.kind !== "delivered")
      return signal.aborted ? false : this.#notAccepted(bundle, outgoing, delivery);
    const { thread, problem } = delivery;
    const threads = threadsAfter(outgoing, thread);
    telemetry.count("alerts_sent_total", { route: name, result: "sent" });
    if (problem !== null)
      telemetry.warn("alert accepted by a part of its receiver", { route: name, ...problem });
    const ids = bundle.map(({ id }) => id);
    await store.accepted({ route: name, ids, atMs: clock.nowMs(), threads, problem });
    return true;
  }

  async #outgoing({ name, isDaily }: OutboxRoute, bundle: readonly OutboxMessage[]): Promise<Outgoing> {
    const [first] = bundle;
    const isOne = bundle.length === 1 && first !== undefined;
    const within = isDaily ? "a day" : "a minute";
    const bodies = bundle.map(({ body }) => body);
    const body = isOne ? first.body : digestBody(bodies, within);
    const message = storedMessage(JSON.parse(body) as AlertMessage | AlertDigest);
    const threads = isOne ? await this.#parts.store.threads(name) : new Map<string, string>();
    const delivery = sha256Hex(body).slice(0, 32);
    return { body, message, delivery, thread: threads.get(message.incident) ?? null };
  }

  async #notAccepted(
    bundle: readonly OutboxMessage[],
    outgoing: Outgoing,
    delivery: Exclude<Delivery, { readonly kind: "delivered" }>,
  ): Promise<boolean> {
    const { store, clock, random, telemetry } = this.#parts;
    const [first] = bundle;
    if (first === undefined) return true;
    const { id, route, attempts } = first;
    const { problem } = delivery;
    const nowMs = clock.nowMs();
    const fields = { route, reason: problem.cause, fix: problem.fix, attempt: attempts + 1 };
    const isRefused = delivery.kind === "refused";
    if (isRefused || attempts + 1 >= MAX_ATTEMPTS) {
      telemetry.count("alerts_sent_total", { route, result: isRefused ? "refused" : "dropped" });
      telemetry.error("alert given up", { ...fields, incident: outgoing.message.incident });
      const threads = bundle.length === 1 ? threadsAfter(outgoing, outgoing.thread) : [];
      await store.failed({ route, id, atMs: nowMs, nextDueMs: null, threads, problem });
      return true;
    }
    telemetry.count("alerts_sent_total", { route, result: "failed" });
    telemetry.warn("alert not accepted", fields);
    const pauseMs = Math.max(backoffMs(BACKOFF, attempts, random.next()), delivery.afterMs ?? 0);
    await store.failed({ route, id, atMs: nowMs, nextDueMs: nowMs + pauseMs, threads: [], problem });
    return false;
  }

  async #refresh({ name, sink }: OutboxRoute, signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#parts;
    const nowMs = clock.nowMs();
    if (sink.refresh === null || nowMs - (this.#refreshedMs.get(name) ?? -Infinity) < REFRESH_MS) return;
    this.#refreshedMs.set(name, nowMs);
    const threads = await store.threads(name);
    if (threads.size === 0) return;
    const problem = await sink.refresh(threads, signal);
    if (signal.aborted) return;
    if (problem !== null) await store.noteProblem(name, problem, nowMs);
    else await store.accepted({ route: name, ids: [], atMs: nowMs, threads: [], problem });
  }
}

/** A sink that throws has a defect; its message is kept and tried again. */
async function deliver({ sink }: OutboxRoute, outgoing: Outgoing, signal: AbortSignal): Promise<Delivery> {
  try {
    return await sink.deliver(outgoing, signal);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return retry({ cause: `Grantkeeper failed to send it: ${text}`, fix: "report this as a bug" });
  }
}

/**
 * How the receiver names the incidents of a delivery from now on: an open one as the receiver answered, a closed one no
 * longer.
 */
function threadsAfter(
  { message }: Pick<Outgoing, "message">,
  thread: string | null,
): readonly ThreadChange[] {
  const messages = message.kind === "digest" ? message.messages : [message];
  const last = new Map(messages.map(({ incident, status }) => [incident, status]));
  return [...last].flatMap(([incident, status]) => changeOf(incident, { status, thread }));
}

function changeOf(
  incident: string,
  { status, thread }: { readonly status: AlertMessage["status"]; readonly thread: string | null },
): readonly ThreadChange[] {
  if (status === "closed") return [{ incident, thread: null }];
  return status === "open" && thread !== null ? [{ incident, thread }] : [];
}
