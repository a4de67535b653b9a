import type { QueueMessage } from "./queue.ts";

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
