import { lastKnownAccount, removedAccount } from "../settle/removed-account.ts";
import type { AccountRecord } from "../model/records/account-record.ts";
import type { ControllerPorts } from "./settings.ts";
import type { ControllerState, EnforcedNow } from "./state/controller-state.ts";

/** Closes what is open about accounts that Git no longer declares; by the clock, because no pass runs over them. */
export class RemovedAccounts {
  readonly #state: ControllerState;
  readonly #ports: ControllerPorts;
  /** The accounts that were in force when all others were removed. */
  #removed: EnforcedNow["accounts"] | null = null;

  constructor(state: ControllerState, ports: ControllerPorts) {
    this.#state = state;
    this.#ports = ports;
  }

  async close(): Promise<void> {
    const { enforced } = this.#state;
    // A document that cannot be read may declare any account: none counts as removed.
    if (enforced === null || enforced.compilation.mayLackAccountSets) return;
    const { accounts, revision } = enforced;
    if (accounts === this.#removed) return;
    const { store, alerts, clock, recorder } = this.#ports;
    const openIncidents = await alerts.openIncidents([""]);
    const open = new Set(openIncidents.map(lastKnownAccount));
    const gone = (await store.accounts()).filter(
      ({ accountId, declared }) => !accounts.has(accountId) && (declared !== null || open.has(accountId)),
    );
    const ready = gone.filter(({ accountId }) => !this.#state.queue.isRunning(accountId));
    for (const record of ready) {
      const keys = await store.keys(record.accountId);
      if (!this.#isStillGone(record)) continue;
      const nowIso = new Date(clock.nowMs()).toISOString();
      await recorder.record(removedAccount({ record, keys, openIncidents, revision, nowIso }));
      this.#state.forgetAccount(record.accountId);
    }
    if (ready.length === gone.length) this.#removed = accounts;
  }

  /** A revision that declares it again may have been accepted meanwhile. */
  #isStillGone({ accountId }: AccountRecord): boolean {
    return this.#state.enforced?.accounts.has(accountId) === false && !this.#state.queue.isRunning(accountId);
  }
}
