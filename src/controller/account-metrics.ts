import type { DesiredAccount } from "../model/desired.ts";
import type { AccountId } from "../model/aws/ids.ts";
import type { Telemetry } from "./ports/telemetry.ts";
import type { ControllerState } from "./state/controller-state.ts";

/** Whether each account is read and was compared since the start, and the end of the gauges of accounts that are no longer measured. */
export class AccountMetrics {
  readonly #state: Pick<ControllerState, "account">;
  readonly #telemetry: Pick<Telemetry, "gauge" | "forget">;
  #known: ReadonlySet<string> = new Set();

  constructor(state: Pick<ControllerState, "account">, telemetry: Pick<Telemetry, "gauge" | "forget">) {
    this.#state = state;
    this.#telemetry = telemetry;
  }

  /**
   * @param accounts in force, of which this process makes the passes: a sum over replicas counts each account once
   * @param late whether the next complete read of an account is late: its last one has not ended
   */
  measure(
    accounts: readonly Pick<DesiredAccount, "id" | "name">[],
    late: { has(account: AccountId): boolean },
  ): void {
    const names = new Set(accounts.map(({ name }) => name));
    for (const name of this.#known) if (!names.has(name)) this.#telemetry.forget("account", name);
    this.#known = names;
    for (const { id, name: account } of accounts) {
      const { firstPassEnded, unread, failure, fault } = this.#state.account(id);
      const isRead = firstPassEnded && failure === null && fault === null && !late.has(id);
      this.#telemetry.gauge("account_readable", isRead ? 1 : 0, { account });
      this.#telemetry.gauge("account_compared", unread === null ? 0 : 1, { account });
    }
  }
}
