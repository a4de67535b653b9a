import { StoreError } from "../errors.ts";
import type { Database, Query } from "../postgres/database.ts";
import { selectOne, type SqliteConnection } from "../sqlite/connection.ts";
import { MOVED_TABLES, type MovedTable } from "./tables.ts";

const BATCH = 500;

type Row = Readonly<Record<string, string | number | null>>;

/** The end of a chain. */
interface End {
  readonly seq: number;
  readonly hash: string;
}

/**
 * Copies a file whose chain ends with a checkpoint, in one transaction. Does nothing if an earlier move did it completely.
 * @throws StoreError `not-empty` if the database has another record, or one that a controller has used
 */
export async function copyRecord(file: SqliteConnection, database: Database): Promise<void> {
  const end = endOf(file);
  await database.transaction("copy the record", async (query) => {
    const [found] = await query<End & { readonly epoch: number }>(
      "SELECT seq, hash, epoch FROM head, lease WHERE lease.name = 'controller' FOR UPDATE",
    );
    if (found?.epoch !== 0 || (found.seq !== 0 && found.hash !== end.hash))
      throw new StoreError("not-empty", `${database.name} has another record already`);
    if (found.seq === end.seq) return;
    for (const table of MOVED_TABLES) await copyTable(table, file, query);
    await query(
      "SELECT setval(pg_get_serial_sequence('outbox', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM outbox))",
    );
    await query("UPDATE head SET seq = $1, hash = $2, checkpoint = $1, version = $3", [
      end.seq,
      end.hash,
      selectOne<{ readonly value: number }>(file, "SELECT value FROM sequence")?.value ?? 0,
    ]);
  });
}

function endOf(file: SqliteConnection): End {
  const end = selectOne<End>(file, "SELECT seq, hash FROM chain ORDER BY seq DESC LIMIT 1");
  if (end === undefined) throw new StoreError("missing", `there is no entry in ${file.name} yet`);
  return end;
}

async function copyTable(table: MovedTable, file: SqliteConnection, query: Query): Promise<void> {
  const names = Object.keys(table.columns);
  const types = Object.values(table.columns);
  const given = types.map((type, at) => `$${at + 1}::${type.toUpperCase()}[]`).join(", ");
  const own = table.name === "outbox" ? "OVERRIDING SYSTEM VALUE" : "";
  const sql = `INSERT INTO ${table.name} (${names.join(", ")}) ${own} SELECT * FROM unnest(${given})`;
  const insert = (rows: readonly Row[]) =>
    query(
      sql,
      names.map((name, at) => rows.map((row) => valueOf(row[name] ?? null, types[at] ?? "text"))),
    );
  let rows: Row[] = [];
  for (const row of file.prepare<[], Row>(`SELECT ${names.join(", ")} FROM ${table.name}`).iterate()) {
    rows.push(row);
    if (rows.length < BATCH) continue;
    await insert(rows);
    rows = [];
  }
  if (rows.length > 0) await insert(rows);
}

function valueOf(value: string | number | null, type: string): string | Buffer | null {
  if (value === null) return null;
  if (type === "bytea") return Buffer.from(String(value));
  return type === "boolean" ? String(value !== 0) : String(value);
}
