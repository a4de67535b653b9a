import type { AccountId } from "../../model/aws/ids.ts";
import { faultText } from "../fault.ts";
import type { Assigner } from "../ports/assigned/assigner.ts";
import type { ControllerContext } from "../settings.ts";
import { accountsToAssign, shareOf } from "./shares.ts";

const LOOK_MS = 1_000;
const AFTER_A_FAILURE_MS = 5_000;

/**
 * Assigns accounts of the active replica to standbys, next to everything else: no pass waits for it but those of the accounts that
 * are being assigned.
 *
 *   account   own ──no pass of it runs──► being assigned ──assigned──► of the other replica ──returned, or its lease ended──► own
 *                                              └──the replica cannot take it any more──► own
 */
export class AccountSharing {
  readonly #context: ControllerContext;
  readonly #read: () => Promise<void>;
  readonly #moving = new Map<AccountId, Promise<void>>();
  #dueMs = 0;
  #sharing: Promise<void> | null = null;

  /** @param read learns which accounts are assigned */
  constructor(context: ControllerContext, read: () => Promise<void>) {
    this.#context = context;
    this.#read = read;
  }

  /** Starts to assign, unless that is under way. */
  update(signal: AbortSignal): void {
    const { assigner, clock, telemetry } = this.#context.ports;
    if (assigner === null || signal.aborted) return;
    if (this.#sharing !== null || clock.nowMs() < this.#dueMs) return;
    this.#dueMs = clock.nowMs() + LOOK_MS;
    this.#sharing = this.#share(assigner)
      .catch((cause: unknown) => {
        this.#dueMs = clock.nowMs() + AFTER_A_FAILURE_MS;
        telemetry.warn("accounts were not assigned", {
          reason: faultText(cause),
          hint: "nothing is lost: it is tried again",
        });
      })
      .finally(() => {
        this.#sharing = null;
      });
  }

  /** Resolves when it is known who makes the passes of the account. */
  async settled(accountId: AccountId): Promise<void> {
    await this.#moving.get(accountId);
  }

  /** Waits for what is under way. */
  async idle(): Promise<void> {
    await this.#sharing;
  }

  async #share(assigner: Assigner): Promise<void> {
    const holders = await assigner.holders();
    const accounts = this.#sharedAccounts();
    if (holders.length === 0 || accounts === null) return;
    await assigner.limit(shareOf(accounts.length, holders.length));
    for (const [replica, wanted] of accountsToAssign(accounts, holders))
      await this.#assign(assigner, replica, wanted);
  }

  /** null: nothing is in force. An account that a set observes is not declared: a standby does not read the organization. */
  #sharedAccounts(): readonly AccountId[] | null {
    const { enforced } = this.#context.state;
    if (enforced === null) return null;
    return [...enforced.accounts.values()].flatMap(({ id, set }) => (set === undefined ? [id] : []));
  }

  async #assign(assigner: Assigner, replica: string, wanted: readonly AccountId[]): Promise<void> {
    const { state, ports } = this.#context;
    // Those with a running pass are assigned after it.
    const idle = wanted.filter((id) => !state.queue.isRunning(id) && !state.assigned.has(id));
    if (idle.length === 0) return;
    const moved = Promise.withResolvers<void>();
    for (const id of idle) this.#moving.set(id, moved.promise);
    try {
      const assigned = await assigner.assign(replica, idle);
      if (assigned.length > 0)
        ports.telemetry.info("accounts were assigned", { replica, accounts: assigned.length });
    } finally {
      // Also after an error: the record may have them assigned.
      await this.#read().finally(() => {
        for (const id of idle) this.#moving.delete(id);
        moved.resolve();
      });
    }
  }
}
