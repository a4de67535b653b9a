import { StoreError } from "../errors.ts";
import type { Database } from "./database.ts";

const OLDEST = 15;
const PID = "SELECT pg_backend_pid() AS pid";

interface PidRow {
  readonly pid: number;
}

/**
 * A setting of the server that no setting of this program can make up for.
 * @throws StoreError `old-server`, `pooled`
 */
export async function checkServer(database: Database): Promise<void> {
  const sql = "SELECT current_setting('server_version_num')::INTEGER / 10000 AS version";
  const [server] = await database.read<{ readonly version: number }>("read the version", sql);
  if ((server?.version ?? 0) < OLDEST)
    throw new StoreError(
      "old-server",
      `${database.name} is PostgreSQL ${server?.version ?? "?"}, and ${OLDEST} is the oldest that is supported`,
    );
  await refusePooler(database);
}

/**
 * A crash of the server would lose an intent whose write was made in AWS.
 * @throws StoreError `not-durable`
 */
export async function refuseUndurable(database: Database): Promise<void> {
  const sql = "SELECT current_setting('synchronous_commit') AS setting";
  const [row] = await database.read<{ readonly setting: string }>("read the durability", sql);
  if (row?.setting === "off")
    throw new StoreError("not-durable", `${database.name} has synchronous_commit = off`);
}

/** Two connections that are open at the same time have two processes of the server, unless a pooler lends them the same one. */
async function refusePooler(database: Database): Promise<void> {
  const [one] = await database.lease<PidRow>("look for a pooler", PID, []);
  const [other] = await database.read<PidRow>("look for a pooler", PID);
  if (one?.pid === other?.pid)
    throw new StoreError("pooled", `${database.name} is behind a pooler that does not keep connections`);
}
