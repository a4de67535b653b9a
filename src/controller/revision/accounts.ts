import { observedAccount } from "../../model/aws/found-account.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { DesiredAccount, DesiredAccountSet } from "../../model/desired.ts";
import { accountIdOf } from "../../model/keys/key.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import { byKey } from "../../text/order.ts";
import type { AccountSetState } from "../state/account-sets.ts";
import type { EnforcedState } from "../state/controller-state.ts";

export interface KnownAccounts {
  readonly records: readonly AccountRecord[];
  readonly sets: AccountSetState;
}

/**
 * The accounts that passes run over: those of the revision, former accounts that still have declared keys, and those that
 * sets observe. If an AwsAccount is renamed or broken, its bindings become invalid, and their applied state is still checked
 * and restored. A set that may be in a document with a mistake keeps its accounts.
 */
export function accountsInForce(
  enforced: EnforcedState,
  { records, sets }: KnownAccounts,
): ReadonlyMap<AccountId, DesiredAccount> {
  const { desired, invalid, mayLackAccountSets } = enforced.compilation;
  const named = new Set(
    [...invalid.keys(), ...enforced.brokenFileKeys.keys()].map((key) => accountIdOf(key)),
  );
  const all = new Map(desired.accounts);
  const add = (account: DesiredAccount): void => void (all.has(account.id) || all.set(account.id, account));
  for (const { declared } of records) if (declared !== null && named.has(declared.id)) add(declared);
  for (const set of desired.accountSets) observedOf(set, { records, sets }).forEach(add);
  if (mayLackAccountSets) lostMembers(desired.accountSets, records).forEach(add);
  return new Map([...all].sort(byKey));
}

/** Until this process has read the organization, the accounts that are the set's by the record. */
function observedOf(set: DesiredAccountSet, { records, sets }: KnownAccounts): readonly DesiredAccount[] {
  const { found } = sets.of(set);
  return found === null ? membersOf(set, records) : found.map((account) => observedAccount(set, account));
}

/** The accounts of a set by the record. */
export function membersOf(
  set: Pick<DesiredAccountSet, "name">,
  records: readonly AccountRecord[],
): readonly DesiredAccount[] {
  return records.flatMap(({ declared }) => (declared?.set === set.name ? [declared] : []));
}

/** The accounts, by the record, of sets that are not in this list. */
function lostMembers(
  sets: readonly DesiredAccountSet[],
  records: readonly AccountRecord[],
): readonly DesiredAccount[] {
  const names = new Set(sets.map(({ name }) => name));
  return records.flatMap(({ declared }) =>
    declared?.set !== undefined && !names.has(declared.set) ? [declared] : [],
  );
}
