import type { KeyObject } from "node:crypto";
import { plainFact } from "../../../audit/canonical.ts";
import type { AuditEntry, AuditFact } from "../../../audit/entry.ts";
import type { AuditLog, AuditRange, IntentFact, WriteIntended } from "../../../controller/ports/audit-log.ts";
import type { Clock } from "../../../controller/ports/clock.ts";
import type { Telemetry } from "../../../controller/ports/telemetry.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import type { PastWrite } from "../../../model/keys/key-record.ts";
import { StoreError } from "../../errors.ts";
import { CheckpointCopies, type OutsideCopy } from "../../outside-copy.ts";
import { ChainTable } from "./chain-table.ts";
import type { SqliteConnection } from "../connection.ts";
import { EntryReader } from "./entry-reader.ts";
import { storing } from "../failure.ts";

/** The number of entries after which a checkpoint follows; one group of entries may exceed it. */
const CHECKPOINT_EVERY = 1_000;

export interface AuditLogParts {
  readonly db: SqliteConnection;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly key: KeyObject;
  readonly outside: readonly OutsideCopy[];
}

/** Facts that one call appends. */
interface Appending {
  readonly facts: readonly AuditFact[];
  readonly at: string;
}

/** A call of `append` that waits for its transaction. */
interface PendingAppend extends Appending {
  readonly resolve: (entries: readonly AuditEntry[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The audit chain in SQLite. Calls in one turn of the event loop share one transaction, and so one fsync; each call
 * resolves after it.
 */
export class SqliteAuditLog implements AuditLog {
  readonly #parts: AuditLogParts;
  readonly #chain: ChainTable;
  readonly #reader: EntryReader;
  readonly #copies: CheckpointCopies;
  readonly #put;
  readonly #signed;
  #waiting: PendingAppend[] = [];
  #closed = false;

  constructor(parts: AuditLogParts) {
    this.#parts = parts;
    this.#chain = new ChainTable(parts.db);
    this.#reader = new EntryReader(parts.db);
    this.#copies = new CheckpointCopies(parts.outside, this.#chain, parts.telemetry);
    this.#put = parts.db.transaction((group: readonly PendingAppend[]) => this.#putAll(group));
    this.#signed = parts.db.transaction(() => this.#sign());
  }

  async append(facts: readonly AuditFact[]): Promise<readonly AuditEntry[]> {
    this.#checkOpen("append to");
    // Checked before the queue: a fact that is not plain data must not fail the transaction of other calls.
    const plain = facts.map(plainFact);
    if (plain.length === 0) return [];
    return new Promise((resolve, reject) => {
      this.#waiting.push({ facts: plain, at: this.#now(), resolve, reject });
      if (this.#waiting.length === 1) setImmediate(() => this.#flush());
    });
  }

  /** No other process decides anything. */
  async intend(intent: IntentFact): Promise<AuditEntry> {
    const [entry] = await this.append([intent]);
    if (entry === undefined) throw new Error("the audit appended no entry for an intent");
    return entry;
  }

  /**
   * Appends the facts in a transaction that the caller runs, for the work that belongs to them.
   * @param transact runs the transaction, with a call of `put`, which appends and returns the number of the first entry
   */
  appendWith(facts: readonly AuditFact[], transact: (put: () => number) => void): void {
    this.#checkOpen("append to");
    const call = { facts: facts.map(plainFact), at: this.#now() };
    // Calls before this one have earlier entries.
    this.#flush();
    let appended: readonly AuditEntry[] = [];
    this.#inTransaction(() =>
      transact(() => {
        const firstSeq = this.#chain.nextSeq();
        appended = this.#putAll([call]).flat();
        return firstSeq;
      }),
    );
    this.#count(appended);
  }

  async openIntents(accountId: AccountId): Promise<readonly WriteIntended[]> {
    const entries = storing("read the journal", () =>
      this.#chain.journal.open(accountId).map((seq) => this.#chain.entry(seq)),
    );
    return entries.filter((entry) => entry.kind === "write-intended");
  }

  async writesSince(accountId: AccountId, sinceMs: number): Promise<readonly PastWrite[]> {
    return storing("read the journal", () => this.#chain.journal.since(accountId, sinceMs));
  }

  async newestSeq(): Promise<number> {
    return storing("read the audit", () => this.#chain.nextSeq() - 1);
  }

  async checkpoint(): Promise<void> {
    this.#checkOpen("sign");
    this.#flush();
    storing("sign the audit", () => this.#inTransaction(() => this.#signed.immediate()));
    await this.#copies.copy();
  }

  entries(range: AuditRange): AsyncIterable<AuditEntry> {
    return this.#reader.entries(range);
  }

  /** Writes the waiting entries and copies signed checkpoints outside; later calls are refused. */
  async close(): Promise<void> {
    this.#flush();
    this.#closed = true;
    await this.#copies.copy();
  }

  #checkOpen(doing: string): void {
    if (this.#closed) throw new StoreError("closed", `cannot ${doing} the audit: it is closed`);
  }

  #now(): string {
    return new Date(this.#parts.clock.nowMs()).toISOString();
  }

  #flush(): void {
    const group = this.#waiting;
    this.#waiting = [];
    if (group.length === 0) return;
    const appended = this.#appendAll(group);
    if (appended === null) return;
    for (const [index, call] of group.entries()) call.resolve(appended[index] ?? []);
    this.#count(appended.flat());
  }

  #count(appended: readonly AuditEntry[]): void {
    for (const { kind } of appended) this.#parts.telemetry.count("audit_entries_total", { kind });
  }

  /** The entries of each call, on disk; null if all calls were rejected. */
  #appendAll(group: readonly PendingAppend[]): readonly (readonly AuditEntry[])[] | null {
    try {
      return storing("append to the audit", () => this.#inTransaction(() => this.#put.immediate(group)));
    } catch (error) {
      for (const call of group) call.reject(error);
      return null;
    }
  }

  #inTransaction<T>(run: () => T): T {
    try {
      return run();
    } catch (cause) {
      this.#chain.forget();
      throw cause;
    }
  }

  #putAll(group: readonly Appending[]): readonly (readonly AuditEntry[])[] {
    const appended = group.map((call) => call.facts.map((fact) => this.#chain.put(fact, call.at)));
    if (this.#chain.unsigned() >= CHECKPOINT_EVERY) {
      this.#sign();
      // Starts after the transaction: the rest of this turn contains no await.
      void this.#copies.copy();
    }
    return appended;
  }

  #sign(): void {
    this.#chain.sign(this.#parts.key, this.#now(), this.#copies.names);
  }
}
