import { setImmediate as nextTurn } from "node:timers/promises";
import { entryLine } from "../../../audit/canonical.ts";
import { checkedLink, type Link } from "../../../audit/link.ts";
import type { AuditEntry } from "../../../audit/entry.ts";
import type { AuditRange } from "../../../controller/ports/audit-log.ts";
import { err, ok, type Result } from "../../../model/values/result.ts";
import { StoreError } from "../../errors.ts";
import { fromRow, type EntryRow } from "../../rows/audit-rows.ts";
import { selectAll, selectOne, type SqliteConnection } from "../connection.ts";
import type { Documents } from "../../rows/documents.ts";
import { conditionsOf, conditionPartOf } from "../../rows/entry-conditions.ts";
import { documentsOf } from "../documents.ts";
import { storing } from "../failure.ts";
import { provedRowLink } from "./row-link.ts";

/**
 * The number of rows in one read: a long read would block the event loop and keep the log of the writer from shrinking.
 */
const PAGE = 256;

/** Reads the chain from any connection. */
export class EntryReader {
  readonly #db: SqliteConnection;
  readonly #documents: Documents;

  constructor(db: SqliteConnection) {
    this.#db = db;
    this.#documents = documentsOf(db);
  }

  /**
   * A period (`sinceMs` ≤ at < `untilMs`) is the shortest run of entries without gaps that contains all of its entries.
   * If the clock was set back, some entries in the run may have another time. Ends at the entry that was the last one
   * at the start.
   * @throws StoreError
   */
  async *entries(range: AuditRange): AsyncGenerator<AuditEntry> {
    for await (const row of this.#rows(range)) yield fromRow(row, this.#documents);
  }

  /** The lines of the export. A damaged entry becomes a line that no verifier accepts, so that the damage is found. */
  async *lines(range: AuditRange): AsyncGenerator<string> {
    for await (const row of this.#rows(range)) {
      const entry = entryOf(row, this.#documents);
      yield entry.kind === "ok" ? entryLine(entry.value) : `unreadable: ${entry.error}`;
    }
  }

  /** The number of the first entry, which is not 1 after a removal; 1 if there is none. */
  firstSeq(): number {
    return storing("read the audit", () => this.#seq("min", "TRUE") ?? 1);
  }

  /** The number of the last entry; 0 before the first. */
  lastSeq(): number {
    return storing("read the audit", () => this.#bounds({})).last;
  }

  /** The links of a run of entries without gaps, for verification; a damaged entry fails it. */
  links(first: number, last: number): readonly Result<Link, string>[] {
    // In one transaction: a lock for each document would take longer than the read.
    return this.#db.transaction(() => this.#links(first, last))();
  }

  #links(first: number, last: number): readonly Result<Link, string>[] {
    const rows = storing("read the audit", () => this.#page({}, { first, last, limit: last - first + 1 }));
    // The numbers of the record have no gaps. If a complete run is missing, the next run must not hide it.
    if (rows.length === 0) return [err(`entries ${first} to ${last} are missing`)];
    return rows.map((row) => this.#link(row));
  }

  #link(row: EntryRow): Result<Link, string> {
    const proved = provedRowLink(row, this.#documents);
    if (proved !== null) return ok(proved);
    const entry = entryOf(row, this.#documents);
    return entry.kind === "ok" ? checkedLink(entry.value) : entry;
  }

  async *#rows(range: AuditRange): AsyncGenerator<EntryRow> {
    let { first, last } = storing("read the audit", () => this.#bounds(range));
    let left = range.limit ?? Number.MAX_SAFE_INTEGER;
    const { newestFirst = false } = range;
    const conditions = conditionsOf(range);
    while (left > 0 && first <= last) {
      const limit = Math.min(left, PAGE);
      const part = conditionPartOf(conditions, { first, last }, newestFirst);
      const page = storing("read the audit", () => this.#page(range, { ...part, limit }));
      yield* page;
      left -= page.length;
      const end = page.length < limit ? undefined : page.at(-1)?.seq;
      if (newestFirst) last = (end ?? part.first) - 1;
      else first = (end ?? part.last) + 1;
      await nextTurn();
    }
  }

  #page(
    { newestFirst = false, ...range }: AuditRange,
    { first, last, limit }: { readonly first: number; readonly last: number; readonly limit: number },
  ): readonly EntryRow[] {
    const { key, kinds, mentioned } = conditionsOf(range);
    const order = `ORDER BY seq ${newestFirst ? "DESC" : "ASC"} LIMIT ?`;
    const select = (more: readonly SqlCondition[]): SqlCondition => {
      const all = [{ sql: "seq BETWEEN ? AND ?", values: [first, last] }, ...more];
      const where = all.map(({ sql }) => sql).join(" AND ");
      const values = [...all.flatMap((one) => one.values), limit];
      return { sql: `SELECT * FROM chain WHERE ${where} ${order}`, values };
    };
    const about = key === null ? [] : [{ sql: "key = ?", values: [key] }];
    const texts = mentioned === null ? [] : [{ sql: "instr(lower(fact), ?) > 0", values: [mentioned] }];
    // Of each kind the newest entries: the index has them in their order.
    const selects = (kinds ?? [null]).map((kind) =>
      select([...about, ...(kind === null ? [] : [{ sql: "kind = ?", values: [kind] }]), ...texts]),
    );
    const [only, ...others] = selects;
    if (only === undefined) return [];
    if (others.length === 0) return selectAll<EntryRow>(this.#db, only.sql, ...only.values);
    const union = selects.map(({ sql }) => `SELECT * FROM (${sql})`).join(" UNION ALL ");
    return selectAll<EntryRow>(
      this.#db,
      `${union} ${order}`,
      ...selects.flatMap(({ values }) => values),
      limit,
    );
  }

  #bounds(range: AuditRange): { first: number; last: number } {
    const firsts = [range.fromSeq ?? 1];
    const lasts = [this.#seq("max", "TRUE") ?? 0];
    if (range.toSeq !== undefined) lasts.push(range.toSeq);
    if (range.sinceMs !== undefined) {
      firsts.push(this.#seq("min", "at_ms >= ?", range.sinceMs) ?? Infinity);
    }
    if (range.untilMs !== undefined) {
      lasts.push(this.#seq("max", "at_ms < ?", range.untilMs) ?? 0);
    }
    return { first: Math.max(...firsts), last: Math.min(...lasts) };
  }

  /** From each table, because a question to the view would read every entry. `+seq`: the index of times is read, not the entries. */
  #seq(end: "min" | "max", condition: string, ...parameters: readonly number[]): number | null {
    const of = (table: string): string =>
      `SELECT ${end}(${condition === "TRUE" ? "seq" : "+seq"}) AS seq FROM ${table} WHERE ${condition}`;
    const sql = `SELECT ${end}(seq) AS seq FROM (${of("entries")} UNION ALL ${of("recent_entries")})`;
    return (
      selectOne<{ readonly seq: number | null }>(this.#db, sql, ...parameters, ...parameters)?.seq ?? null
    );
  }
}

/** A part of a statement with its values. */
interface SqlCondition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** The entry, or why it cannot be read. */
function entryOf(row: EntryRow, documents: Documents): Result<AuditEntry, string> {
  try {
    return ok(fromRow(row, documents));
  } catch (error) {
    if (error instanceof StoreError) return err(error.message);
    throw error;
  }
}
