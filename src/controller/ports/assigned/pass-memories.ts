import type { AccountId } from "../../../model/aws/ids.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../model/desired.ts";
import type { Key } from "../../../model/keys/key.ts";
import type { PassMemory, PassMemoryRow } from "../../../model/passes/pass-memory.ts";

/** Writes what passes of assigned accounts have found. */
export interface PassMemoryWriter {
  /**
   * Stores the texts that the record does not have yet. Nothing is shown of them before the row is written, in the settlement of the
   * pass (`RecordChange.memories`). May be repeated.
   * @throws Error if the record cannot be written
   */
  prepare(memory: PassMemory): Promise<PassMemoryRow>;
}

/** What a revision declares for a key; undefined: nothing. */
export type DeclaredOf = (key: Key) => DesiredBinding | DesiredPolicy | undefined;

/** Reads what other replicas have found. It has the memories of the last read, so that it reads only those that have changed. */
export interface PassMemoryReader {
  /**
   * The accounts that are assigned now, as of one moment; null: no pass of the present assignment has ended. A memory is the same
   * object as of the last read if nothing of it has changed.
   * @param declared saves reading what this process has itself; it need not be the revision of the pass
   * @throws Error if the record cannot be read
   */
  read(declared: DeclaredOf): Promise<ReadonlyMap<AccountId, PassMemory | null>>;
}
