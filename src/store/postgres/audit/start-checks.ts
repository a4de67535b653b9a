import { join } from "node:path";
import { CHAIN_START, type ChainHead } from "../../../audit/chain.ts";
import { parseAnchors } from "../../../audit/anchor.ts";
import type { Telemetry } from "../../../controller/ports/telemetry.ts";
import { AUDIT_PUBLIC_KEY_FILE, publishedKeys } from "../../audit-key.ts";
import { StoreError } from "../../errors.ts";
import { exists } from "../../exists.ts";
import { proofText, readNewestEntry } from "../../newest-entry.ts";
import { checkEnd } from "../../rows/chain-end.ts";
import type { Database } from "../database.ts";
import { PostgresEntryReader } from "./entry-reader.ts";

/** A database outlives a state directory, and a new key would make the record look like that of someone else. */
export async function checkKeyIsThere(database: Database, stateDir: string): Promise<void> {
  if (exists(join(stateDir, AUDIT_PUBLIC_KEY_FILE))) return;
  const sql = "SELECT checkpoint FROM head WHERE checkpoint > 0";
  const [signed] = await database.read<{ readonly checkpoint: number }>("check the audit", sql);
  if (signed !== undefined)
    throw new StoreError(
      "key-missing",
      `the record in ${database.name} is signed, and ${stateDir} has no audit key`,
    );
}

/** Checks the end of the chain before anything is appended to it. @returns that end @throws StoreError `broken-record` */
export async function checkRecord(
  database: Database,
  { stateDir, telemetry }: { readonly stateDir: string; readonly telemetry: Telemetry },
): Promise<ChainHead> {
  const sql = "SELECT coalesce(max(seq), 1) AS signed FROM entries WHERE kind = 'checkpoint'";
  const [found] = await database.read<{ readonly signed: number }>("check the audit", sql);
  // A checkpoint signs the entry before it.
  const first = Math.max(1, (found?.signed ?? 1) - 1);
  const end = "SELECT * FROM entries WHERE seq >= $1 ORDER BY seq";
  const { rows, documents } = await new PostgresEntryReader(database).selected(end, [first]);
  try {
    checkEnd(rows, { first, documents, keys: publishedKeys(stateDir) });
    telemetry.gauge("audit_record_intact", 1);
  } catch (cause) {
    telemetry.gauge("audit_record_intact", 0);
    throw cause;
  }
  return rows.at(-1) ?? CHAIN_START;
}

/** Where proofs of entries are outside of the database; null: none. */
export interface Proofs {
  /** The copies of checkpoints. */
  readonly anchorsFile: string | null;
  readonly newestFile: string | null;
}

/** Entries that existed, and that a database does not have. */
export interface Loss {
  /** The last entry that is known to have existed. */
  readonly lostUpTo: number;
  /** ISO 8601: its time, or that of its checkpoint. */
  readonly lostAt: string;
  /** The end of the record; as far as it is known, the entries up to there are kept. */
  readonly last: number;
  /** The file that proves it. */
  readonly file: string;
}

/**
 * A database that was restored, or whose standby missed the last entries, is behind the proofs outside.
 * @throws StoreError `history-lost`
 */
export async function checkNothingIsLost(database: Database, proofs: Proofs): Promise<void> {
  const loss = await lossOf(database, proofs);
  if (loss === null) return;
  const { last, lostUpTo, file } = loss;
  const record = last < lostUpTo ? `ends at entry ${last}` : `has another entry ${lostUpTo}`;
  throw new StoreError(
    "history-lost",
    `the record in ${database.name} ${record}, but ${file} proves entries up to ${lostUpTo}`,
  );
}

interface CheckpointProof {
  readonly seq: number;
  readonly hash: string;
  readonly at: string;
  readonly file: string;
}

interface ComparedRow {
  readonly last: number;
  readonly hash: string | null;
  readonly removed: number;
}

/** null: the database has all entries that a proof outside names. @throws StoreError `unreadable-proof` */
export async function lossOf(database: Database, proofs: Proofs): Promise<Loss | null> {
  for (const proof of proofsIn(proofs)) {
    const sql = `SELECT (SELECT seq FROM head) AS last, (SELECT hash FROM entries WHERE seq = $1) AS hash,
      (SELECT up_to FROM removal) AS removed`;
    const [found] = await database.read<ComparedRow>("compare the copies of checkpoints", sql, [proof.seq]);
    if (found === undefined || isThere(found, proof)) continue;
    return { lostUpTo: proof.seq, lostAt: proof.at, last: found.last, file: proof.file };
  }
  return null;
}

/** Which of these entries the database has, or had before retention removed them. */
export async function entriesIn<Entry extends Pick<CheckpointProof, "seq" | "hash">>(
  database: Database,
  entries: readonly Entry[],
): Promise<ReadonlySet<Entry>> {
  const sql = `SELECT wanted.seq, entries.hash, (SELECT up_to FROM removal) AS removed
    FROM unnest($1::BIGINT[]) AS wanted (seq) LEFT JOIN entries ON entries.seq = wanted.seq`;
  const seqs = entries.map(({ seq }) => String(seq));
  const rows = await database.read<Omit<ComparedRow, "last"> & { readonly seq: number }>(
    "compare the copies of checkpoints",
    sql,
    [seqs],
  );
  const rowOf = new Map(rows.map((row) => [row.seq, row]));
  return new Set(
    entries.filter((entry) => {
      const row = rowOf.get(entry.seq);
      return row !== undefined && isThere(row, entry);
    }),
  );
}

/** If retention removed it, an entry of the chain has its hash. */
function isThere(
  { hash, removed }: Omit<ComparedRow, "last">,
  entry: Pick<CheckpointProof, "seq" | "hash">,
): boolean {
  return hash === entry.hash || entry.seq <= removed;
}

/** The newest of each file, the newest one first. */
function proofsIn({ anchorsFile, newestFile }: Proofs): readonly CheckpointProof[] {
  const newest = newestFile === null ? null : readNewestEntry(newestFile);
  const copies = parseAnchors((anchorsFile === null ? null : proofText(anchorsFile)) ?? "");
  const copy = copies.toSorted((one, other) => other.upTo - one.upTo)[0];
  const proofs = [
    ...(newest === null ? [] : [{ ...newest, file: newestFile ?? "" }]),
    ...(copy === undefined
      ? []
      : [{ seq: copy.upTo, hash: copy.head, at: copy.at, file: anchorsFile ?? "" }]),
  ];
  return proofs.toSorted((one, other) => other.seq - one.seq);
}
