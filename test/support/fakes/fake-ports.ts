import { CHAIN_START, nextEntry } from "../../../src/audit/chain.ts";
import { plainFact } from "../../../src/audit/canonical.ts";
import type { AuditEntry, AuditFact } from "../../../src/audit/entry.ts";
import type { AuditLog, WriteIntended } from "../../../src/controller/ports/audit-log.ts";
import { summaryOf } from "../record/key-summary.ts";
import type { Clock } from "../../../src/controller/ports/clock.ts";
import type { Recorder } from "../../../src/controller/ports/recorder.ts";
import type { RecordedObjectName, Store } from "../../../src/controller/ports/store.ts";
import type { Approval, Rejection, Suspension } from "../../../src/model/approval.ts";
import { sha256Hex } from "../../../src/model/values/digest.ts";
import type { AccountId } from "../../../src/model/aws/ids.ts";
import { keyParts, type Key } from "../../../src/model/keys/key.ts";
import type {
  AppliedState,
  KeyRecord,
  KeyRecordSummary,
  PastWrite,
} from "../../../src/model/keys/key-record.ts";
import { appliedMark, type AppliedMark } from "../../../src/model/keys/applied-mark.ts";
import type { AlertEvent } from "../../../src/model/alert-event.ts";
import { incidentOf } from "../../../src/model/records/incident.ts";
import { appliedStatesIn } from "../record/applied-states.ts";
import { alertStatusOf } from "../../../src/record/message.ts";
import type { Settlement } from "../../../src/settle/settlement.ts";
import { firstAccountRecord, type AccountRecord } from "../../../src/model/records/account-record.ts";
import type { ChangeRecord } from "../../../src/model/changes/change-event.ts";
import type { ObjectRecord } from "../../../src/model/records/object-record.ts";
import type { RecordChange } from "../../../src/model/records/record-change.ts";
import type { SourceRecord } from "../../../src/model/records/source-record.ts";

/** The record in memory; what the controller keeps, a test can look at and set. */
export class MemoryStore implements Store {
  fresh = false;
  takeover: Store["takeover"] = null;
  /** Set: every access fails with it. */
  failure: Error | null = null;
  readonly records = new Map<Key, KeyRecord>();
  readonly accountRecords = new Map<AccountId, AccountRecord>();
  readonly sourceRecords = new Map<string, SourceRecord>();
  readonly objectRecords = new Map<string, ObjectRecord>();
  readonly changeRecords = new Map<string, ChangeRecord>();
  approvalList: readonly Approval[] = [];
  rejectionList: readonly Rejection[] = [];
  suspensionList: readonly Suspension[] = [];
  commits = 0;
  /** How far the clock of the record is ahead of the process. */
  aheadMs = 0;
  readonly #clock: Pick<Clock, "nowMs">;
  /** How often the records of all sources were read. */
  sourceListReads = 0;
  readonly replicas = async (): Promise<readonly []> => [];
  readonly changedSince = async (): Promise<null> => null;

  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  readonly nowMs = (): Promise<number> => this.#read(() => this.#clock.nowMs() + this.aheadMs);

  keys(
    accountId: AccountId,
    as: (record: KeyRecord) => KeyRecord = (record) => record,
  ): Promise<readonly KeyRecord[]> {
    return this.#read(() =>
      sorted(this.records)
        .filter(({ key }) => keyParts(key).accountId === accountId)
        .map(as),
    );
  }

  keySummaries(keys?: readonly Key[]): Promise<readonly KeyRecordSummary[]> {
    const isWanted = ({ key }: KeyRecord): boolean => keys?.includes(key) ?? true;
    return this.#read(() => sorted(this.records).filter(isWanted).map(summaryOf));
  }

  appliedStates(keys: readonly Key[]): Promise<ReadonlyMap<Key, AppliedState>> {
    return this.#read(() => appliedStatesIn([...this.records.values()], keys));
  }

  appliedMarks(): Promise<readonly AppliedMark[]> {
    return this.#read(() => sorted(this.records).flatMap((record) => appliedMark(record) ?? []));
  }

  hasObject(kind: string, namespace: string): Promise<boolean> {
    const isIt = (one: ObjectRecord): boolean => one.kind === kind && one.namespace === namespace;
    return this.#read(() => [...this.objectRecords.values()].some(isIt));
  }

  accounts(): Promise<readonly AccountRecord[]> {
    return this.#read(() => sorted(this.accountRecords));
  }

  source(name: string): Promise<SourceRecord | null> {
    return this.#read(() => this.sourceRecords.get(name) ?? null);
  }

  sources(): Promise<readonly SourceRecord[]> {
    this.sourceListReads += 1;
    return this.#read(() => sorted(this.sourceRecords));
  }

  objects(): Promise<readonly ObjectRecord[]> {
    return this.#read(() => sorted(this.objectRecords));
  }

  objectsNamed(names: readonly RecordedObjectName[]): Promise<readonly ObjectRecord[]> {
    return this.#read(() => names.flatMap((name) => this.objectRecords.get(objectId(name)) ?? []));
  }

  approvals(nowMs: number): Promise<readonly Approval[]> {
    return this.#read(() => this.approvalList.filter((one) => Date.parse(one.expiresAt) > nowMs));
  }

  rejections(): Promise<readonly Rejection[]> {
    return this.#read(() => this.rejectionList);
  }

  suspensions(nowMs: number): Promise<readonly Suspension[]> {
    return this.#read(() => this.suspensionList.filter((one) => Date.parse(one.until) > nowMs));
  }

  changes(accountId: AccountId, sinceMs: number): Promise<readonly ChangeRecord[]> {
    return this.#read(() =>
      sorted(this.changeRecords).filter(
        ({ event }) => event.accountId === accountId && event.atMs >= sinceMs,
      ),
    );
  }

  commit(change: RecordChange): Promise<void> {
    return this.#read(() => {
      this.commits += 1;
      for (const one of change.changes ?? [])
        if (!this.changeRecords.has(one.event.id)) this.changeRecords.set(one.event.id, one);
      for (const record of change.keys ?? []) this.records.set(record.key, record);
      for (const key of change.removedKeys ?? []) this.records.delete(key);
      for (const record of change.accounts ?? []) this.accountRecords.set(record.accountId, record);
      for (const { accountId, name, declared } of change.members ?? []) {
        const record = this.accountRecords.get(accountId) ?? firstAccountRecord(accountId, name);
        this.accountRecords.set(accountId, { ...record, declared });
      }
      for (const record of change.sources ?? []) this.sourceRecords.set(record.source, record);
      for (const one of change.objects ?? []) this.objectRecords.set(objectId(one), one);
      for (const one of change.removedObjects ?? []) this.objectRecords.delete(objectId(one));
      this.approvalList = [...this.approvalList, ...(change.approvals ?? [])];
      const answered = change.endedRejections ?? [];
      const kept = this.rejectionList.filter(({ subject }) => !answered.includes(subject));
      this.rejectionList = [...kept, ...(change.rejections ?? [])];
      const put = change.suspensions ?? [];
      const others = this.suspensionList.filter(({ id }) => !put.some((one) => one.id === id));
      this.suspensionList = [...others, ...put].filter(({ id }) => !change.endedSuspensions?.includes(id));
    });
  }

  readonly control = (): Promise<number> => Promise.resolve(0);

  resourceVersion(): Promise<number> {
    return Promise.resolve(this.commits);
  }

  async close(): Promise<void> {}

  #read<T>(value: () => T): Promise<T> {
    if (this.failure !== null) return Promise.reject(this.failure);
    return Promise.resolve(value());
  }
}

function objectId({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string {
  return `${kind}/${namespace}/${name}`;
}

function sorted<K extends string, V>(map: ReadonlyMap<K, V>): readonly V[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
}

/** The audit in memory, a true chain; `failure` set: nothing can be made durable. */
export class MemoryAudit implements AuditLog {
  failure: Error | null = null;
  readonly log: AuditEntry[] = [];
  checkpoints = 0;
  intend: AuditLog["intend"] = async (intent) => (await this.append([intent]))[0] ?? null;
  readonly #clock: Pick<Clock, "nowMs">;

  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  append(facts: readonly AuditFact[]): Promise<readonly AuditEntry[]> {
    if (this.failure !== null) return Promise.reject(this.failure);
    const at = new Date(this.#clock.nowMs()).toISOString();
    const before = this.log.length;
    for (const fact of facts) this.log.push(nextEntry(this.log.at(-1) ?? CHAIN_START, plainFact(fact), at));
    return Promise.resolve(this.log.slice(before));
  }

  openIntents(accountId: AccountId): Promise<readonly WriteIntended[]> {
    const finished = new Set(
      this.log.flatMap((entry) => (entry.kind === "write-finished" ? [entry.intent] : [])),
    );
    return Promise.resolve(this.#intents(accountId).filter(({ seq }) => !finished.has(seq)));
  }

  writesSince(accountId: AccountId, sinceMs: number): Promise<readonly PastWrite[]> {
    const ended = new Map(
      this.log.flatMap((entry) =>
        entry.kind === "write-finished" && /^(found-)?applied$/.test(entry.outcome)
          ? [[entry.intent, Date.parse(entry.at)] as const]
          : [],
      ),
    );
    const hash = (text: string | null): string | null => (text === null ? null : sha256Hex(text));
    const writes = this.#intents(accountId).flatMap(({ seq, key, call, step, target, before, after }) => {
      const atMs = ended.get(seq);
      if (atMs === undefined || atMs < sinceMs) return [];
      return [{ key, atMs, call, step, target, beforeHash: hash(before), afterHash: hash(after) }];
    });
    return Promise.resolve(writes);
  }

  async newestSeq(): Promise<number> {
    return this.log.length;
  }

  async checkpoint(): Promise<void> {
    this.checkpoints += 1;
  }

  async *entries(range: Parameters<AuditLog["entries"]>[0]): AsyncIterable<AuditEntry> {
    const { key, kind, kinds, mentions = "", fromSeq = 1, toSeq = Infinity } = range;
    const { sinceMs = 0, untilMs = Infinity, newestFirst = false, limit } = range;
    const found = this.log.filter((entry) => {
      const atMs = Date.parse(entry.at);
      const isAbout = key === undefined || ("key" in entry && entry.key === key);
      const isOfKind = kind === undefined ? (kinds?.includes(entry.kind) ?? true) : kind === entry.kind;
      const isNamed = mentions === "" || JSON.stringify(entry).toLowerCase().includes(mentions.toLowerCase());
      const isInTime = atMs >= sinceMs && atMs < untilMs && entry.seq >= fromSeq && entry.seq <= toSeq;
      return isAbout && isOfKind && isNamed && isInTime;
    });
    yield* (newestFirst ? found.reverse() : found).slice(0, limit);
  }

  #intents(accountId: AccountId): readonly WriteIntended[] {
    return this.log.filter(
      (entry): entry is WriteIntended =>
        entry.kind === "write-intended" && keyParts(entry.key).accountId === accountId,
    );
  }
}

/** Ends that the recorder drops without a beginning. */
const RECOVERIES = [
  ["pass-recovered", "pass-failed"],
  ["source-recovered", "source-failed"],
  ["backup-recovered", "backup-failed"],
] as const;

/** Writes settlements as the real recorder does, and remembers the alerts. */
export class MemoryRecorder implements Recorder {
  readonly alerts: AlertEvent[] = [];
  /** Reports that a controller has named in the record. */
  readonly #marks = new Set<string>();
  readonly #audit: AuditLog;
  readonly #store: Store;

  constructor(audit: AuditLog, store: Store) {
    this.#audit = audit;
    this.#store = store;
  }

  openIncidents(prefix: string): readonly string[] {
    const open = new Set<string>();
    for (const alert of this.alerts) {
      const status = alertStatusOf(alert);
      if (status === "open") open.add(incidentOf(alert));
      if (status === "closed") open.delete(incidentOf(alert));
    }
    return [...open, ...this.#marks].filter((name) => name.startsWith(prefix));
  }

  async record({ facts, change, alerts }: Settlement): Promise<void> {
    if (facts.length > 0) await this.#audit.append(facts);
    await this.#store.commit(change);
    for (const { incident } of change.incidents ?? []) this.#marks.add(incident);
    for (const name of change.endedIncidents ?? []) this.#marks.delete(name);
    for (const alert of alerts) if (!this.#isNoRecovery(alert)) this.alerts.push(alert);
  }

  #isNoRecovery(alert: AlertEvent): boolean {
    const begins = RECOVERIES.find(([end]) => end === alert.kind)?.[1];
    if (begins === undefined) return false;
    const isAbout = (one: AlertEvent): boolean =>
      !("source" in one) || !("source" in alert) || one.source === alert.source;
    const last = this.alerts.findLast(
      (one) => (one.kind === begins || one.kind === alert.kind) && isAbout(one),
    );
    return last?.kind !== begins;
  }
}
