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

const windows = new WeakMap<Alerts, SendWindow>();

/**
 * Sends the messages of the outbox, for each route separately and in order. A message that was not accepted blocks the
 * later messages of its route, because they may belong to the same incident. Messages over the route's limit per minute
 * are sent as one digest. Delivery is at least once: a message that was accepted but not yet marked as sent is sent
 * again. Ends early with the signal.
 */
export async function drainOutbox(parts: OutboxParts, signal: AbortSignal): Promise<void> {
  const window = windows.get(parts.alerts) ?? new SendWindow();
  windows.set(parts.alerts, window);
  // Messages that wait for a retry are included, because they block later messages of the same route.
  const all = await parts.store.dueMessages(Number.MAX_SAFE_INTEGER, BATCH);
  const byRoute = Map.groupBy(all, ({ route }) => route);
  await Promise.all(
    [...byRoute].map(([route, messages]) => drainRoute(route, messages, window, parts, signal)),
  );
}

async function drainRoute(
  route: string,
  messages: readonly OutboxMessage[],
  window: SendWindow,
  parts: OutboxParts,
  signal: AbortSignal,
): Promise<void> {
  for (const bundle of bundles(messages, window.left(route, parts.clock.nowMs()))) {
    if (signal.aborted || bundle.some(({ dueMs }) => dueMs > parts.clock.nowMs())) return;
    window.sent(route, parts.clock.nowMs());
    if (!(await sendBundle(route, bundle, parts, signal))) return;
  }
}

/** Each message by itself if all fit; otherwise the last one is a digest of the rest. */
function bundles(messages: readonly OutboxMessage[], places: number): readonly (readonly OutboxMessage[])[] {
  if (places === 0) return [];
  if (messages.length <= places) return messages.map((message) => [message]);
  const alone = messages.slice(0, places - 1).map((message) => [message]);
  return [...alone, messages.slice(places - 1, places - 1 + DIGEST_MESSAGES)];
}

/** True if the message was accepted or dropped. */
async function sendBundle(
  route: string,
  bundle: readonly OutboxMessage[],
  parts: OutboxParts,
  signal: AbortSignal,
): Promise<boolean> {
  const [first] = bundle;
  if (first === undefined) return true;
  const body = bundle.length === 1 ? first.body : digestBody(bundle.map((message) => message.body));
  try {
    await parts.alerts.send(route, body, signal);
  } catch (error) {
    if (signal.aborted) return false;
    return notAccepted(first, error instanceof Error ? error.message : String(error), parts);
  }
  parts.telemetry.count("alerts_sent_total", { route, result: "sent" });
  for (const { id } of bundle) await parts.store.messageSent(id);
  return true;
}

async function notAccepted(
  { id, route, attempts }: OutboxMessage,
  reason: string,
  { store, clock, random, telemetry }: OutboxParts,
): Promise<boolean> {
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
