import type {
  AcceptedMessages,
  FailedMessage,
  OutboxMessage,
  OutboxStore,
  RepeatedAlert,
  ThreadChange,
  WaitingCopy,
} from "../../controller/ports/outbox-store.ts";
import type { AlertRouteState, SinkProblem } from "../../model/records/alert-route-state.ts";
import type { OpenIncident } from "../../model/records/incident-record.ts";
import { openIncidents, routeState, type NotifiedRow, type RouteRow } from "../rows/outbox-rows.ts";
import { selectAll, statementRunner, type SqliteConnection } from "./connection.ts";
import { storing } from "./failure.ts";

const SQL = {
  sent: "DELETE FROM outbox WHERE id = ?",
  failed: "UPDATE outbox SET attempts = attempts + 1, due_ms = ? WHERE id = ?",
  putThread: `INSERT INTO alert_threads (route, incident, thread) VALUES (?, ?, ?)
    ON CONFLICT (route, incident) DO UPDATE SET thread = excluded.thread`,
  endThread: "DELETE FROM alert_threads WHERE route = ? AND incident = ?",
  delivered: `INSERT INTO alert_routes (route, delivered_ms) VALUES (?, ?)
    ON CONFLICT (route) DO UPDATE SET delivered_ms = excluded.delivered_ms, problem_ms = NULL, cause = NULL, fix = NULL`,
  problem: `INSERT INTO alert_routes (route, problem_ms, cause, fix) VALUES (?, ?, ?, ?)
    ON CONFLICT (route) DO UPDATE SET problem_ms = excluded.problem_ms, cause = excluded.cause, fix = excluded.fix`,
  repeat: `INSERT INTO outbox (route, body, attempts, due_ms, first_due_ms)
    SELECT ?, ?, 0, ?, ? WHERE EXISTS (SELECT 1 FROM incidents WHERE incident = ?)`,
  repeated: `INSERT INTO incident_routes (incident, route, notified_ms) VALUES (?, ?, ?)
    ON CONFLICT (incident, route) DO UPDATE SET notified_ms = excluded.notified_ms`,
  copy: `INSERT INTO outbox (route, body, attempts, due_ms, first_due_ms)
    SELECT ?, body, 0, ?, ? FROM outbox WHERE route = ? AND first_due_ms < ? AND copied = 0 ORDER BY id`,
  copyNotified: `INSERT INTO incident_routes (incident, route, notified_ms)
    SELECT incident, ?, ? FROM incident_routes AS notified WHERE route = ? AND EXISTS (
      SELECT 1 FROM outbox WHERE outbox.route = notified.route AND first_due_ms < ? AND copied = 0
        AND json_valid(body) AND json_extract(body, '$.incident') = notified.incident
    ) ON CONFLICT (incident, route) DO NOTHING`,
  copied: "UPDATE outbox SET copied = 1 WHERE route = ? AND first_due_ms < ? AND copied = 0",
  dropOthers: "DELETE FROM outbox WHERE route NOT IN (SELECT value FROM json_each(?))",
  dropThreads: "DELETE FROM alert_threads WHERE route NOT IN (SELECT value FROM json_each(?))",
} as const;

/** Sorts after every other. */
const LAST_CHARACTER = "\u{10ffff}";

/** The outbox, in the same database as the record. */
export class SqliteOutboxStore implements OutboxStore {
  readonly #db: SqliteConnection;
  readonly #run;

  constructor(db: SqliteConnection) {
    this.#db = db;
    this.#run = statementRunner(db, SQL);
  }

  async incidents(names: readonly string[] | null): Promise<readonly OpenIncident[]> {
    const all = `SELECT incidents.record, incident_routes.route, incident_routes.notified_ms AS notifiedMs
      FROM incidents LEFT JOIN incident_routes USING (incident)`;
    const sorted = "ORDER BY incidents.incident, incident_routes.route";
    const rows = storing("read the incidents", () =>
      names === null
        ? selectAll<NotifiedRow>(this.#db, `${all} ${sorted}`)
        : selectAll<NotifiedRow>(
            this.#db,
            `${all} WHERE incidents.incident IN (SELECT value FROM json_each(?)) ${sorted}`,
            JSON.stringify(names),
          ),
    );
    return openIncidents(rows);
  }

  async incidentNames(prefixes: readonly string[]): Promise<readonly string[]> {
    const sql = "SELECT incident FROM incidents WHERE incident >= ? AND incident < ? ORDER BY incident";
    const rows = storing("read the incidents", () =>
      prefixes.flatMap((prefix) =>
        selectAll<{ readonly incident: string }>(this.#db, sql, prefix, `${prefix}${LAST_CHARACTER}`),
      ),
    );
    return rows.map(({ incident }) => incident);
  }

  async waiting(route: string, limit: number): Promise<readonly OutboxMessage[]> {
    const sql =
      "SELECT id, route, body, attempts, due_ms AS dueMs FROM outbox WHERE route = ? ORDER BY id LIMIT ?";
    return storing("read the outbox", () => selectAll<OutboxMessage>(this.#db, sql, route, limit));
  }

  async threads(route: string): Promise<ReadonlyMap<string, string>> {
    const sql = "SELECT incident, thread FROM alert_threads WHERE route = ? ORDER BY incident";
    const rows = storing("read the threads of alerts", () =>
      selectAll<{ readonly incident: string; readonly thread: string }>(this.#db, sql, route),
    );
    return new Map(rows.map(({ incident, thread }) => [incident, thread]));
  }

  async accepted({ route, ids, atMs, threads, problem }: AcceptedMessages): Promise<void> {
    this.#write(() => {
      for (const id of ids) this.#run("sent", id);
      this.#putThreads(route, threads);
      this.#run("delivered", route, atMs);
      if (problem !== null) this.#putProblem(route, problem, atMs);
    });
  }

  async failed({ route, id, atMs, nextDueMs, threads, problem }: FailedMessage): Promise<void> {
    this.#write(() => {
      if (nextDueMs === null) this.#run("sent", id);
      else this.#run("failed", nextDueMs, id);
      this.#putThreads(route, threads);
      this.#putProblem(route, problem, atMs);
    });
  }

  async noteProblem(route: string, problem: SinkProblem, atMs: number): Promise<void> {
    this.#write(() => this.#putProblem(route, problem, atMs));
  }

  async repeat({ incident, route, body, dueMs, nowMs }: RepeatedAlert): Promise<void> {
    this.#write(() => {
      if (this.#run("repeat", route, body, dueMs, dueMs, incident) > 0)
        this.#run("repeated", incident, route, nowMs);
    });
  }

  async copyWaiting({ from, to, beforeMs, nowMs }: WaitingCopy): Promise<number> {
    return this.#write(() => {
      const copies = this.#run("copy", to, nowMs, nowMs, from, beforeMs);
      if (copies === 0) return 0;
      this.#run("copyNotified", to, nowMs, from, beforeMs);
      this.#run("copied", from, beforeMs);
      return copies;
    });
  }

  async dropOthers(routes: readonly string[]): Promise<number> {
    return this.#write(() => {
      this.#run("dropThreads", JSON.stringify(routes));
      return this.#run("dropOthers", JSON.stringify(routes));
    });
  }

  async routeStates(nowMs: number): Promise<ReadonlyMap<string, AlertRouteState>> {
    const sql = `WITH due AS (
        SELECT route, count(*) AS waiting, min(first_due_ms) AS oldest FROM outbox
        WHERE first_due_ms <= ? GROUP BY route
      )
      SELECT route, coalesce(waiting, 0) AS waiting, oldest AS oldestWaitingMs, delivered_ms AS deliveredMs,
        problem_ms AS problemMs, cause, fix
      FROM due FULL JOIN alert_routes USING (route) ORDER BY route`;
    const rows = storing("read the outbox", () => selectAll<RouteRow>(this.#db, sql, nowMs));
    return new Map(rows.map((row) => [row.route, routeState(row)]));
  }

  #putThreads(route: string, threads: readonly ThreadChange[]): void {
    for (const { incident, thread } of threads) {
      if (thread === null) this.#run("endThread", route, incident);
      else this.#run("putThread", route, incident, thread);
    }
  }

  #putProblem(route: string, { cause, fix }: SinkProblem, atMs: number): void {
    this.#run("problem", route, atMs, cause, fix);
  }

  #write<T>(work: () => T): T {
    return storing("write the outbox", () => this.#db.transaction(work).immediate());
  }
}
