import type { KnownSession, SessionStore } from "../../../controller/ports/browser/session-store.ts";
import type { SessionRecord } from "../../../model/people/session-record.ts";
import { selectOne, statementRunner, type SqliteConnection } from "../connection.ts";
import { storing } from "../failure.ts";

const SQL = {
  add: "INSERT INTO sessions (hash, ends_ms, used_ms, record) VALUES (?, ?, ?, ?)",
  used: "UPDATE sessions SET used_ms = max(used_ms, ?) WHERE hash = ?",
  remove: "DELETE FROM sessions WHERE hash = ?",
  removeEnded: "DELETE FROM sessions WHERE ends_ms <= ?",
} as const;

interface SessionRow {
  readonly usedMs: number;
  readonly record: string;
}

/** The sessions of the page, in the same database as the record. */
export class SqliteSessionStore implements SessionStore {
  readonly #db: SqliteConnection;
  readonly #run;

  constructor(db: SqliteConnection) {
    this.#db = db;
    this.#run = statementRunner(db, SQL);
  }

  async add(session: SessionRecord): Promise<void> {
    const { hash, beganMs, endsMs } = session;
    storing("write a session", () =>
      this.#db
        .transaction(() => {
          this.#run("removeEnded", beganMs);
          this.#run("add", hash, endsMs, beganMs, JSON.stringify(session));
        })
        .immediate(),
    );
  }

  async find(hash: string): Promise<KnownSession | null> {
    const sql = "SELECT used_ms AS usedMs, record FROM sessions WHERE hash = ?";
    const row = storing("read a session", () => selectOne<SessionRow>(this.#db, sql, hash));
    if (row === undefined) return null;
    return { session: JSON.parse(row.record) as SessionRecord, usedMs: row.usedMs };
  }

  async used(hash: string, atMs: number): Promise<void> {
    storing("write a session", () => this.#run("used", atMs, hash));
  }

  async remove(hash: string): Promise<boolean> {
    return storing("remove a session", () => this.#run("remove", hash) > 0);
  }
}
