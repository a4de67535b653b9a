import type { AccountId } from "../../model/aws/ids.ts";
import { Turns } from "../../model/values/turns.ts";
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
    this.#hasReturned ||= returned.length > 0;
    await this.#removeReturned();
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
