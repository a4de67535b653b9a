import type { QueueFailure } from "../../model/answers/queue-health.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import type { Random } from "../../controller/ports/random.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { backoffMs, type Backoff } from "../../model/values/backoff.ts";
import { classOfError } from "../../model/aws/errors/error-codes.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { queueFailure, type QueuePurpose } from "./failure.ts";
import type { Queue, QueueMessage } from "./queue.ts";

interface QueueReading {
  readonly queue: Pick<Queue, "address" | "receive" | "remove">;
  /**
   * Returns the places of the messages that are not deleted. The others are deleted after it has returned; if it throws, all
   * are delivered again.
   */
  readonly handle: (bodies: readonly string[]) => Promise<readonly number[]> | readonly number[];
  readonly purpose: QueuePurpose;
  /** Notes what each request to the queue found; null: it was answered. */
  readonly report: (failure: QueueFailure | null) => void;
  /** Notes that someone else received messages, of which this reader got some afterwards. */
  readonly receivedElsewhere: (count: number) => void;
  readonly clock: Clock;
  readonly random: Pick<Random, "next">;
  readonly telemetry: Pick<Telemetry, "info" | "warn" | "error" | "gauge" | "count">;
}

/** What ended a round early: the queue, or an error of Grantkeeper in `handle`. */
interface RoundFailure {
  readonly kind: "unreadable" | "not-deleted" | "not-handled";
  readonly cause: unknown;
}

interface Round {
  /** Before the next call. */
  readonly pauseMs: number;
  readonly hasDeleted: boolean;
}

type Gauge = (telemetry: QueueReading["telemetry"], value: number, queue: string) => void;

const GAUGES: Readonly<Record<QueuePurpose, Gauge>> = {
  pushes: (telemetry, value, queue) => telemetry.gauge("push_queue_readable", value, { queue }),
  changes: (telemetry, value, queue) => telemetry.gauge("change_queue_readable", value, { queue }),
};

const BACKOFF: Backoff = { firstMs: 2_000, longestMs: 60_000, jitter: "half" };
/** A server that does not wait for messages is not asked more often. */
const EMPTY_PAUSE_MS = 1_000;

/** Reads a queue until the signal aborts, and then returns. A call that fails is made again, after ever longer pauses. */
export async function readQueue(reading: QueueReading, signal: AbortSignal): Promise<void> {
  const { queue, clock, random, telemetry } = reading;
  const others = new OtherReaders(clock.nowMs());
  let last: RoundFailure | null = null;
  let failures = 0;
  let refused: RoundFailure | null = null;
  while (!signal.aborted) {
    const round = await readOnce(reading, others, signal);
    if (signal.aborted) return;
    refused = refusedDelete(round, refused);
    const failed = round.kind === "err" ? round.error : refused;
    measure(reading, failed);
    if (failed !== null && !isSame(reading, failed, last)) log(reading, failed);
    if (failed === null && last !== null && last.kind !== "not-handled")
      telemetry.info("the queue is read again", { queue: queue.address.url });
    last = failed;
    const pauseMs = round.kind === "ok" ? round.value.pauseMs : backoffMs(BACKOFF, failures, random.next());
    failures = round.kind === "ok" ? 0 : failures + 1;
    await pause(pauseMs, clock, signal);
  }
}

/** A proxy in place of a missing permission, for example, is logged too: it has another fix. */
function isSame(
  { queue, purpose }: QueueReading,
  { kind, cause }: RoundFailure,
  last: RoundFailure | null,
): boolean {
  const fixOf = (of: unknown): string => queueFailure(of, queue.address, purpose).fix;
  return kind === last?.kind && fixOf(cause) === fixOf(last.cause);
}

/** A reader that may not delete is failing until a delete succeeds: a round without messages in between proves nothing. */
function refusedDelete(round: Result<Round, RoundFailure>, before: RoundFailure | null): RoundFailure | null {
  if (round.kind === "ok") return round.value.hasDeleted ? null : before;
  const { kind, cause } = round.error;
  return kind === "not-deleted" && classOfError(cause) === "denied" ? round.error : before;
}

function measure({ queue, purpose, report, telemetry }: QueueReading, failed: RoundFailure | null): void {
  const { address } = queue;
  const ofQueue = failed === null || failed.kind === "not-handled" ? null : failed;
  GAUGES[purpose](telemetry, ofQueue === null ? 1 : 0, address.arn);
  report(ofQueue === null ? null : queueFailure(ofQueue.cause, address, purpose));
}

function log({ queue, purpose, telemetry }: QueueReading, { kind, cause }: RoundFailure): void {
  const { address } = queue;
  const { url } = address;
  if (kind === "not-handled") {
    telemetry.error("messages of the queue were not handled and are delivered again", {
      queue: url,
      reason: String(cause),
    });
    return;
  }
  const text = kind === "unreadable" ? "the queue cannot be read" : "messages of the queue cannot be deleted";
  telemetry.warn(text, { queue: url, ...queueFailure(cause, address, purpose) });
}

async function readOnce(
  reading: QueueReading,
  others: OtherReaders,
  signal: AbortSignal,
): Promise<Result<Round, RoundFailure>> {
  const { queue, handle, clock } = reading;
  const beganMs = clock.nowMs();
  const received = await attempt("unreadable", () => queue.receive(signal));
  if (received.kind === "err") {
    others.unanswered(clock.nowMs());
    return received;
  }
  const messages = received.value;
  noteOthers(reading, others.received(messages));
  if (messages.length === 0)
    return ok({ pauseMs: Math.max(0, EMPTY_PAUSE_MS - (clock.nowMs() - beganMs)), hasDeleted: false });
  const handled = await attempt("not-handled", async () => handle(messages.map(({ body }) => body)));
  if (handled.kind === "err") return handled;
  const kept = new Set(handled.value);
  const handledMessages = messages.filter((_, place) => !kept.has(place));
  if (handledMessages.length === 0) return ok({ pauseMs: 0, hasDeleted: false });
  const removed = await attempt("not-deleted", () => queue.remove(handledMessages, signal));
  return removed.kind === "err" ? removed : ok({ pauseMs: 0, hasDeleted: true });
}

function noteOthers({ queue, receivedElsewhere, telemetry }: QueueReading, count: number): void {
  if (count === 0) return;
  const { url, arn } = queue.address;
  telemetry.count("queue_messages_received_elsewhere_total", { queue: arn }, count);
  telemetry.warn("someone else receives messages of the queue, and may take some away", {
    queue: url,
    count,
  });
  receivedElsewhere(count);
}

async function attempt<Value>(
  kind: RoundFailure["kind"],
  run: () => Promise<Value>,
): Promise<Result<Value, RoundFailure>> {
  try {
    return ok(await run());
  } catch (cause) {
    return err({ kind, cause });
  }
}

async function pause(durationMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (durationMs === 0) return;
  try {
    await clock.sleep(durationMs, signal);
  } catch (cause) {
    if (!signal.aborted) throw cause;
  }
}

/** The ids that are remembered: a message that was deleted may be delivered once more. */
const REMEMBERED = 10_000;
/**
 * A request without an answer may have received messages until it would have ended, 20 seconds later. The clocks of SQS and of this
 * machine may differ by minutes.
 */
const UNKNOWN_MS = 600_000;

/**
 * Which messages someone else has received. SQS counts how often each was received, and this reader how often it received
 * each: what is more was received elsewhere. A reader that deletes what it receives leaves no trace here.
 */
export class OtherReaders {
  readonly #counts = new Map<string, { readonly count: number; readonly sentMs: number }>();
  /** Of a message that was sent later, each receive of this reader is known. */
  #knownMs: number;

  constructor(nowMs: number) {
    this.#knownMs = nowMs + UNKNOWN_MS;
  }

  /** A request got no answer. */
  unanswered(nowMs: number): void {
    this.#knownMs = Math.max(this.#knownMs, nowMs + UNKNOWN_MS);
  }

  /** @returns how many of them someone else received since this reader, or before it, received them last */
  received(messages: readonly QueueMessage[]): number {
    return messages.filter((message) => this.#wasElsewhere(message)).length;
  }

  #wasElsewhere({ id, sentMs, receiveCount }: QueueMessage): boolean {
    const own = (this.#counts.get(id)?.count ?? 0) + 1;
    this.#counts.delete(id);
    // What someone else received once is reported once.
    this.#counts.set(id, { count: Math.max(own, receiveCount), sentMs });
    const [oldest] = this.#counts;
    if (this.#counts.size > REMEMBERED && oldest !== undefined) this.#forget(...oldest);
    return sentMs >= this.#knownMs && receiveCount > own;
  }

  /** Messages that stay in the queue, as where this reader may not delete them, come again after they were forgotten. */
  #forget(id: string, { sentMs }: { readonly sentMs: number }): void {
    this.#counts.delete(id);
    this.#knownMs = Math.max(this.#knownMs, sentMs + 1);
  }
}
