import type { Telemetry } from "../../../controller/ports/telemetry.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import type { ReplicaIdentity } from "../../../model/network/replica.ts";
import { LEASE_TERM_MS } from "../../../model/network/write-budget.ts";
import { StoreError } from "../../errors.ts";
import type { Database } from "../database.ts";
import { endsLease } from "../failure.ts";
import { momentOf, renewAll, Term, type Renewal, type TermClocks } from "../term.ts";

const TERM = "clock_timestamp() + $2 * INTERVAL '1 millisecond'";
const JOIN = `UPDATE replica SET seen = clock_timestamp(), expires = ${TERM} WHERE id = $1 RETURNING id`;
/** Renews one row, also with many accounts. Without an answer, the lease was ended. */
const RENEW = `WITH renewed AS (
    UPDATE replica SET seen = clock_timestamp(), expires = ${TERM} WHERE id = $1 AND expires > '-infinity' AND check_timeline() RETURNING id, share
  ) SELECT a.account_id, a.epoch, renewed.share FROM renewed LEFT JOIN assignment AS a ON a.replica = renewed.id`;
const RETURN = "SELECT account_id FROM return_assignments($1, $2)";
const LEAVE = "UPDATE replica SET expires = NULL WHERE id = $1 RETURNING id";

interface AssignmentRow {
  /** null: the replica has no account. */
  readonly account_id: AccountId | null;
  readonly epoch: number | null;
  /** null: the active replica has set no limit. */
  readonly share: number | null;
}

interface AccountLease {
  readonly epoch: number;
  /** As of the last renewal, another replica may have the account. */
  isLost: boolean;
}

export interface AssignedAccountsParts extends TermClocks {
  readonly database: Database;
  readonly replica: ReplicaIdentity;
  readonly telemetry: Telemetry;
}

/**
 * The accounts that the active replica assigned to this one, and the lease under which it has them.
 *
 *   replica   joined ──a renewal finds that the active replica ended the lease──► lost
 *                └──leave()──► left
 *   account   (none) ──a renewal finds it──► assigned ──returnAccounts()──► (none)
 *                └──a renewal lacks it, or finds a newer assignment──► lost ──passesEnded()──► (none)
 *
 * A lost account stays lost until its passes have ended: a pass never goes on under an assignment that is newer than it.
 */
export class AssignedAccounts {
  readonly #parts: AssignedAccountsParts;
  readonly #term: Term;
  readonly #assignments = new Map<AccountId, AccountLease>();
  readonly #ending = new AbortController();
  readonly #lost = Promise.withResolvers<StoreError>();
  #share: number | null = null;
  #hasEnded = false;
  #isDoubtful = false;
  #renewing: Promise<void> = Promise.resolve();

  private constructor(parts: AssignedAccountsParts, term: Term) {
    this.#parts = parts;
    this.#term = term;
  }

  /** From now on accounts can be assigned to this replica, and it writes nothing but their settlements. @throws StoreError */
  static async join(parts: AssignedAccountsParts): Promise<AssignedAccounts> {
    const { database, replica } = parts;
    const moment = momentOf(parts);
    const rows = await database.lease("join", JOIN, [replica.id, LEASE_TERM_MS]);
    if (rows.length === 0)
      throw new StoreError("lease-lost", `${database.name} does not have this replica any more`);
    const joined = new AssignedAccounts(parts, new Term(parts, moment));
    const epochOf = (accountId: AccountId): number => joined.#assignments.get(accountId)?.epoch ?? 0;
    database.writeOnlyAs({ kind: "assigned", replica: replica.id, epochOf }, (refusal) =>
      joined.#lose(refusal),
    );
    return joined;
  }

  /** Resolves if the active replica ended the lease, or the database has lost entries. */
  get lost(): Promise<StoreError> {
    return this.#lost.promise;
  }

  /** As of the last renewal, sorted. */
  get accounts(): readonly AccountId[] {
    const assigned = [...this.#assignments].filter(([accountId]) => this.#isAssigned(accountId));
    return assigned.map(([accountId]) => accountId).toSorted();
  }

  /** How many accounts this replica may keep, as of the last renewal. */
  get share(): number {
    return this.#share ?? Infinity;
  }

  /** How long no other process can have the account; 0 or less: another one may have it already. */
  leftMs(accountId: AccountId): number {
    return this.#isAssigned(accountId) ? this.#term.leftMs() : 0;
  }

  /** Renews the lease until this replica leaves or loses it. */
  keep(): void {
    const { clock } = this.#parts;
    this.#renewing = renewAll(clock, () => this.renew(), this.#ending.signal);
  }

  /** Renews the lease, and learns which accounts are assigned. */
  async renew(): Promise<Renewal> {
    const { database, replica } = this.#parts;
    const moment = momentOf(this.#parts);
    try {
      const values = [replica.id, LEASE_TERM_MS];
      const rows = await database.lease<AssignmentRow>("renew the lease of the replica", RENEW, values);
      if (rows.length > 0) return this.#hasRenewed(moment, rows);
    } catch (cause) {
      if (!(cause instanceof StoreError)) throw cause;
      if (endsLease(cause)) return "ended";
      this.#doubt(cause);
      return "doubtful";
    }
    this.#lose(new StoreError("lease-lost", `the active replica of ${database.name} ended the lease`));
    return "ended";
  }

  /** No pass of the account runs any more: it may be assigned again. */
  passesEnded(accountId: AccountId): void {
    if (this.#assignments.get(accountId)?.isLost === true) this.#assignments.delete(accountId);
  }

  /** No pass of these accounts may run. @throws StoreError; then they may still be assigned */
  async returnAccounts(accounts: readonly AccountId[]): Promise<void> {
    const { database, replica } = this.#parts;
    for (const accountId of accounts) {
      const assignment = this.#assignments.get(accountId);
      if (assignment !== undefined) assignment.isLost = true;
    }
    await database.lease("return accounts", RETURN, [replica.id, accounts]);
    // Only now: the answer of a renewal that was sent before still has them.
    accounts.forEach((accountId) => this.passesEnded(accountId));
  }

  /** Returns all accounts, of which no pass may run. If the database cannot be reached, the lease ends by itself. */
  async leave(): Promise<void> {
    const { database, replica, telemetry } = this.#parts;
    this.#hasEnded = true;
    this.#ending.abort();
    await this.#renewing;
    this.#assignments.clear();
    try {
      await database.lease("return accounts", RETURN, [replica.id, null]);
      await database.lease("leave", LEAVE, [replica.id]);
    } catch (cause) {
      if (!(cause instanceof StoreError)) throw cause;
      telemetry.warn("the accounts of this replica were not returned", { reason: cause.message });
    }
  }

  #isAssigned(accountId: AccountId): boolean {
    return !this.#hasEnded && this.#assignments.get(accountId)?.isLost === false;
  }

  #hasRenewed(sent: ReturnType<typeof momentOf>, rows: readonly AssignmentRow[]): Renewal {
    if (this.#hasEnded) return "ended";
    this.#share = rows[0]?.share ?? null;
    const found = new Map(rows.map(({ account_id: accountId, epoch }) => [accountId, epoch]));
    for (const [accountId, assignment] of this.#assignments)
      if (found.get(accountId) !== assignment.epoch) assignment.isLost = true;
    for (const [accountId, epoch] of found)
      if (accountId !== null && epoch !== null && !this.#assignments.has(accountId))
        this.#assignments.set(accountId, { epoch, isLost: false });
    // Last: an account that was lost has no time left.
    this.#term.renewedAt(sent);
    this.#isDoubtful = false;
    return "renewed";
  }

  #lose(refusal: StoreError): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#ending.abort();
    this.#lost.resolve(refusal);
  }

  #doubt({ message: reason, fix }: StoreError): void {
    const { database, telemetry } = this.#parts;
    if (!this.#isDoubtful)
      telemetry.error("the lease of this replica cannot be renewed", {
        database: database.name,
        reason,
        fix,
      });
    this.#isDoubtful = true;
  }
}
