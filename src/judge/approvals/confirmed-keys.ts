import type { Key } from "../../model/keys/key.ts";
import type { AccountRecord, Confirmation } from "../../model/records/account-record.ts";

interface Confirmed {
  /** A first enforcing pass was approved, or had nothing to hold. */
  readonly started: boolean;
  /** The meaning of the grant catalogue changed since the account last converged. */
  readonly catalogueChanged: boolean;
}

/** What the account has confirmed of its functions. */
export interface ConfirmedKeys extends Confirmed {
  /** Of those that waited for a change window when the others were confirmed. Missing: there are none. */
  readonly waiting?: ReadonlyMap<Key, Confirmed>;
}

/** @param record null: of a command without a record */
export function confirmedKeys(
  record: Pick<AccountRecord, "started" | "catalogueDigest" | "unconfirmed"> | null,
  catalogueDigest: string,
): ConfirmedKeys {
  if (record === null) return { started: true, catalogueChanged: false };
  const confirmedOf = (confirmation: Pick<Confirmation, "started" | "catalogueDigest">): Confirmed => ({
    // A restored record starts again, for every function.
    started: record.started && confirmation.started,
    catalogueChanged:
      confirmation.catalogueDigest !== null && confirmation.catalogueDigest !== catalogueDigest,
  });
  const { unconfirmed = [] } = record;
  if (unconfirmed.length === 0) return confirmedOf(record);
  const waiting = unconfirmed.flatMap((group) => group.keys.map((key) => [key, confirmedOf(group)] as const));
  return { ...confirmedOf(record), waiting: new Map(waiting) };
}

export function confirmedOfKey(key: Key, account: ConfirmedKeys): Confirmed {
  return account.waiting?.get(key) ?? account;
}

/** Whether the first enforcing pass of some function is not over. */
export function hasFirstPass({ started, waiting }: ConfirmedKeys): boolean {
  return !started || [...(waiting?.values() ?? [])].some((confirmed) => !confirmed.started);
}
