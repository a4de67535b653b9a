import { CHAIN_START, contentProblem, linkProblem, type ChainHead } from "../../audit/chain.ts";
import { parseCheckpoint, signatureProblem, type VerificationKey } from "../../audit/checkpoint.ts";
import type { AuditEntry } from "../../audit/entry.ts";
import { StoreError } from "../errors.ts";
import { fromRow, type EntryRow } from "./audit-rows.ts";
import type { Documents } from "./documents.ts";

/**
 * Checks the end of the chain: the last checkpoint with its signature, and every later entry.
 * @param rows in order, from the entry before the last checkpoint
 * @throws StoreError `broken-record`
 */
export function checkEnd(
  rows: Iterable<EntryRow>,
  {
    first,
    documents,
    keys,
  }: {
    /** The number that the first row must have. */
    readonly first: number;
    readonly documents: Pick<Documents, "get">;
    readonly keys: readonly VerificationKey[];
  },
): void {
  const byId = new Map(keys.map((key) => [key.keyId, key]));
  let head: ChainHead | null = first === 1 ? CHAIN_START : null;
  for (const row of rows) {
    const entry = readRow(row, documents);
    const before: ChainHead = head ?? { seq: first - 1, hash: entry.prev };
    const problem = linkProblem(before, entry) ?? contentProblem(entry) ?? checkpointProblem(entry, byId);
    if (problem !== null) throw broken(entry.seq, problem);
    head = { seq: entry.seq, hash: entry.hash };
  }
}

function readRow(row: EntryRow, documents: Pick<Documents, "get">): AuditEntry {
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
