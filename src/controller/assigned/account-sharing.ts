import type { AccountId } from "../../model/aws/ids.ts";
import { faultText } from "../fault.ts";
import type { Assigner } from "../ports/assigned/assigner.ts";
import type { ControllerContext } from "../settings.ts";
import type { EventFactSender } from "./event-fact-sender.ts";
import { accountsToAssign, shareOf } from "./shares.ts";

const LOOK_MS = 1_000;
const AFTER_A_FAILURE_MS = 5_000;

/**
 * Assigns accounts of the active replica to standbys, next to everything else: no pass waits for it but those of the accounts that
 * are being assigned.
 *
 *   account   own ──no pass of it runs──► being assigned ──assigned──► of the other replica ──returned, or its lease ended──► own
 *                                              └──the replica cannot take it any more──► own
 *
 * An account is being assigned until the record has been read after it: before, it is unknown who makes its passes, also after an error.
 */
export class AccountSharing {
  readonly #context: ControllerContext;
  readonly #read: () => Promise<void>;
  readonly #facts: Pick<EventFactSender, "send">;
  readonly #moving = new Map<AccountId, Promise<void>>();
  #dueMs = 0;
  #sharing: Promise<void> | null = null;

  /** @param read learns which accounts are assigned */
  constructor(
    context: ControllerContext,
    { read, facts }: { readonly read: () => Promise<void>; readonly facts: Pick<EventFactSender, "send"> },
  ) {
    this.#context = context;
    this.#read = read;
    this.#facts = facts;
  }

  /** Starts to assign, unless that is under way. */
  update(signal: AbortSignal): void {
    const { assigner, clock, telemetry } = this.#context.ports;
    if (assigner === null || signal.aborted) return;
    if (this.#sharing !== null || clock.nowMs() < this.#dueMs) return;
    this.#dueMs = clock.nowMs() + LOOK_MS;
    this.#sharing = this.#share(assigner, signal)
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

  /** Resolves when it is known who makes the passes of the account, or the controller stops. */
  async settled(accountId: AccountId): Promise<void> {
    await this.#moving.get(accountId);
  }

  /** Waits for what is under way. */
  async idle(): Promise<void> {
    await this.#sharing;
  }

  async #share(assigner: Assigner, signal: AbortSignal): Promise<void> {
    const holders = await assigner.holders();
    const accounts = this.#sharedAccounts();
    if (holders.length === 0 || accounts === null) return;
    await assigner.limit(shareOf(accounts.length, holders.length));
    for (const [replica, wanted] of accountsToAssign(accounts, holders))
      await this.#whileMoving(this.#idleOf(wanted), signal, async (idle) => {
        await this.#facts.send(idle);
        const assigned = await assigner.assign(replica, idle);
        if (assigned.length > 0)
          this.#context.ports.telemetry.info("accounts were assigned", {
            replica,
            accounts: assigned.length,
          });
      });
  }

  /** null: nothing is in force. An account that a set observes is not declared: a standby does not read the organization. */
  #sharedAccounts(): readonly AccountId[] | null {
    const { enforced } = this.#context.state;
    if (enforced === null) return null;
    return [...enforced.accounts.values()].flatMap(({ id, set }) => (set === undefined ? [id] : []));
  }

  /** Those with a running pass are assigned after it. */
  #idleOf(wanted: readonly AccountId[]): readonly AccountId[] {
    const { queue, assigned } = this.#context.state;
    return wanted.filter((id) => !queue.isRunning(id) && !assigned.has(id));
  }

  async #whileMoving(
    accounts: readonly AccountId[],
    signal: AbortSignal,
    assign: (accounts: readonly AccountId[]) => Promise<void>,
  ): Promise<void> {
    if (accounts.length === 0) return;
    const moved = Promise.withResolvers<void>();
    for (const id of accounts) this.#moving.set(id, moved.promise);
    try {
      await assign(accounts);
    } finally {
      await this.#readAgainUntilRead(signal);
      for (const id of accounts) this.#moving.delete(id);
      moved.resolve();
    }
  }

  /** Also returns when the controller stops. */
  async #readAgainUntilRead(signal: AbortSignal): Promise<void> {
    const { clock, telemetry } = this.#context.ports;
    while (!signal.aborted)
      try {
        await this.#read();
        return;
      } catch (cause) {
        telemetry.warn("it is unknown which accounts were assigned: their passes wait", {
          reason: faultText(cause),
          seconds: AFTER_A_FAILURE_MS / 1_000,
        });
        await clock.sleep(AFTER_A_FAILURE_MS, signal).catch(() => undefined);
      }
  }
}
