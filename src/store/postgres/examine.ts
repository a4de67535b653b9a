import { basename } from "node:path";
import type { Probe } from "../../model/answers/probe.ts";
import { StoreError } from "../errors.ts";
import { lossOf, type Loss, type Proofs } from "./audit/start-checks.ts";
import { checkServer } from "./check-server.ts";
import { durability, type DurabilityFacts } from "./durability.ts";
import { Database, type DatabaseOptions } from "./database.ts";
import type { DatabaseServer } from "./server.ts";
import { refuseOtherInstance, versionOf } from "./schema/migrations.ts";

/** What the server reports of itself and of the user. */
interface ServerFacts extends DurabilityFacts {
  readonly version: string;
  readonly standby: boolean;
  readonly read_only: boolean;
  readonly now_ms: number;
  readonly superuser: boolean;
  readonly may_create: boolean;
  readonly connection_limit: number;
  readonly tls: string | null;
}

const FACTS = `SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS standby,
  current_setting('transaction_read_only')::BOOLEAN AS read_only, current_setting('fsync')::BOOLEAN AS fsync,
  current_setting('synchronous_commit') AS synchronous_commit,
  current_setting('synchronous_standby_names') AS synchronous_standbys,
  (SELECT count(*)::INTEGER FROM pg_stat_replication) AS receivers,
  floor(extract(epoch FROM clock_timestamp()) * 1000)::BIGINT AS now_ms, rolsuper AS superuser,
  coalesce(has_schema_privilege(current_schema(), 'CREATE'), FALSE) AS may_create, rolconnlimit AS connection_limit,
  (SELECT ssl.version FROM pg_stat_ssl AS ssl WHERE ssl.pid = pg_backend_pid() AND ssl.ssl) AS tls
  FROM pg_roles WHERE rolname = current_user`;

interface RecordPresence {
  readonly has_record: boolean;
}

/** Before schema 5 the record remembers neither. */
const FAILOVER = "SELECT to_regproc('has_failed_over') IS NOT NULL AS has_record";

interface ServerTimeline {
  readonly timeline: string | null;
  readonly place: string | null;
  readonly has_failed_over: boolean;
}

const TIMELINE =
  "SELECT current_timeline() AS timeline, current_place() AS place, has_failed_over() FROM head";

/** The connections of a controller, and one for a command or the verification of the record. */
const CONNECTIONS = 12;
const FAR_MS = 1_000;
const SLOW_MS = 50;
const LOOKS = 5;

interface ExamineParts {
  readonly instance: string;
  readonly proofs: Proofs;
  readonly nowMs: () => number;
  readonly elapsedMs: () => number;
}

/** Whether a controller can use the database; writes nothing. Never throws for a failure of the database. */
export async function examineDatabase(
  { server, telemetry }: Pick<DatabaseOptions, "telemetry"> & { readonly server: () => DatabaseServer },
  about: ExamineParts,
): Promise<readonly Probe[]> {
  try {
    return await examined(new Database({ server: server(), telemetry }), about);
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    return [failed("database", cause)];
  }
}

async function examined(database: Database, about: ExamineParts): Promise<readonly Probe[]> {
  try {
    await checkServer(database);
    return await checksOf(database, about);
  } finally {
    await database.close();
  }
}

async function checksOf(database: Database, about: ExamineParts): Promise<readonly Probe[]> {
  const latencyMs = await latencyOf(database, about);
  const sentMs = about.nowMs();
  const [facts] = await database.read<ServerFacts>("examine the database", FACTS);
  if (facts === undefined) throw new StoreError("refused", `${database.name} does not show the user`);
  const aheadMs = facts.now_ms - (sentMs + about.nowMs()) / 2;
  return [
    check(
      "database",
      "passed",
      `PostgreSQL ${facts.version} at ${database.name}, ${facts.tls ?? "without TLS"}`,
    ),
    primaryCheck(facts),
    durabilityCheck(facts),
    await failoverCheck(database, facts),
    clockCheck(aheadMs),
    latencyCheck(latencyMs),
    userCheck(facts),
    await recordCheck(database, about),
  ];
}

async function latencyOf(database: Database, { elapsedMs }: ExamineParts): Promise<number> {
  const times: number[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const beganMs = elapsedMs();
    await database.read("measure the latency", "SELECT 1");
    times.push(elapsedMs() - beganMs);
  }
  return times.toSorted((one, other) => one - other)[Math.floor(LOOKS / 2)] ?? 0;
}

function primaryCheck({ standby, read_only: isReadOnly }: ServerFacts): Probe {
  if (standby) return check("primary", "failed", "it is a standby: name the primary in state.database.url");
  return isReadOnly
    ? check("primary", "failed", "it is read-only: check default_transaction_read_only of the user")
    : check("primary", "passed", "it takes writes");
}

function durabilityCheck(facts: ServerFacts): Probe {
  const { outcome, detail } = durability(facts);
  return check("durability", outcome, detail);
}

/** Whether the record would notice a failover, or has had one that no replica has noted yet. */
async function failoverCheck(database: Database, { standby }: ServerFacts): Promise<Probe> {
  try {
    const [found] = standby ? [] : await database.read<RecordPresence>("read the timeline", FAILOVER);
    if (found === undefined || !found.has_record)
      return check("failover", "not-checked", "there is no record on a primary");
    return await failoverOf(database);
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    return failed("failover", cause);
  }
}

async function failoverOf(database: Database): Promise<Probe> {
  const [found] = await database.read<ServerTimeline>("read the timeline", TIMELINE);
  if (found === undefined) return check("failover", "not-checked", "the record has no head");
  const { timeline, place, has_failed_over: hasFailedOver } = found;
  if (hasFailedOver)
    return check(
      "failover",
      "warning",
      "the database failed over, or was restored, since a replica had its lease: the next look of a replica ends all leases, and one takes over 40 seconds later; if this lasts, no replica runs",
    );
  if (timeline === null && place === null)
    return check(
      "failover",
      "warning",
      "the server shows neither its timeline nor its identity: a failover is not noticed, so use a synchronous standby alone",
    );
  return check(
    "failover",
    "passed",
    timeline === null
      ? "the server is the one that the record remembers; it shows no timeline: the promotion of a standby is not noticed"
      : `timeline ${Number.parseInt(timeline, 16)} is that of the record: a failover is noticed`,
  );
}

function clockCheck(aheadMs: number): Probe {
  const seconds = Math.round(Math.abs(aheadMs) / 100) / 10;
  const where = aheadMs > 0 ? "ahead of" : "behind";
  if (Math.abs(aheadMs) <= FAR_MS) return check("clock", "passed", "as on this machine, to a second");
  return check(
    "clock",
    "warning",
    `it is ${seconds} s ${where} the clock of this machine: the times of the record differ from those of the log; synchronize both`,
  );
}

function latencyCheck(latencyMs: number): Probe {
  const text = `${Math.round(latencyMs * 10) / 10} ms for a statement`;
  return latencyMs > SLOW_MS
    ? check(
        "latency",
        "warning",
        `${text}: each write to AWS waits for two; move the controller closer to it`,
      )
    : check("latency", "passed", text);
}

function userCheck({ superuser, may_create: mayCreate, connection_limit: limit }: ServerFacts): Probe {
  if (!mayCreate)
    return check(
      "user",
      "failed",
      "it may not create tables in its schema: make it the owner of the database",
    );
  if (limit >= 0 && limit < CONNECTIONS)
    return check(
      "user",
      "warning",
      `it may have ${limit} connections, and a controller needs up to ${CONNECTIONS}`,
    );
  return superuser
    ? check("user", "warning", "it is a superuser: use a role without attributes, which owns this database")
    : check("user", "passed", "it owns its schema and is no superuser");
}

async function recordCheck(database: Database, { instance, proofs }: ExamineParts): Promise<Probe> {
  try {
    const version = await database.transaction("read the schema", async (query) => {
      const found = await versionOf(query, database.name);
      if (found > 0) await refuseOtherInstance(query, { instance, name: database.name });
      return found;
    });
    if (version === 0) return check("record", "not-checked", "there is none yet: grantkeeper run creates it");
    const loss = await lossOf(database, proofs);
    return loss === null
      ? check("record", "passed", `it is that of ${instance}, with schema ${version}`)
      : check("record", "failed", lossText(loss));
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    return failed("record", cause);
  }
}

function lossText({ last, lostUpTo, file }: Loss): string {
  const record = last < lostUpTo ? `ends at entry ${last}` : `has another entry ${lostUpTo}`;
  return `${record}, ${basename(file)} proves ${lostUpTo}; stop all replicas and run grantkeeper store accept-loss: it shows what is lost, and changes nothing without --reason`;
}

function failed(what: string, { message, fix }: StoreError): Probe {
  return check(what, "failed", fix === null ? message : `${message}; ${fix}`);
}

function check(what: string, outcome: Probe["outcome"], detail: string): Probe {
  return { identity: "database", region: null, what, outcome, detail };
}
