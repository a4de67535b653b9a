import { healthAfter, type ChangeQueueView, type QueueFailure } from "../../model/answers/queue-health.ts";

/** What is known of the queues of change events. */
export class ChangeQueues {
  readonly #queues = new Map<string, ChangeQueueView>();

  add(url: string, accounts: ReadonlySet<string>): void {
    this.#queues.set(url, { url, accounts: [...accounts].sort(), health: { kind: "not-asked" } });
  }

  /** @param failure null: the queue answered */
  answered(url: string, failure: QueueFailure | null, nowMs: number): void {
    const before = this.#queues.get(url);
    if (before !== undefined)
      this.#queues.set(url, { ...before, health: healthAfter(before.health, failure, nowMs) });
  }

  /** In the order of the configuration. */
  get all(): readonly ChangeQueueView[] {
    return [...this.#queues.values()];
  }
}
