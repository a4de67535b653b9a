import { entryLine } from "../../../audit/canonical.ts";
import type { AuditEntry } from "../../../audit/entry.ts";
import type { AuditRange } from "../../../controller/ports/audit-log.ts";
import { StoreError } from "../../errors.ts";
import { fromRow, type EntryRow } from "../../rows/audit-rows.ts";
import type { Documents } from "../../rows/documents.ts";
import type { Database } from "../database.ts";
import { documentsNamed } from "../documents.ts";

/** The number of rows in one read. */
const PAGE = 256;

/** The last possible number: a range has no end without one. */
const LAST = Number.MAX_SAFE_INTEGER;

/** Reads the chain. */
export class PostgresEntryReader {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** As the SQLite engine: a period is the shortest run without gaps; ends at the entry that was the last one at the start. */
  async *entries(range: AuditRange): AsyncGenerator<AuditEntry> {
    for await (const { row, documents } of this.#rows(range)) yield fromRow(row, documents);
  }

  /** The lines of the export. A damaged entry becomes a line that no verifier accepts, so that the damage is found. */
  async *lines(range: AuditRange): AsyncGenerator<string> {
    for await (const { row, documents } of this.#rows(range)) yield lineOf(row, documents);
  }

  /** The number of the first entry; Infinity without one. */
  async firstSeq(): Promise<number> {
    const sql = "SELECT min(seq) AS seq FROM entries";
    const [first] = await this.#database.read<{ readonly seq: number | null }>("read the audit", sql);
    return first?.seq ?? Infinity;
  }

  /** The rows that a query selects, with their documents. */
  async selected(sql: string, values: readonly (string | number)[]): Promise<EntryRows> {
    const rows = await this.#database.read<EntryRow>("read the audit", sql, values);
    const hashes = rows.flatMap(({ documents }) =>
      documents === null ? [] : Object.values(JSON.parse(documents) as Readonly<Record<string, string>>),
    );
    return { rows, documents: await documentsNamed(this.#database, hashes) };
  }

  async *#rows(range: AuditRange): AsyncGenerator<{ row: EntryRow; documents: Pick<Documents, "get"> }> {
    let { first, last } = await this.#bounds(range);
    let left = range.limit ?? LAST;
    const backwards = range.newestFirst ?? false;
    while (left > 0 && first <= last) {
      const { rows, documents } = await this.#page(range, { first, last, limit: Math.min(left, PAGE) });
      for (const row of rows) yield { row, documents };
      const end = rows.at(-1);
      if (end === undefined) return;
      left -= rows.length;
      if (backwards) last = end.seq - 1;
      else first = end.seq + 1;
    }
  }

  async #page(
    { kind, key, newestFirst = false }: AuditRange,
    at: { readonly first: number; readonly last: number; readonly limit: number },
  ) {
    const order = newestFirst ? "DESC" : "ASC";
    // At most one of the two.
    const filter = kind === undefined ? (key === undefined ? "" : "AND key = $4") : "AND kind = $4";
    const sql = `SELECT * FROM entries WHERE seq BETWEEN $1 AND $2 ${filter} ORDER BY seq ${order} LIMIT $3`;
    return this.selected(sql, [
      at.first,
      at.last,
      at.limit,
      ...(kind === undefined ? [] : [kind]),
      ...(key === undefined ? [] : [key]),
    ]);
  }

  async #bounds({ fromSeq = 1, toSeq = LAST, sinceMs, untilMs }: AuditRange) {
    const sql = `SELECT coalesce((SELECT max(seq) FROM entries), 0) AS newest,
      (SELECT min(seq) FROM entries WHERE at_ms >= $1) AS since,
      (SELECT max(seq) FROM entries WHERE at_ms < $2) AS until`;
    const values = [sinceMs ?? null, untilMs ?? null];
    const [found] = await this.#database.read<Bounds>("read the audit", sql, values);
    const { newest, since, until } = found ?? { newest: 0, since: null, until: null };
    const first = sinceMs === undefined ? fromSeq : Math.max(fromSeq, since ?? LAST);
    const last = untilMs === undefined ? toSeq : Math.min(toSeq, until ?? 0);
    return { first, last: Math.min(newest, last) };
  }
}

export interface EntryRows {
  readonly rows: readonly EntryRow[];
  readonly documents: Pick<Documents, "get">;
}

interface Bounds {
  readonly newest: number;
  readonly since: number | null;
  readonly until: number | null;
}

function lineOf(row: EntryRow, documents: Pick<Documents, "get">): string {
  try {
    return entryLine(fromRow(row, documents));
  } catch (error) {
    if (error instanceof StoreError) return `unreadable: ${error.message}`;
    throw error;
  }
}
