import { checkpointIn, type CopyRecord } from "../../outside-copy.ts";
import { fromRow } from "../../rows/audit-rows.ts";
import type { Database } from "../database.ts";
import { PostgresEntryReader } from "./entry-reader.ts";

/** What a database knows of the copies of its checkpoints. */
export function copyRecord(database: Database): CopyRecord {
  const reader = new PostgresEntryReader(database);
  return {
    unanchored: async (copy) => {
      const sql = `SELECT entries.* FROM unanchored JOIN entries USING (seq) WHERE copy = $1 ORDER BY seq`;
      const { rows, documents } = await reader.selected(sql, [copy]);
      return rows.map((row) => ({ seq: row.seq, checkpoint: () => checkpointIn(fromRow(row, documents)) }));
    },
    anchored: async (copy, seq) => {
      const done = "DELETE FROM unanchored WHERE copy = $1 AND seq = $2 RETURNING 1";
      await database.write("note a copy", done, [copy, seq]);
    },
  };
}
