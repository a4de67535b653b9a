import type { Alerts } from "../controller/ports/alerts.ts";
import type { Clock } from "../controller/ports/clock.ts";
import type { Random } from "../controller/ports/random.ts";
import type { OutboxMessage, Store } from "../controller/ports/store.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { type Backoff, backoffMs } from "../model/values/backoff.ts";
import { digestBody } from "./digest.ts";
import { SendWindow } from "./send-window.ts";

export interface OutboxParts {
  readonly store: Pick<Store, "dueMessages" | "messageSent" | "messageFailed">;
  readonly alerts: Alerts;
  readonly clock: Pick<Clock, "nowMs">;
  readonly random: Pick<Random, "next">;
  readonly telemetry: Telemetry;
}

/** The number of messages that are read together. */
const BATCH = 1_000;
/** The limit of messages in one digest. */
const DIGEST_MESSAGES = 200;
/** About a day of attempts: after that, the alert is no longer news. */
const MAX_ATTEMPTS = 500;
const BACKOFF: Backoff = { firstMs: 1_000, longestMs: 300_000, jitter: "half" };

/**
 * Sends the messages of the outbox, for each route separately and in order. A message that was not accepted blocks the
 * later messages of its route, because they may belong to the same incident. Messages over the route's limit per minute
 * are sent as one digest. Delivery is at least once: a message that was accepted but not yet marked as sent is sent
 * again.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #window = new SendWindow();

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Ends early with the signal. */
  async drain(signal: AbortSignal): Promise<void> {
    // Messages that wait for a retry are included, because they block later messages of the same route.
    const all = await this.#parts.store.dueMessages(Number.MAX_SAFE_INTEGER, BATCH);
    const byRoute = Map.groupBy(all, ({ route }) => route);
    await Promise.all([...byRoute].map(([route, messages]) => this.#drainRoute(route, messages, signal)));
  }

  async #drainRoute(route: string, messages: readonly OutboxMessage[], signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    for (const bundle of bundles(messages, this.#window.left(route, clock.nowMs()))) {
      if (signal.aborted || bundle.some(({ dueMs }) => dueMs > clock.nowMs())) return;
      this.#window.sent(route, clock.nowMs());
      if (!(await this.#sendBundle(route, bundle, signal))) return;
    }
  }

  /** True if the message was accepted or dropped. */
  async #sendBundle(route: string, bundle: readonly OutboxMessage[], signal: AbortSignal): Promise<boolean> {
    const { alerts, telemetry, store } = this.#parts;
    const [first] = bundle;
    if (first === undefined) return true;
    const body = bundle.length === 1 ? first.body : digestBody(bundle.map((message) => message.body));
    try {
      await alerts.send(route, body, signal);
    } catch (error) {
      if (signal.aborted) return false;
      return this.#notAccepted(first, error instanceof Error ? error.message : String(error));
    }
    telemetry.count("alerts_sent_total", { route, result: "sent" });
    for (const { id } of bundle) await store.messageSent(id);
    return true;
  }

  async #notAccepted({ id, route, attempts }: OutboxMessage, reason: string): Promise<boolean> {
    const { store, clock, random, telemetry } = this.#parts;
    const isGivenUp = attempts + 1 >= MAX_ATTEMPTS;
    const fields = { route, reason, attempt: attempts + 1 };
    telemetry.count("alerts_sent_total", { route, result: isGivenUp ? "dropped" : "failed" });
    if (isGivenUp) {
      telemetry.error("alert given up", fields);
      await store.messageSent(id);
      return true;
    }
    telemetry.warn("alert not accepted", fields);
    await store.messageFailed(id, clock.nowMs() + backoffMs(BACKOFF, attempts, random.next()));
    return false;
  }
}

/** Each message by itself if all fit; otherwise the last one is a digest of the rest. */
function bundles(messages: readonly OutboxMessage[], places: number): readonly (readonly OutboxMessage[])[] {
  if (places === 0) return [];
  if (messages.length <= places) return messages.map((message) => [message]);
  const alone = messages.slice(0, places - 1).map((message) => [message]);
  return [...alone, messages.slice(places - 1, places - 1 + DIGEST_MESSAGES)];
}
