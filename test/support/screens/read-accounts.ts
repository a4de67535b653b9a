import type { FakeState } from "../fakes/fake-control.ts";

/** The same world, of which no account fails to be read. */
export function withReadAccounts(state: FakeState): FakeState {
  const accounts = state.overview.accounts.map((account) => ({
    ...account,
    record: account.record && { ...account.record, failing: null },
  }));
  return { ...state, overview: { ...state.overview, accounts } };
}
