import type { AccountId } from "../../model/aws/ids.ts";
import type { ControllerContext } from "../settings.ts";
import type { EndedPass } from "../state/reconcile-requests.ts";
import type { DueWork } from "../state/workqueue.ts";
import type { EventFactSender } from "./event-fact-sender.ts";

interface Handed extends Pick<EndedPass, "number" | "accountId" | "keys"> {
  readonly ids: readonly number[];
}

/**
 * Work in accounts whose passes other replicas make: what this process finds due there becomes rows, and the requests that wait for
 * it go on when the rows are gone. Work of an account that is returned meanwhile is covered by the sweep that follows.
 */
export class HandedWork {
  readonly #context: ControllerContext;
  readonly #facts: Pick<EventFactSender, "sendChanged">;
  #handed: readonly Handed[] = [];

  constructor(context: ControllerContext, facts: Pick<EventFactSender, "sendChanged">) {
    this.#context = context;
    this.#facts = facts;
  }

  /** In place of a pass. @throws Error if the record cannot be written */
  async hand({ accountId, scope }: DueWork): Promise<void> {
    const { state, ports } = this.#context;
    if (ports.dueWriter === null) return;
    const keys = scope.kind === "all" ? "all" : scope.keys;
    // Requests that are fetched later wait for later rows.
    const number = state.beginPass();
    // The work may be due for what an answer of CloudTrail has shown.
    await this.#facts.sendChanged([accountId]);
    const ids = await ports.dueWriter.write(accountId, keys);
    this.#handed = [...this.#handed, { ids, number, accountId, keys }];
  }

  /** Hands it again later. */
  handAgain({ accountId, scope }: DueWork, atMs: number): void {
    const { queue } = this.#context.state;
    if (scope.kind === "all") queue.addSweep(accountId, atMs);
    else for (const key of scope.keys) queue.addKey(key, atMs);
  }

  /** The rows that no pass has covered. What the passes of the others found is to be read after it. @throws Error if the record cannot be read */
  async open(): Promise<ReadonlySet<number>> {
    const { dueWriter } = this.#context.ports;
    if (dueWriter === null || this.#handed.length === 0) return new Set();
    const before = new Set(this.#handed);
    const open = await dueWriter.open();
    // Rows that were written meanwhile may not be in it.
    return new Set([...open, ...this.#handed.filter((one) => !before.has(one)).flatMap(({ ids }) => ids)]);
  }

  /** @param open as of before the last read of the assigned accounts */
  end(open: ReadonlySet<number>): void {
    const { state } = this.#context;
    const ended = this.#handed.filter(
      ({ ids, accountId }) => !state.assigned.has(accountId) || !ids.some((id) => open.has(id)),
    );
    this.#handed = this.#handed.filter((one) => !ended.includes(one));
    for (const { ids: _, ...pass } of ended)
      if (state.assigned.has(pass.accountId))
        state.requests.passEnded({ ...pass, failure: this.#failureOf(pass.accountId) });
  }

  #failureOf(accountId: AccountId): string | null {
    const { failure, fault } = this.#context.state.account(accountId);
    return fault?.reason ?? failure;
  }
}
