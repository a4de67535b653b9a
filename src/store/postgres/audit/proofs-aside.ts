import { parseAnchors } from "../../../audit/anchor.ts";
import { proofText, readNewestEntry } from "../../newest-entry.ts";
import { moveAside } from "../../set-aside.ts";
import type { Database } from "../database.ts";
import { entriesIn, type Proofs } from "./start-checks.ts";

/**
 * Takes what the database does not have out of the files that prove entries. Each of these files is kept as it was, as
 * evidence, under another name; copies of checkpoints that the database has stay in use.
 * @returns the new names @throws StoreError
 */
export async function setProofsAside(
  database: Database,
  { anchorsFile, newestFile }: Proofs,
  lostUpTo: number,
): Promise<readonly string[]> {
  const setAside: string[] = [];
  const newest = newestFile === null ? null : readNewestEntry(newestFile);
  if (newestFile !== null && newest !== null && !(await entriesIn(database, [newest])).has(newest))
    setAside.push(moveAside(newestFile, lostUpTo, ""));
  const text = anchorsFile === null ? null : proofText(anchorsFile);
  if (anchorsFile === null || text === null) return setAside;
  const kept = await keptLines(database, text);
  if (kept !== text) setAside.push(moveAside(anchorsFile, lostUpTo, kept));
  return setAside;
}

/** A line that is no copy of a checkpoint stays: it proves nothing, and `audit verify` shows it. */
async function keptLines(database: Database, text: string): Promise<string> {
  const lines = text.split("\n").map((line) => {
    const [copy] = parseAnchors(line);
    return { line, copy: copy === undefined ? null : { seq: copy.upTo, hash: copy.head } };
  });
  const copies = lines.flatMap(({ copy }) => copy ?? []);
  const there = await entriesIn(database, copies);
  const kept = lines.filter(({ copy }) => copy === null || there.has(copy));
  return kept.map(({ line }) => line).join("\n");
}
