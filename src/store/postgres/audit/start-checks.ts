import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CHAIN_START, type ChainHead } from "../../../audit/chain.ts";
import { parseAnchors } from "../../../audit/anchor.ts";
import type { Telemetry } from "../../../controller/ports/telemetry.ts";
import { AUDIT_PUBLIC_KEY_FILE, publishedKeys } from "../../audit-key.ts";
import { StoreError } from "../../errors.ts";
import { exists } from "../../exists.ts";
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

/**
 * A database that was restored, or whose standby missed the last entries, is behind the copies of checkpoints.
 * @throws StoreError `history-lost`
 */
export async function checkNothingIsLost(database: Database, anchorsFile: string | null): Promise<void> {
  if (anchorsFile === null || !exists(anchorsFile)) return;
  const newest = parseAnchors(readFileSync(anchorsFile, "utf8")).toSorted(
    (one, other) => other.upTo - one.upTo,
  )[0];
  if (newest === undefined) return;
  const sql = `SELECT (SELECT seq FROM head) AS last, (SELECT hash FROM entries WHERE seq = $1) AS hash`;
  const [found] = await database.read<{ readonly last: number; readonly hash: string | null }>(
    "compare the copies of checkpoints",
    sql,
    [newest.upTo],
  );
  if (found === undefined || found.hash === newest.head) return;
  const record =
    found.last < newest.upTo ? `ends at entry ${found.last}` : `has another entry ${newest.upTo}`;
  throw new StoreError(
    "history-lost",
    `the record in ${database.name} ${record}, but ${anchorsFile} proves entries up to ${newest.upTo}`,
  );
}
