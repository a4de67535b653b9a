import type { AccountId } from "../../model/aws/ids.ts";
import { Turns } from "../../model/values/turns.ts";
import { soughtObjects } from "../changes/sought-objects.ts";
import { addLaterKeys } from "../pass/earlier-accounts.ts";
import type { DeclaredOf } from "../ports/assigned/pass-memories.ts";
import type { ControllerContext } from "../settings.ts";

/** Keeps what the passes of other replicas have found, for the answers of the active one. */
export class AssignedReader {
  readonly #context: ControllerContext;
  readonly #turns = new Turns();
  #passed: readonly AccountId[] = [];
  /** Also those that were returned to a process before this one. */
  #hasReturned = true;
  #isFirst = true;
  /** Accounts of whose differences the author is still to be sought. */
  readonly #unsought = new Set<AccountId>();

  constructor(context: ControllerContext) {
    this.#context = context;
  }

  /**
   * Reads what is new. An account that is assigned loses what this process found of it, which is outdated with the next pass of the
   * other replica; one that was returned is due.
   * @throws Error if the record cannot be read; then the answers are of the last read, with its times
   */
  read(): Promise<void> {
    // Two at a time could end in the other order.
    return this.#turns.inTurn(() => this.#readNow());
  }

  async #readNow(): Promise<void> {
    const { state, ports } = this.#context;
    if (ports.assignedMemories === null) return;
    const found = await ports.assignedMemories.read(this.#declaredOf());
    const { assigned, returned, passed, hasChanged } = state.assigned.read(found);
    if (this.#isFirst) this.#sweepAfterStart(assigned);
    this.#isFirst = false;
    for (const accountId of assigned) {
      state.forgetAccount(accountId);
      state.coverage.forget(accountId);
    }
    for (const accountId of returned)
      if (state.enforced?.accounts.has(accountId) === true)
        state.queue.addSweep(accountId, ports.clock.nowMs());
    this.#passed = [...this.#passed, ...passed];
    for (const id of passed) {
      const account = state.enforced?.accounts.get(id);
      if (account !== undefined) addLaterKeys(account, state, ports.clock.nowMs());
    }
    if (hasChanged) state.signal.changed();
    for (const accountId of passed) this.#unsought.add(accountId);
    // Before the first step that may fail: they are returned in this read alone.
    this.#hasReturned ||= returned.length > 0;
    await this.#seekAuthors();
    await this.#removeReturned();
  }

  /** A process before this one may have ended between an event and the second read of what it concerned. */
  #sweepAfterStart(assigned: readonly AccountId[]): void {
    const { state, ports } = this.#context;
    if (state.changeQueues.all.length === 0 && ports.eventHistory === null) return;
    for (const accountId of assigned) state.queue.addSweep(accountId, ports.clock.nowMs());
  }

  /** As after a pass of this process. */
  async #seekAuthors(): Promise<void> {
    const { state, ports } = this.#context;
    if (ports.eventHistory === null) this.#unsought.clear();
    for (const accountId of this.#unsought) {
      const account = state.enforced?.accounts.get(accountId);
      if (account !== undefined) {
        const records = new Map((await ports.store.keys(accountId)).map((one) => [one.key, one]));
        const sought = soughtObjects(account, state.account(accountId).views, records);
        state.eventSearches.seek(accountId, sought, ports.clock.nowMs());
      }
      this.#unsought.delete(accountId);
    }
  }

  /** A sweep covers what was due in a returned account: its rows would stay for ever. */
  async #removeReturned(): Promise<void> {
    const { dueWriter } = this.#context.ports;
    if (dueWriter === null || !this.#hasReturned) return;
    await dueWriter.removeReturned();
    this.#hasReturned = false;
  }

  /** The accounts of which passes have ended since the last call. */
  takePassed(): ReadonlySet<AccountId> {
    const passed = new Set(this.#passed);
    this.#passed = [];
    return passed;
  }

  #declaredOf(): DeclaredOf {
    const desired = this.#context.state.enforced?.compilation.desired;
    return (key) => desired?.bindings.get(key) ?? desired?.policies.get(key);
  }
}
