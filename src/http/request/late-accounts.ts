import type { AccountView } from "../../controller/ports/control.ts";
import { withLateRead } from "../../model/reads/late-read.ts";
import type { World } from "./world.ts";

/** Accounts whose reads do not end are shown on all screens as accounts that cannot be read. */
export function withLateAccounts(world: World, nowMs: number): World {
  const { overview } = world;
  const accounts = overview.accounts.map((account) => withLate(account, overview.sweepMs, nowMs));
  if (accounts.every((account, at) => account === overview.accounts[at])) return world;
  return {
    ...world,
    overview: { ...overview, accounts },
    accounts: new Map(accounts.map((account) => [account.id, account])),
  };
}

function withLate(account: AccountView, sweepMs: number, nowMs: number): AccountView {
  const { record, comparing } = account;
  if (record === null) return account;
  const late = withLateRead(record, { sweepMs, nowMs, comparing });
  return late === record ? account : { ...account, record: late };
}
