import { NOW } from "../fakes/fake-control.ts";
import type { FakeState } from "../fakes/fake-state.ts";

/** The same world, of which no account can be read. The reason names another namespace, as a message of AWS may. */
export function withFailingAccounts(state: FakeState): FakeState {
  const failing = { sinceMs: Date.parse(NOW), reason: "denied while it read payments/refunds" };
  const accounts = state.overview.accounts.map((account) => ({
    ...account,
    record: account.record && { ...account.record, failing },
  }));
  return { ...state, overview: { ...state.overview, accounts } };
}
