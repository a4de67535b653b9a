import {
  ELSEWHERE_WITHIN_MS,
  healthAfter,
  type ChangeQueueView,
  type QueueFailure,
} from "../../../model/answers/queue-health.ts";

/** A queue that answers is asked again within half a minute; after so long its reader does not run. */
const SILENT_MS = 120_000;

const MOST_TIMES = 1_000;

/** What is known of the queues of change events. */
export class ChangeQueues {
  readonly #queues = new Map<string, ChangeQueueView>();
  /** By queue: the first and the last answer since the last failure. */
  readonly #answered = new Map<string, { readonly firstMs: number; readonly lastMs: number }>();

  /** By queue: when someone else received how many of its messages. */
  readonly #elsewhere = new Map<string, readonly { readonly atMs: number; readonly count: number }[]>();

  add(url: string, accounts: ReadonlySet<string>): void {
    this.#queues.set(url, { url, accounts: [...accounts].sort(), health: { kind: "not-asked" } });
  }

  /** @param failure null: the queue answered */
  answered(url: string, failure: QueueFailure | null, nowMs: number): void {
    const before = this.#queues.get(url);
    if (before !== undefined)
      this.#queues.set(url, { ...before, health: healthAfter(before.health, failure, nowMs) });
    if (failure !== null) this.#answered.delete(url);
    else this.#answered.set(url, { firstMs: this.#answered.get(url)?.firstMs ?? nowMs, lastMs: nowMs });
  }

  receivedElsewhere(url: string, count: number, nowMs: number): void {
    const before = this.#queues.get(url);
    if (before === undefined) return;
    const recent = (this.#elsewhere.get(url) ?? []).filter(({ atMs }) => nowMs - atMs <= ELSEWHERE_WITHIN_MS);
    const all = [...recent, { atMs: nowMs, count }].slice(-MOST_TIMES);
    this.#elsewhere.set(url, all);
    const sum = all.reduce((total, one) => total + one.count, 0);
    this.#queues.set(url, {
      ...before,
      elsewhere: { sinceMs: all[0]?.atMs ?? nowMs, lastMs: nowMs, count: sum },
    });
  }

  /** Since when each queue of the account answers without a failure; null: one does not answer now, or there is none. */
  answerSinceMs(accountId: string, nowMs: number): number | null {
    const ofAccount = this.all.filter(({ accounts }) => accounts.includes(accountId));
    const answers = ofAccount.map(({ url }) => this.#answered.get(url));
    const current = answers.filter((one) => one !== undefined && nowMs - one.lastMs < SILENT_MS);
    const firstMs = current.map((one) => one?.firstMs ?? Infinity);
    return current.length === 0 || current.length < answers.length ? null : Math.max(...firstMs);
  }

  /** In the order of the configuration. */
  get all(): readonly ChangeQueueView[] {
    return [...this.#queues.values()];
  }
}
