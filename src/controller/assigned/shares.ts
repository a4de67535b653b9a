import type { AccountId } from "../../model/aws/ids.ts";
import type { Holder } from "../ports/assigned/assigner.ts";

/** No replica has more accounts; the active one is one of the replicas. */
export function shareOf(accounts: number, standbys: number): number {
  return Math.ceil(accounts / (standbys + 1));
}

/**
 * The accounts to assign to each of these standbys, by id; the active replica keeps the others. What a standby has stays with it, also
 * above its share: only the standby itself can return an account, when no pass of it runs.
 * @param accounts in force
 */
export function accountsToAssign(
  accounts: readonly AccountId[],
  standbys: readonly Holder[],
): ReadonlyMap<string, readonly AccountId[]> {
  const share = shareOf(accounts.length, standbys.length);
  const assigned = new Set(standbys.flatMap((standby) => standby.accounts));
  const free = accounts.filter((id) => !assigned.has(id)).toSorted();
  const wanting = standbys.map(({ id, canTake, accounts: { length } }) => ({
    id,
    wants: canTake ? Math.max(0, share - length) : 0,
  }));
  // Those with the fewest first: a standby that joins gets what the active replica has too much.
  let spare = free.length - share;
  const added = new Map<string, readonly AccountId[]>();
  for (const { id, wants } of wanting.toSorted((a, b) => b.wants - a.wants || (a.id < b.id ? -1 : 1))) {
    const count = Math.min(wants, spare);
    if (count <= 0) break;
    added.set(id, free.splice(0, count));
    spare -= count;
  }
  return added;
}

/** What a standby has above its share, and returns when no pass of it runs; the highest ids, so that the others stay. */
export function accountsToReturn(
  { accounts }: Pick<Holder, "accounts">,
  share: number,
): readonly AccountId[] {
  return accounts.toSorted().slice(share);
}
