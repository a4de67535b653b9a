import type { Telemetry } from "../../../controller/ports/telemetry.ts";
import type { ReplicaIdentity, Takeover } from "../../../model/network/replica.ts";
import { LEASE_TERM_MS } from "../../../model/network/write-budget.ts";
import { StoreError } from "../../errors.ts";
import { endsLease } from "../failure.ts";
import { withdrawAccounts } from "../assignments/assign.ts";
import { measureReplicas, readReplicas } from "./replica-table.ts";
import { momentOf, renewAll, Term, type Renewal, type TermClocks } from "../term.ts";
import type { Database } from "../database.ts";

export interface LeaseParts extends TermClocks {
  readonly database: Database;
  readonly replica: ReplicaIdentity;
  readonly telemetry: Telemetry;
}

/** The last lease, before it is claimed. */
export interface LastLease {
  readonly epoch: number;
  readonly holder: string;
  readonly is_given_back: boolean;
  /** The failover after which it can be claimed; null: there was none. */
  readonly failover: string | null;
}

const HOLDER = "SELECT holder FROM lease WHERE name = 'controller'";
/** Only the replica with the lease renews it, and so it reports in the same statement. */
const RENEW = `WITH seen AS (UPDATE replica SET seen = clock_timestamp() WHERE id = $3)
  UPDATE lease SET expires = clock_timestamp() + $2 * INTERVAL '1 millisecond'
  WHERE name = 'controller' AND epoch = $1 AND check_timeline() RETURNING epoch`;
const RELEASE = `WITH gone AS (DELETE FROM replica WHERE id = $2)
  UPDATE lease SET expires = '-infinity' WHERE name = 'controller' AND epoch = $1 RETURNING epoch`;

/**
 * The right of one process to write to a database. It is a row with an end, which the process renews; another process may
 * claim it after the end. A process that cannot renew it writes nothing more before that: neither to AWS, by its own
 * clocks, nor to the database, which compares the epoch in each transaction.
 *
 *   claimed ──renewal fails──► doubtful ──renewal succeeds: no one has claimed it──► claimed
 *      │                          └──another process has claimed it──► ended
 *      └──release(), or the database refuses a write of this process as such──► ended
 */
export class Lease {
  /** null: no other process had the lease before, or it is not known which. */
  readonly takeover: Takeover | null;
  readonly #epoch: number;
  readonly #parts: LeaseParts;
  readonly #ending = new AbortController();
  readonly #lost = Promise.withResolvers<StoreError>();
  readonly #term: Term;
  #renewing: Promise<void> = Promise.resolve();
  #examining: Promise<void> | null = null;
  #isDoubtful = false;
  #end: "by-clock" | "lost" | "released" = "by-clock";

  private constructor({ epoch, takeover }: Pick<Lease, "epoch" | "takeover">, term: Term, parts: LeaseParts) {
    this.takeover = takeover;
    this.#epoch = epoch;
    this.#term = term;
    this.#parts = parts;
  }

  /** Claims a lease that has ended. From then on, the database refuses the writes of others. @returns null: it has not ended @throws StoreError */
  static async claim(parts: LeaseParts, last: LastLease): Promise<Lease | null> {
    const { database, replica } = parts;
    const moment = momentOf(parts);
    const sql = "SELECT epoch FROM claim_lease($1, $2)";
    const [claimed] = await database.lease<{ readonly epoch: number }>("claim the lease", sql, [
      `pid ${replica.pid} on ${replica.host}`,
      LEASE_TERM_MS,
    ]);
    if (claimed === undefined) return null;
    const { epoch } = claimed;
    const lease = new Lease({ epoch, takeover: takeoverOf(epoch, last) }, new Term(parts, moment), parts);
    database.writeOnlyAs({ kind: "active", epoch }, (refusal) => lease.#lose(refusal));
    return lease;
  }

  /** Each claim raises it. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Resolves if another controller has claimed the lease, or the database has lost entries. */
  get lost(): Promise<StoreError> {
    return this.#lost.promise;
  }

  /** How long no other process can have the lease; 0 or less: another one may have it already. */
  leftMs(): number {
    // Not by the clock: that of the server, which lets others claim it, may have been set.
    return this.#end === "by-clock" ? this.#term.leftMs() : 0;
  }

  /** Renews the lease until it is released or taken over. */
  keep(): void {
    this.#parts.telemetry.gauge("replica_active", 1);
    this.#renewing = renewAll(this.#parts.clock, () => this.#renew(), this.#ending.signal);
  }

  /** The next process may claim it immediately. If the database cannot be reached, the lease ends by itself. */
  async release(): Promise<void> {
    if (this.#end === "lost") await this.#lost.promise;
    else this.#end = "released";
    this.#ending.abort();
    await this.#renewing;
    await this.#examining;
    const { database, telemetry, replica } = this.#parts;
    try {
      await database.lease("release the lease", RELEASE, [this.#epoch, replica.id]);
    } catch (cause) {
      telemetry.warn("the lease of the database was not released", { reason: reasonOf(cause) });
    }
  }

  async #renew(): Promise<Renewal> {
    const { database, replica } = this.#parts;
    const moment = momentOf(this.#parts);
    try {
      const rows = await database.lease("renew the lease", RENEW, [this.#epoch, LEASE_TERM_MS, replica.id]);
      if (rows.length > 0) return this.#hasRenewed(moment);
    } catch (cause) {
      if (!(cause instanceof StoreError)) throw cause;
      if (endsLease(cause)) return "ended";
      this.#doubt(cause);
      return "doubtful";
    }
    this.#lose(leaseLostTo(database, ""));
    return "ended";
  }

  /** The end counts immediately; who has the lease now is only for the message. */
  #lose(refusal: StoreError): void {
    if (this.#end !== "by-clock") return;
    this.#end = "lost";
    this.#ending.abort();
    this.#parts.telemetry.gauge("replica_active", 0);
    this.#parts.telemetry.gauge("database_lease_held", 0);
    this.#lost.resolve(refusal.code === "lease-lost" ? lostLease(this.#parts) : refusal);
  }

  #hasRenewed(sent: ReturnType<typeof momentOf>): Renewal {
    if (this.#end !== "by-clock") return "ended";
    const { database, telemetry } = this.#parts;
    this.#term.renewedAt(sent);
    telemetry.gauge("database_lease_held", 1);
    if (this.#isDoubtful)
      telemetry.info("the database can be reached again, and no one else has claimed its lease", {
        database: database.name,
      });
    this.#isDoubtful = false;
    // Not waited for: these use the connections of reads and appends, and the next renewal must not be late because of them.
    this.#examining ??= this.#examine();
    return "renewed";
  }

  async #examine(): Promise<void> {
    await this.#measure();
    await this.#withdraw();
    this.#examining = null;
  }

  /** The lease is renewed, also if the replicas cannot be read. */
  async #measure(): Promise<void> {
    const { database, telemetry } = this.#parts;
    try {
      measureReplicas(await readReplicas(database), telemetry);
    } catch (cause) {
      if (!(cause instanceof StoreError)) throw cause;
      telemetry.debug("the replicas were not counted", { database: database.name, reason: cause.message });
    }
  }

  async #withdraw(): Promise<void> {
    const { database, telemetry } = this.#parts;
    try {
      const accounts = await withdrawAccounts(database);
      if (accounts.length > 0)
        telemetry.info("accounts are no longer assigned: the lease of their replica has ended", {
          accounts: accounts.length,
        });
    } catch (cause) {
      if (!(cause instanceof StoreError)) throw cause;
      telemetry.warn("assigned accounts were not examined", {
        database: database.name,
        reason: cause.message,
      });
    }
  }

  #doubt({ message: reason, fix }: StoreError): void {
    const { database, telemetry } = this.#parts;
    telemetry.gauge("database_lease_held", 0);
    if (!this.#isDoubtful)
      telemetry.error("the lease of the database cannot be renewed", {
        database: database.name,
        reason,
        fix,
      });
    this.#isDoubtful = true;
  }
}

/** Another process may have had the lease since `last` was read: then it is not known which one was the last. */
function takeoverOf(epoch: number, last: LastLease): Takeover | null {
  const { holder: from, failover } = last;
  if (from === "" || epoch !== last.epoch + 1) return null;
  if (failover !== null) return { from, epoch, leaseEnd: "failover", failover };
  return { from, epoch, leaseEnd: last.is_given_back ? "given-back" : "expired" };
}

async function lostLease({ database }: LeaseParts): Promise<StoreError> {
  const found = database.lease<{ readonly holder: string }>("read the lease", HOLDER, []);
  const by = await found.then(
    ([row]) => (row === undefined ? "" : `: ${row.holder}`),
    () => "",
  );
  return leaseLostTo(database, by);
}

function leaseLostTo({ name }: Database, by: string): StoreError {
  return new StoreError("lease-lost", `another controller took over ${name}${by}`);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
