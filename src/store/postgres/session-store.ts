import type { KnownSession, SessionStore } from "../../controller/ports/browser/session-store.ts";
import type { SessionRecord } from "../../model/people/session-record.ts";
import type { Database } from "./database.ts";

/** The sessions of the page, in the same database as the record. */
export class PostgresSessionStore implements SessionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(session: SessionRecord): Promise<void> {
    const { hash, beganMs, endsMs } = session;
    await this.#database.transaction("write a session", async (query) => {
      await query("DELETE FROM sessions WHERE ends_ms <= $1", [beganMs]);
      const sql = "INSERT INTO sessions (hash, ends_ms, used_ms, record) VALUES ($1, $2, $3, $4)";
      await query(sql, [hash, endsMs, beganMs, JSON.stringify(session)]);
    });
  }

  async find(hash: string): Promise<KnownSession | null> {
    const sql = `SELECT used_ms AS "usedMs", record FROM sessions WHERE hash = $1`;
    const rows = await this.#database.read<{ readonly usedMs: number; readonly record: string }>(
      "read a session",
      sql,
      [hash],
    );
    const [row] = rows;
    return row === undefined
      ? null
      : { session: JSON.parse(row.record) as SessionRecord, usedMs: row.usedMs };
  }

  async used(hash: string, atMs: number): Promise<void> {
    const sql = "UPDATE sessions SET used_ms = greatest(used_ms, $2) WHERE hash = $1 RETURNING 1";
    await this.#database.write("write a session", sql, [hash, atMs]);
  }

  async remove(hash: string): Promise<boolean> {
    const sql = "DELETE FROM sessions WHERE hash = $1 RETURNING 1";
    return (await this.#database.write("remove a session", sql, [hash])) > 0;
  }
}
