import type { AccountId } from "../../../model/aws/ids.ts";
import type { Following, Follows, ReplicaIdentity, ReplicaRecord } from "../../../model/network/replica.ts";
import type { Telemetry } from "../../../controller/ports/telemetry.ts";
import type { Database } from "../database.ts";

/** A replica that was not seen for longer is lost: it reports each few seconds. */
const LOST_MS = 30_000;

/** Rows of processes that ended without taking leave are kept this long, for `get replicas`. */
const KEPT = "1 day";

const REPORT = `INSERT INTO replica (id, host, pid, version, catalogue_digest, address, started, seen, epoch)
  VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp(), clock_timestamp(), $7)
  ON CONFLICT (id) DO UPDATE SET seen = excluded.seen, epoch = excluded.epoch, address = excluded.address
  RETURNING id`;
const FORGET = `DELETE FROM replica WHERE seen < clock_timestamp() - INTERVAL '${KEPT}' RETURNING id`;
const LEAVE = "DELETE FROM replica WHERE id = $1 RETURNING id";
const LIST = `SELECT r.id, r.host, r.pid, r.version, r.catalogue_digest, r.address,
  floor(extract(epoch FROM r.started) * 1000)::BIGINT AS started_ms,
  floor(extract(epoch FROM r.seen) * 1000)::BIGINT AS seen_ms,
  coalesce(r.epoch = l.epoch AND l.expires > clock_timestamp(), FALSE) AS has_lease,
  r.epoch IS NULL AND r.seen > clock_timestamp() - $1 * INTERVAL '1 millisecond' AS waits,
  CASE WHEN r.epoch = l.epoch AND l.expires > clock_timestamp()
    THEN floor(extract(epoch FROM l.expires) * 1000)::BIGINT END AS lease_ends_ms,
  floor(extract(epoch FROM statement_timestamp()) * 1000)::BIGINT AS read_at_ms,
  r.follows, (SELECT digest FROM in_force) AS in_force,
  ARRAY(SELECT a.account_id FROM assignment AS a WHERE a.replica = r.id ORDER BY a.account_id) AS accounts
  FROM replica AS r CROSS JOIN lease AS l WHERE l.name = 'controller' ORDER BY r.started, r.id`;

interface ReplicaRow {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly catalogue_digest: string;
  readonly address: string | null;
  readonly started_ms: number;
  readonly seen_ms: number;
  readonly has_lease: boolean;
  readonly waits: boolean;
  readonly lease_ends_ms: number | null;
  readonly read_at_ms: number;
  /** JSON of `Follows`; null: it states nothing. */
  readonly follows: string | null;
  /** The digest of what the active replica has compiled; null: it has not shown it. */
  readonly in_force: string | null;
  readonly accounts: readonly AccountId[];
}

/** Reports that this replica runs, on the connection of the lease. @param epoch of its lease; null: it waits @throws StoreError */
export async function reportReplica(
  database: Database,
  replica: ReplicaIdentity,
  epoch: number | null,
): Promise<void> {
  const { id, host, pid, version, catalogueDigest, address } = replica;
  const values = [id, host, pid, version, catalogueDigest, address, epoch];
  await database.lease("report the replica", REPORT, values);
}

/** Removes what lost replicas left behind a day ago. @throws StoreError */
export async function forgetLostReplicas(database: Database): Promise<void> {
  await database.lease("forget lost replicas", FORGET, []);
}

/** This replica ends in order. @throws StoreError */
export async function removeReplica(database: Database, { id }: ReplicaIdentity): Promise<void> {
  await database.lease("take leave", LEAVE, [id]);
}

/** Measures the replicas as this one sees them. */
export function measureReplicas(replicas: readonly ReplicaRecord[], telemetry: Telemetry): void {
  for (const state of ["active", "standby", "lost"] as const)
    telemetry.gauge("replicas", replicas.filter((replica) => replica.state === state).length, { state });
  const unable = replicas.filter(
    ({ state, following }) => state === "standby" && following?.kind === "unable",
  );
  telemetry.gauge("replicas_unable", unable.length);
  const lost = replicas.filter(({ state }) => state === "lost");
  telemetry.gauge("accounts_without_replica", new Set(lost.flatMap(({ accounts }) => accounts)).size);
}

/** All replicas, the oldest first, on the connection of the lease. @throws StoreError */
export async function listReplicas(database: Database): Promise<readonly ReplicaRecord[]> {
  return recordsOf(await database.lease<ReplicaRow>("read the replicas", LIST, [LOST_MS]));
}

/** The same for answers to people, on a connection for which no renewal of the lease waits. @throws StoreError */
export async function readReplicas(database: Database): Promise<readonly ReplicaRecord[]> {
  return recordsOf(await database.read<ReplicaRow>("read the replicas", LIST, [LOST_MS]));
}

function recordsOf(rows: readonly ReplicaRow[]): readonly ReplicaRecord[] {
  return rows.map((row) => ({
    id: row.id,
    host: row.host,
    pid: row.pid,
    version: row.version,
    catalogueDigest: row.catalogue_digest,
    address: row.address,
    state: row.has_lease ? "active" : row.waits ? "standby" : "lost",
    startedMs: row.started_ms,
    seenMs: row.seen_ms,
    leaseEndsMs: row.lease_ends_ms,
    following: row.has_lease || !row.waits ? null : followingOf(row),
    accounts: row.accounts,
    readAtMs: row.read_at_ms,
  }));
}

function followingOf({ follows, in_force: inForce }: ReplicaRow): Following | null {
  if (follows === null) return null;
  const { digest, reason } = JSON.parse(follows) as Follows;
  if (reason !== null) return { kind: "unable", reason };
  return { kind: digest !== null && digest === inForce ? "current" : "behind" };
}
