import type { ChangeQueueView } from "../../../model/answers/queue-health.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import type { AccountEventFacts, QueueFacts, SearchedEvents } from "../../../model/passes/event-facts.ts";

/** The active replica states the health of the queues every 10 seconds. */
const SILENT_MS = 60_000;

/** What is known of the change events of an account. */
export interface AccountEvents {
  readonly queues: readonly ChangeQueueView[];
  /** Whether a process reads the queues. */
  readonly areRead: boolean;
  /** null: CloudTrail is not asked. */
  readonly searched: SearchedEvents | null;
}

/** Facts of change events that the active replica states, in a replica with assigned accounts. */
export class ReceivedFacts {
  readonly #accounts = new Map<AccountId, AccountEventFacts>();
  #queues: QueueFacts | null = null;
  #readMs = 0;

  /** @param found those that are new */
  read(queues: QueueFacts | null, found: ReadonlyMap<AccountId, AccountEventFacts>, nowMs: number): void {
    [this.#queues, this.#readMs] = [queues, nowMs];
    for (const [accountId, facts] of found) this.#accounts.set(accountId, facts);
  }

  /** undefined: nothing was stated since the account was assigned, or this process receives the events itself. */
  of(accountId: AccountId, nowMs: number): AccountEvents | undefined {
    const facts = this.#accounts.get(accountId);
    if (facts === undefined || this.#queues === null) return undefined;
    const { queues, ageMs } = this.#queues;
    const areRead = ageMs + Math.max(0, nowMs - this.#readMs) < SILENT_MS;
    return { queues, areRead, searched: facts.searched };
  }

  forget(accountId: AccountId): void {
    this.#accounts.delete(accountId);
  }
}
