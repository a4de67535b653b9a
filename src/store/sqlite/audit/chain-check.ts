import type { VerificationKey } from "../../../audit/checkpoint.ts";
import type { EntryRow } from "../../rows/audit-rows.ts";
import { selectOne, type SqliteConnection } from "../connection.ts";
import { documentsOf } from "../documents.ts";
import { checkEnd } from "../../rows/chain-end.ts";
import { storing } from "../failure.ts";

/**
 * Checks the end of the chain before anything is appended to it: the last checkpoint with its signature, and every
 * later entry. `grantkeeper audit verify` checks the complete chain.
 * @throws StoreError `broken-record`
 */
export function checkRecord(db: SqliteConnection, keys: readonly VerificationKey[]): void {
  storing("check the audit", () => {
    const documents = documentsOf(db);
    const lastCheckpoint = "SELECT max(seq) AS seq FROM entries WHERE kind = 'checkpoint'";
    const signed = selectOne<{ readonly seq: number | null }>(db, lastCheckpoint);
    // A checkpoint signs the entry before it.
    const first = Math.max(1, (signed?.seq ?? 1) - 1);
    const rows = db
      .prepare<[number], EntryRow>("SELECT * FROM chain WHERE seq >= ? ORDER BY seq")
      .iterate(first);
    checkEnd(rows, { first, documents, keys });
  });
}
