import type { AccountId } from "../../model/aws/ids.ts";
import type { AccountEventFacts } from "../../model/passes/event-facts.ts";
import { firstAccountRecord } from "../../model/records/account-record.ts";
import type { ControllerContext } from "../settings.ts";

/** Another replica takes the queues as unread a minute after this was stated last. */
const STATED_EVERY_MS = 10_000;
/** Denied calls may be many each second. */
const LOOK_MS = 5_000;

/**
 * States what the active replica alone knows of change events, for the passes of assigned accounts: without it they would show a
 * wrong reason why a difference has no author. Before an account is assigned, and before a pass of it is due for a new answer. Also
 * that there are no change events: during an update another replica may have them in its configuration, and waits for it.
 */
export class EventFactSender {
  readonly #context: ControllerContext;
  /** By account: what was stated last, as text. */
  readonly #sent = new Map<AccountId, string>();
  #queues = { text: "", atMs: -Infinity };
  #lookMs = -Infinity;

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  /** Before the first pass. @throws Error if the record cannot be read */
  async continueDenials(): Promise<void> {
    const { state, ports } = this.#context;
    if (ports.eventFacts !== null) state.keptDenials.continueWith(await ports.eventFacts.statedDenials());
  }

  /** Of accounts that are then assigned. @throws Error if the record cannot be written: then they must not be */
  async send(accounts: readonly AccountId[]): Promise<void> {
    if (this.#context.ports.eventFacts === null) return;
    await this.#write(await this.#factsOf(accounts));
  }

  /** Before a pass of the account is due. @throws Error if the record cannot be written */
  async sendChanged(accounts: readonly AccountId[]): Promise<void> {
    if (this.#context.ports.eventFacts === null) return;
    const facts = [...(await this.#factsOf(accounts))];
    await this.#write(new Map(facts.filter(([id, one]) => this.#sent.get(id) !== textOf(one))));
  }

  /** What is new of the queues and of all assigned accounts. @throws Error if the record cannot be written */
  async update(): Promise<void> {
    const { state, ports } = this.#context;
    if (ports.eventFacts === null) return;
    const hasEvents = state.changeQueues.all.length > 0 || ports.eventHistory !== null;
    const nowMs = ports.clock.nowMs();
    await this.#stateQueues({ nowMs, hasEvents });
    const assigned = new Set(state.assigned.all.keys());
    for (const id of this.#sent.keys()) if (!assigned.has(id)) this.#sent.delete(id);
    const isLook = hasEvents && nowMs - this.#lookMs >= LOOK_MS;
    await this.sendChanged([...assigned].filter((id) => isLook || !this.#sent.has(id)));
    if (isLook) this.#lookMs = nowMs;
  }

  async #stateQueues({
    nowMs,
    hasEvents,
  }: {
    readonly nowMs: number;
    readonly hasEvents: boolean;
  }): Promise<void> {
    const { state, ports } = this.#context;
    const queues = state.changeQueues.all;
    const text = JSON.stringify(queues);
    const isDue = hasEvents && nowMs - this.#queues.atMs >= STATED_EVERY_MS;
    if (text === this.#queues.text && !isDue) return;
    await ports.eventFacts?.writeQueues(queues);
    this.#queues = { text, atMs: nowMs };
  }

  async #write(facts: ReadonlyMap<AccountId, AccountEventFacts>): Promise<void> {
    if (facts.size === 0) return;
    await this.#context.ports.eventFacts?.writeAccounts(facts);
    for (const [id, one] of facts) this.#sent.set(id, textOf(one));
  }

  async #factsOf(accounts: readonly AccountId[]): Promise<ReadonlyMap<AccountId, AccountEventFacts>> {
    const { state, ports } = this.#context;
    // The denied calls of processes before this one are in the record.
    const isRestored = accounts.every((id) => state.keptDenials.isRestored(id));
    const records = new Map(
      (isRestored ? [] : await ports.store.accounts()).map((record) => [record.accountId, record]),
    );
    const nowMs = ports.clock.nowMs();
    return new Map(
      accounts.map((id) => {
        const record = records.get(id) ?? firstAccountRecord(id, "");
        const { denials = [] } = state.keptDenials.recorded(record, nowMs);
        const searched = ports.eventHistory === null ? null : state.eventSearches.of(id);
        return [id, { denials, searched }];
      }),
    );
  }
}

function textOf({ denials, searched }: AccountEventFacts): string {
  return JSON.stringify([denials, searched?.records, [...(searched?.searches ?? [])]]);
}
