import { CHAIN_START, contentProblem, linkProblem, type ChainHead } from "../../../audit/chain.ts";
import { parseCheckpoint, signatureProblem, type VerificationKey } from "../../../audit/checkpoint.ts";
import type { AuditEntry } from "../../../audit/entry.ts";
import { StoreError } from "../../errors.ts";
import { fromRow, type EntryRow } from "./audit-rows.ts";
import { selectOne, type SqliteConnection } from "../connection.ts";
import { documentsOf } from "../documents.ts";
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
    const byId = new Map(keys.map((key) => [key.keyId, key]));
    let head: ChainHead | null = first === 1 ? CHAIN_START : null;
    for (const row of rows) {
      const entry = readRow(row, documents);
      const before: ChainHead = head ?? { seq: first - 1, hash: entry.prev };
      const problem = linkProblem(before, entry) ?? contentProblem(entry) ?? checkpointProblem(entry, byId);
      if (problem !== null) throw broken(entry.seq, problem);
      head = { seq: entry.seq, hash: entry.hash };
    }
  });
}

function readRow(row: EntryRow, documents: Parameters<typeof fromRow>[1]): AuditEntry {
  try {
    return fromRow(row, documents);
  } catch (cause) {
    if (cause instanceof StoreError) throw broken(row.seq, "it cannot be read");
    throw cause;
  }
}

function checkpointProblem(entry: AuditEntry, keys: ReadonlyMap<string, VerificationKey>): string | null {
  if (entry.kind !== "checkpoint") return null;
  const checkpoint = parseCheckpoint(entry);
  if (checkpoint === undefined || checkpoint.upTo !== entry.seq - 1 || checkpoint.head !== entry.prev)
    return "the checkpoint does not sign the entry before it";
  const problem = signatureProblem(checkpoint, keys);
  return problem === null ? null : `the checkpoint is ${problem}`;
}

function broken(seq: number, reason: string): StoreError {
  return new StoreError("broken-record", `the audit record is broken at entry ${seq}: ${reason}`);
}
