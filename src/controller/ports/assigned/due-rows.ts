import type { AccountId } from "../../../model/aws/ids.ts";
import type { Key } from "../../../model/keys/key.ts";

/** Work that the active replica found in an account that is assigned to another one. */
export interface DueRow {
  readonly id: number;
  readonly accountId: AccountId;
  /** null: all of the account. */
  readonly key: Key | null;
}

/** For the active replica. */
export interface DueWriter {
  /** @returns the ids of the rows @throws Error if the record cannot be written; then some may be there */
  write(accountId: AccountId, keys: readonly Key[] | "all"): Promise<readonly number[]>;
  /** The rows that no pass has covered yet. @throws Error if the record cannot be read */
  open(): Promise<ReadonlySet<number>>;
  /** Removes those of accounts that are not assigned: a sweep covers them. May be repeated. @throws Error if the record cannot be written */
  removeReturned(): Promise<void>;
}

/** For the replica that makes the passes. */
export interface DueReader {
  /** All rows of these accounts. @throws Error if the record cannot be read */
  read(accounts: readonly AccountId[]): Promise<readonly DueRow[]>;
  /** A pass that began after they were read has been settled. May be repeated. @throws Error if the record cannot be written */
  remove(ids: readonly number[]): Promise<void>;
}
