import type { KeyObject } from "node:crypto";
import type { ChainHead } from "../../../audit/chain.ts";
import { plainFact } from "../../../audit/canonical.ts";
import { signCheckpoint } from "../../../audit/checkpoint.ts";
import type { AuditEntry, AuditFact } from "../../../audit/entry.ts";
import type { AuditLog, AuditRange, IntentFact, WriteIntended } from "../../../controller/ports/audit-log.ts";
import type { SettlementStore } from "../../../controller/ports/store.ts";
import type { Telemetry } from "../../../controller/ports/telemetry.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import type { PastWrite } from "../../../model/keys/key-record.ts";
import type { RecordChange } from "../../../model/records/record-change.ts";
import { StoreError } from "../../errors.ts";
import type { NewestEntryFile } from "../../newest-entry.ts";
import type { CheckpointCopies } from "../../outside-copy.ts";
import { fromRow } from "../../rows/audit-rows.ts";
import type { Database } from "../database.ts";
import type { RecordTime } from "../record-time.ts";
import { appendTo, type AppendResult, type AppendRequest, type Head } from "./append.ts";
import { PostgresEntryReader } from "./entry-reader.ts";
import { writesSince } from "./journal.ts";

/** The number of entries after which a checkpoint follows; one group of entries may exceed it. */
const CHECKPOINT_EVERY = 1_000;

export interface PostgresAuditLogParts {
  readonly database: Database;
  readonly time: RecordTime;
  readonly telemetry: Telemetry;
  readonly key: KeyObject;
  readonly copies: CheckpointCopies;
  /** The end of the chain that the start has checked. */
  readonly head: ChainHead;
  readonly newest: NewestEntryFile | null;
}

/** A call of `append` that waits for its statement. */
interface PendingAppend {
  readonly facts: readonly AuditFact[];
  /** null: none of the facts is an intent of a pass. */
  readonly control: number | null;
  readonly resolve: (entries: readonly AuditEntry[]) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The audit chain in PostgreSQL, and the settlements that append to it. The calls that arrive while a statement is under way
 * share the next one. All statements of this process run one after the other, so that entries keep the order of the calls.
 */
export class PostgresAuditLog implements AuditLog, SettlementStore {
  readonly #parts: PostgresAuditLogParts;
  readonly #reader: PostgresEntryReader;
  /** The database never ends before it, unless it loses entries: after a failover to a standby that missed them. */
  #known: ChainHead;
  #waiting: PendingAppend[] = [];
  #last: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(parts: PostgresAuditLogParts) {
    this.#parts = parts;
    this.#known = parts.head;
    this.#reader = new PostgresEntryReader(parts.database);
  }

  append(facts: readonly AuditFact[]): Promise<readonly AuditEntry[]> {
    return this.#appendAll(facts, null);
  }

  async intend(intent: IntentFact, control: number): Promise<AuditEntry | null> {
    try {
      const [entry] = await this.#appendAll([intent], control);
      if (entry === undefined) throw new Error("the audit appended no entry for an intent");
      return entry;
    } catch (error) {
      if (isOutdated(error)) return null;
      throw error;
    }
  }

  async record(facts: readonly AuditFact[], changeFor: (firstSeq: number) => RecordChange): Promise<void> {
    this.#checkOpen("append to");
    const plain = facts.map(plainFact);
    await this.#next(() => this.#record(plain, changeFor));
  }

  async openIntents(accountId: AccountId): Promise<readonly WriteIntended[]> {
    const sql = `SELECT entries.* FROM writes JOIN entries ON entries.seq = writes.intent
      WHERE account_id = $1 AND outcome IS NULL ORDER BY intent`;
    const { rows, documents } = await this.#reader.selected(sql, [accountId]);
    return rows.map((row) => fromRow(row, documents)).filter((entry) => entry.kind === "write-intended");
  }

  async writesSince(accountId: AccountId, sinceMs: number): Promise<readonly PastWrite[]> {
    return writesSince(this.#parts.database, accountId, sinceMs);
  }

  async newestSeq(): Promise<number> {
    return (await this.#head()).seq;
  }

  async checkpoint(): Promise<void> {
    this.#checkOpen("sign");
    await this.#next(() => this.#sign());
    await this.#parts.copies.copy();
  }

  entries(range: AuditRange): AsyncIterable<AuditEntry> {
    return this.#reader.entries(range);
  }

  /** Writes the waiting entries and copies signed checkpoints outside; later calls are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
    this.#parts.newest?.write();
    await this.#parts.copies.copy();
  }

  #checkOpen(doing: string): void {
    if (this.#closed) throw new StoreError("closed", `cannot ${doing} the audit: it is closed`);
  }

  /** After the work that began before. */
  #next(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #appendAll(facts: readonly AuditFact[], control: number | null): Promise<readonly AuditEntry[]> {
    this.#checkOpen("append to");
    const plain = facts.map(plainFact);
    if (plain.length === 0) return [];
    return new Promise((resolve, reject) => {
      this.#waiting.push({ facts: plain, control, resolve, reject });
      if (this.#waiting.length === 1) void this.#next(() => this.#flush());
    });
  }

  async #flush(): Promise<void> {
    const group = this.#waiting;
    this.#waiting = [];
    await this.#flushGroup(group);
  }

  async #flushGroup(group: readonly PendingAppend[]): Promise<void> {
    const facts = group.flatMap((call) => call.facts);
    try {
      const control = oldestControl(group);
      const entries = await this.#appended({ facts, change: null, control, expectedSeq: null });
      let at = 0;
      for (const call of group) call.resolve((entries ?? []).slice(at, (at += call.facts.length)));
    } catch (error) {
      // Nothing was written: only the calls that are to be refused are.
      if (group.length > 1 && (isNotAssigned(error) || isOutdated(error)))
        for (const call of group) await this.#flushGroup([call]);
      else for (const call of group) call.reject(error);
    }
  }

  async #record(facts: readonly AuditFact[], changeFor: (firstSeq: number) => RecordChange): Promise<void> {
    for (;;) {
      const { seq } = await this.#head();
      const change = changeFor(seq + 1);
      // Another process may have appended after the head was read.
      if ((await this.#appended({ facts, change, control: null, expectedSeq: seq })) !== null) return;
    }
  }

  async #appended(request: {
    readonly facts: readonly AuditFact[];
    readonly change: RecordChange | null;
    readonly control: number | null;
    readonly expectedSeq: number | null;
  }): Promise<readonly AuditEntry[] | null> {
    const { time, telemetry, copies } = this.#parts;
    const appended = await this.#append({ ...request, nowMs: time.fixedMs(), copies: [] });
    if (appended === null) return null;
    const entries = entriesOf(request.facts, appended);
    for (const { kind } of entries) telemetry.count("audit_entries_total", { kind });
    const { head } = appended;
    if (head.seq - head.checkpoint >= CHECKPOINT_EVERY) {
      await this.#sign();
      void copies.copy();
    }
    return entries;
  }

  async #sign(): Promise<void> {
    const { time, key, copies } = this.#parts;
    for (;;) {
      const head = await this.#head();
      if (head.seq === head.checkpoint) return;
      const nowMs = await time.nowMs();
      const signed = signCheckpoint(key, head, new Date(nowMs).toISOString());
      const { upTo, keyId, signature } = signed;
      const fact = plainFact({ kind: "checkpoint", upTo, head: signed.head, keyId, signature });
      const request = {
        facts: [fact],
        change: null,
        control: null,
        expectedSeq: head.seq,
        nowMs,
        copies: copies.names,
      };
      if ((await this.#append(request)) !== null) return;
    }
  }

  async #append(request: Omit<AppendRequest, "known">): Promise<AppendResult | null> {
    const appended = await appendTo(this.#parts.database, { ...request, known: this.#known });
    if (appended !== null) this.#confirmed(appended);
    return appended;
  }

  #confirmed({ head, placed }: AppendResult): void {
    this.#known = head;
    const last = placed.at(-1);
    if (last !== undefined)
      this.#parts.newest?.confirmed({
        seq: last.seq,
        hash: last.hash,
        at: new Date(last.at_ms).toISOString(),
      });
  }

  async #head(): Promise<Head> {
    const sql = "SELECT seq, hash, checkpoint FROM head";
    const [head] = await this.#parts.database.read<Head>("read the end of the audit", sql);
    if (head === undefined) throw new StoreError("damaged", `${this.#parts.database.name} has no head`);
    return head;
  }
}

function oldestControl(group: readonly PendingAppend[]): number | null {
  const known = group.flatMap(({ control }) => control ?? []);
  return known.length === 0 ? null : Math.min(...known);
}

function isOutdated(error: unknown): boolean {
  return error instanceof StoreError && error.code === "outdated";
}

function isNotAssigned(error: unknown): boolean {
  return error instanceof StoreError && error.code === "not-assigned";
}

function entriesOf(facts: readonly AuditFact[], { placed }: AppendResult): readonly AuditEntry[] {
  return placed.flatMap(({ seq, at_ms, prev, hash }, index) => {
    const fact = facts[index];
    if (fact === undefined) return [];
    return [{ ...fact, seq, at: new Date(at_ms).toISOString(), prev, hash }];
  });
}
