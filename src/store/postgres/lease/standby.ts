import type { ReplicaRecord } from "../../../model/network/replica.ts";
import { LEASE_TERM_MS, WRITE_BUDGET_MS } from "../../../model/network/write-budget.ts";
import { StoreError, type StoreErrorCode } from "../../errors.ts";
import { refuseNewer } from "../schema/migrations.ts";
import { Lease, type LastLease, type LeaseParts } from "./lease.ts";
import {
  forgetLostReplicas,
  listReplicas,
  measureReplicas,
  removeReplica,
  reportReplica,
} from "./replica-table.ts";

/** How often a standby looks whether the lease has ended. */
const LOOK_MS = 250;
const REPORT_MS = 5_000;

interface LookRow extends LastLease {
  readonly is_free: boolean;
  readonly has_failed_over: boolean;
  readonly schema: number;
}

const LOOK = `SELECT expires <= clock_timestamp() AS is_free, expires = '-infinity' AS is_given_back, epoch, holder,
  failover, has_failed_over() AS has_failed_over, (SELECT max(number) FROM migrations) AS schema
  FROM lease WHERE name = 'controller'`;

const NOTE = "SELECT failover FROM note_failover($1)";

/** With these, waiting is no help: a takeover would fail. */
const FINAL: ReadonlySet<StoreErrorCode> = new Set([
  "newer-version",
  "key-missing",
  "broken-record",
  "history-lost",
  "unreadable-proof",
  "other-installation",
  "damaged",
  "missing",
]);

export interface StandbyParts extends LeaseParts {
  /** Whether this replica could take over. @throws StoreError */
  readonly check: () => Promise<void>;
}

/**
 * A replica that waits for the lease of the database. It reports to the table of replicas, and checks again and again that it
 * could take over. A database that cannot be reached does not end it.
 *
 *   waiting ──the lease has ended, and this replica is the first to claim it──► leased
 *      └──leave(), or a takeover would fail──► ended
 */
export class Standby {
  readonly #parts: StandbyParts;
  #reportedMs = -Infinity;
  #active: ReplicaRecord | null = null;
  #isAway = false;

  constructor(parts: StandbyParts) {
    this.#parts = parts;
  }

  /** Another replica, which has the lease as of the last look; null: there is none, or the database is away. */
  get active(): ReplicaRecord | null {
    return this.#active;
  }

  /** Whether the last look failed: it would not take over. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** @returns null: another replica has the lease @throws StoreError */
  async claim(): Promise<Lease | null> {
    const { database, telemetry, replica } = this.#parts;
    const [found] = await database.lease<LookRow>("read the lease", LOOK, []);
    if (found === undefined) throw new StoreError("damaged", `${database.name} has no lease`);
    refuseNewer(database, found.schema);
    if (found.has_failed_over) await this.#noteFailover();
    const lease = found.is_free && !found.has_failed_over ? await Lease.claim(this.#parts, found) : null;
    try {
      await this.#report(lease);
      const replicas = await listReplicas(database);
      // Not this replica: during a takeover, it would forward requests to itself.
      this.#active = replicas.find(({ state, id }) => state === "active" && id !== replica.id) ?? null;
      measureReplicas(replicas, telemetry);
      if (lease === null) telemetry.gauge("replica_active", 0);
    } catch (cause) {
      // No one would renew it.
      await lease?.release();
      throw cause;
    }
    return lease;
  }

  /** Looks until this replica has the lease. @throws StoreError if it could not take over, or the signal's reason */
  async wait(signal: AbortSignal): Promise<Lease> {
    for (;;) {
      await this.#parts.clock.sleep(LOOK_MS, signal);
      const lease = await this.#look();
      if (lease !== null) return lease;
    }
  }

  /** It is no longer a replica. */
  async leave(): Promise<void> {
    const { database, replica, telemetry } = this.#parts;
    await removeReplica(database, replica).catch((cause: unknown) => {
      telemetry.warn("the replica did not take leave of the database", { reason: reasonOf(cause) });
    });
  }

  async #look(): Promise<Lease | null> {
    const { database, telemetry } = this.#parts;
    try {
      const lease = await this.claim();
      if (this.#isAway) telemetry.info("the database can be reached again", { database: database.name });
      this.#isAway = false;
      return lease;
    } catch (cause) {
      if (!(cause instanceof StoreError) || FINAL.has(cause.code)) throw cause;
      if (!this.#isAway)
        telemetry.error("the database cannot be reached: this standby would not take over", {
          database: database.name,
          reason: cause.message,
          fix: cause.fix,
        });
      this.#isAway = true;
      this.#active = null;
      return null;
    }
  }

  /** Ends all leases from before it. Their holders may still believe in them for a term, and finish a call to AWS. */
  async #noteFailover(): Promise<void> {
    const { database, telemetry } = this.#parts;
    const [noted] = await database.lease<{ readonly failover: string }>("note the failover", NOTE, [
      LEASE_TERM_MS + WRITE_BUDGET_MS,
    ]);
    // Another replica was the first.
    if (noted === undefined) return;
    const { failover } = noted;
    telemetry.warn(
      "the database failed over: a replica is active when all leases from before it have ended",
      {
        database: database.name,
        failover,
        seconds: (LEASE_TERM_MS + WRITE_BUDGET_MS) / 1_000,
      },
    );
  }

  async #report(lease: Lease | null): Promise<void> {
    const { database, replica, steadyMs, check } = this.#parts;
    if (lease === null && steadyMs() - this.#reportedMs < REPORT_MS) return;
    await reportReplica(database, replica, lease?.epoch ?? null);
    if (this.#reportedMs === -Infinity) await forgetLostReplicas(database);
    this.#reportedMs = steadyMs();
    if (lease === null) await check();
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
