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
import type { Database, Query } from "./database.ts";

const SQL = {
  putThread: `INSERT INTO alert_threads (route, incident, thread) VALUES ($1, $2, $3)
    ON CONFLICT (route, incident) DO UPDATE SET thread = excluded.thread`,
  delivered: `INSERT INTO alert_routes (route, delivered_ms) VALUES ($1, $2)
    ON CONFLICT (route) DO UPDATE SET delivered_ms = excluded.delivered_ms, problem_ms = NULL, cause = NULL, fix = NULL`,
  problem: `INSERT INTO alert_routes (route, problem_ms, cause, fix) VALUES ($1, $2, $3, $4)
    ON CONFLICT (route) DO UPDATE SET problem_ms = excluded.problem_ms, cause = excluded.cause, fix = excluded.fix`,
  repeat: `INSERT INTO outbox (route, body, attempts, due_ms, first_due_ms)
    SELECT $1, $2, 0, $3, $3 WHERE EXISTS (SELECT 1 FROM incidents WHERE incident = $4) RETURNING id`,
  repeated: `INSERT INTO incident_routes (incident, route, notified_ms) VALUES ($1, $2, $3)
    ON CONFLICT (incident, route) DO UPDATE SET notified_ms = excluded.notified_ms`,
  copy: `INSERT INTO outbox (route, body, attempts, due_ms, first_due_ms)
    SELECT $1, body, 0, $2, $2 FROM outbox WHERE route = $3 AND first_due_ms < $4 AND NOT copied ORDER BY id
    RETURNING id`,
  // A body is JSON that the recorder wrote; the name of an incident in it is compared as JSON text, not parsed.
  copyNotified: `INSERT INTO incident_routes (incident, route, notified_ms)
    SELECT incident, $1, $2 FROM incident_routes AS notified WHERE route = $3 AND EXISTS (
      SELECT 1 FROM outbox WHERE outbox.route = notified.route AND first_due_ms < $4 AND NOT copied
        AND strpos(body, '"incident":' || to_json(notified.incident::TEXT)::TEXT) > 0
    ) ON CONFLICT (incident, route) DO NOTHING`,
  copied: "UPDATE outbox SET copied = TRUE WHERE route = $1 AND first_due_ms < $2 AND NOT copied",
} as const;

const INCIDENTS = `SELECT incidents.record, incident_routes.route, incident_routes.notified_ms AS "notifiedMs"
  FROM incidents LEFT JOIN incident_routes USING (incident)`;

/** The outbox, in the same database as the record. */
export class PostgresOutboxStore implements OutboxStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async incidents(names: readonly string[] | null): Promise<readonly OpenIncident[]> {
    const sorted = "ORDER BY incidents.incident, incident_routes.route";
    const rows =
      names === null
        ? await this.#read<NotifiedRow>("the incidents", `${INCIDENTS} ${sorted}`)
        : await this.#read<NotifiedRow>("the incidents", `${INCIDENTS} WHERE incident = ANY ($1) ${sorted}`, [
            names,
          ]);
    return openIncidents(rows);
  }

  async incidentNames(prefixes: readonly string[]): Promise<readonly string[]> {
    const sql = `SELECT incident FROM unnest($1::TEXT[]) WITH ORDINALITY AS given (prefix, place)
      JOIN incidents ON starts_with(incident, prefix) ORDER BY place, incident`;
    const rows = await this.#read<{ readonly incident: string }>("the incidents", sql, [prefixes]);
    return rows.map(({ incident }) => incident);
  }

  async waiting(route: string, limit: number): Promise<readonly OutboxMessage[]> {
    const sql = `SELECT id, route, body, attempts, due_ms AS "dueMs" FROM outbox WHERE route = $1 ORDER BY id LIMIT $2`;
    return this.#read("the outbox", sql, [route, limit]);
  }

  async threads(route: string): Promise<ReadonlyMap<string, string>> {
    const sql = "SELECT incident, thread FROM alert_threads WHERE route = $1 ORDER BY incident";
    const rows = await this.#read<{ readonly incident: string; readonly thread: string }>(
      "the threads of alerts",
      sql,
      [route],
    );
    return new Map(rows.map(({ incident, thread }) => [incident, thread]));
  }

  async accepted({ route, ids, atMs, threads, problem }: AcceptedMessages): Promise<void> {
    await this.#write(async (query) => {
      for (const id of ids) await query("DELETE FROM outbox WHERE id = $1", [id]);
      await putThreads(query, route, threads);
      await query(SQL.delivered, [route, atMs]);
      if (problem !== null) await putProblem(query, { route, problem, atMs });
    });
  }

  async failed({ route, id, atMs, nextDueMs, threads, problem }: FailedMessage): Promise<void> {
    await this.#write(async (query) => {
      if (nextDueMs === null) await query("DELETE FROM outbox WHERE id = $1", [id]);
      else
        await query("UPDATE outbox SET attempts = attempts + 1, due_ms = $1 WHERE id = $2", [nextDueMs, id]);
      await putThreads(query, route, threads);
      await putProblem(query, { route, problem, atMs });
    });
  }

  async noteProblem(route: string, problem: SinkProblem, atMs: number): Promise<void> {
    await this.#write((query) => putProblem(query, { route, problem, atMs }));
  }

  async repeat({ incident, route, body, dueMs, nowMs }: RepeatedAlert): Promise<void> {
    await this.#write(async (query) => {
      const added = await query(SQL.repeat, [route, body, dueMs, incident]);
      if (added.length > 0) await query(SQL.repeated, [incident, route, nowMs]);
    });
  }

  async copyWaiting({ from, to, beforeMs, nowMs }: WaitingCopy): Promise<number> {
    return this.#write(async (query) => {
      const copies = await query(SQL.copy, [to, nowMs, from, beforeMs]);
      if (copies.length === 0) return 0;
      await query(SQL.copyNotified, [to, nowMs, from, beforeMs]);
      await query(SQL.copied, [from, beforeMs]);
      return copies.length;
    });
  }

  async dropOthers(routes: readonly string[]): Promise<number> {
    return this.#write(async (query) => {
      await query("DELETE FROM alert_threads WHERE route <> ALL ($1)", [routes]);
      return (await query("DELETE FROM outbox WHERE route <> ALL ($1) RETURNING id", [routes])).length;
    });
  }

  async routeStates(nowMs: number): Promise<ReadonlyMap<string, AlertRouteState>> {
    const sql = `WITH due AS (
        SELECT route, count(*) AS waiting, min(first_due_ms) AS oldest FROM outbox
        WHERE first_due_ms <= $1 GROUP BY route
      )
      SELECT route, coalesce(waiting, 0) AS waiting, oldest AS "oldestWaitingMs", delivered_ms AS "deliveredMs",
        problem_ms AS "problemMs", cause, fix
      FROM due FULL JOIN alert_routes USING (route) ORDER BY route COLLATE "C"`;
    const rows = await this.#read<RouteRow>("the outbox", sql, [nowMs]);
    return new Map(rows.map((row) => [row.route, routeState(row)]));
  }

  #read<Row>(
    what: string,
    sql: string,
    values: Parameters<Database["read"]>[2] = [],
  ): Promise<readonly Row[]> {
    return this.#database.read<Row>(`read ${what}`, sql, values);
  }

  #write<T>(work: (query: Query) => Promise<T>): Promise<T> {
    return this.#database.transaction("write the outbox", work);
  }
}

async function putThreads(query: Query, route: string, threads: readonly ThreadChange[]): Promise<void> {
  const remove = "DELETE FROM alert_threads WHERE route = $1 AND incident = $2";
  for (const { incident, thread } of threads) {
    if (thread === null) await query(remove, [route, incident]);
    else await query(SQL.putThread, [route, incident, thread]);
  }
}

async function putProblem(
  query: Query,
  about: { readonly route: string; readonly problem: SinkProblem; readonly atMs: number },
): Promise<void> {
  await query(SQL.problem, [about.route, about.atMs, about.problem.cause, about.problem.fix]);
}
