import { entryLine } from "../../../audit/canonical.ts";
import type { AuditEntry } from "../../../audit/entry.ts";
import type { AuditRange } from "../../../controller/ports/audit-log.ts";
import { StoreError } from "../../errors.ts";
import { fromRow, type EntryRow } from "../../rows/audit-rows.ts";
import type { Documents } from "../../rows/documents.ts";
import { conditionsOf, conditionPartOf, type EntryConditions } from "../../rows/entry-conditions.ts";
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
    const { newestFirst = false } = range;
    const conditions = conditionsOf(range);
    while (left > 0 && first <= last) {
      const limit = Math.min(left, PAGE);
      const part = conditionPartOf(conditions, { first, last }, newestFirst);
      const { rows, documents } = await this.#page({ ...conditions, newestFirst }, { ...part, limit });
      for (const row of rows) yield { row, documents };
      left -= rows.length;
      const end = rows.length < limit ? undefined : rows.at(-1)?.seq;
      if (newestFirst) last = (end ?? part.first) - 1;
      else first = (end ?? part.last) + 1;
    }
  }

  async #page(
    { key, kinds, mentioned, newestFirst }: EntryConditions & { readonly newestFirst: boolean },
    { first, last, limit }: { readonly first: number; readonly last: number; readonly limit: number },
  ): Promise<EntryRows> {
    const values: (string | number)[] = [first, last, limit];
    const given = (value: string): string => `$${values.push(value)}`;
    const about = key === null ? "" : ` AND key = ${given(key)}`;
    const text = mentioned === null ? "" : ` AND strpos(lower(fact COLLATE "C"), ${given(mentioned)}) > 0`;
    const order = `ORDER BY seq ${newestFirst ? "DESC" : "ASC"} LIMIT $3`;
    // Of each kind the newest entries: the index has them in their order.
    const selects = (kinds ?? [null]).map((kind) => {
      const ofKind = kind === null ? "" : ` AND kind = ${given(kind)}`;
      return `(SELECT * FROM entries WHERE seq BETWEEN $1 AND $2${about}${ofKind}${text} ${order})`;
    });
    if (selects.length === 0) return this.selected("SELECT * FROM entries WHERE FALSE", []);
    return this.selected(`SELECT * FROM (${selects.join(" UNION ALL ")}) AS parts ${order}`, values);
  }

  async #bounds({ fromSeq = 1, toSeq = LAST, sinceMs, untilMs }: AuditRange) {
    const sql = `SELECT coalesce((SELECT max(seq) FROM entries), 0) AS newest,
      (SELECT min(seq) FROM entries WHERE at_ms >= $1) AS since,
      (SELECT max(seq) FROM entries WHERE at_ms < $2) AS until`;
    const values = [sinceMs ?? null, untilMs ?? null];
    const [found] = await this.#database.read<EntryBounds>("read the audit", sql, values);
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

interface EntryBounds {
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
