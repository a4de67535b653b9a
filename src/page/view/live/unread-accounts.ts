import type { AccountStatus } from "../../../api/manifests.ts";

/** An account of which no list and no count of a screen has everything. */
export interface AccountNotRead {
  readonly name: string;
  /** ISO 8601: since when its reads fail; null: a part of it was left out, or it was not compared yet. */
  readonly since: string | null;
  readonly reasons: readonly string[];
}

type Account = Pick<AccountStatus, "name" | "failing" | "lastSweepAt" | "comparing" | "unread">;

/** The accounts that were not read, or not completely, those with failing reads first. */
export function unreadAccounts(accounts: readonly Account[]): readonly AccountNotRead[] {
  const unread = accounts.flatMap((account) => {
    const reasons = reasonsOf(account);
    return reasons.length === 0
      ? []
      : [{ name: account.name, since: account.failing?.since ?? null, reasons }];
  });
  return [...unread.filter(({ since }) => since !== null), ...unread.filter(({ since }) => since === null)];
}

function reasonsOf({ failing, lastSweepAt, comparing, unread }: Account): readonly string[] {
  if (failing !== null) return [failing.reason];
  if (lastSweepAt === null || comparing) return ["not compared since the controller started"];
  return unread;
}
