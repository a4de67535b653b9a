import type { AuditFact } from "../../audit/entry.ts";
import type { Approval, Rejection, Suspension } from "../../model/approval.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { Key } from "../../model/keys/key.ts";
import type { AppliedMark } from "../../model/keys/applied-mark.ts";
import type { AppliedState, KeyRecord, KeyRecordSummary } from "../../model/keys/key-record.ts";
import type { AccountRecord } from "../../model/records/account-record.ts";
import type { ChangeRecord } from "../../model/changes/change-event.ts";
import type { ObjectRecord } from "../../model/records/object-record.ts";
import type { RecordChange } from "../../model/records/record-change.ts";
import type { SourceRecord } from "../../model/records/source-record.ts";
import type { ReplicaRecord, Takeover } from "../../model/network/replica.ts";
import type { AuditLog } from "./audit-log.ts";

/** The record next to the audit. If it is lost, its content is restored from Git, tags and Sids. */
export interface Store {
  /** True if this start created the database: suspensions and history may have been lost. */
  readonly fresh: boolean;
  /** Set if this process has the record after another one; null: it is the first one, or the record has one process. */
  readonly takeover: Takeover | null;
  /** The processes that share the record, the oldest first, as of this read; empty: it has one process. */
  replicas(): Promise<readonly ReplicaRecord[]>;
  /** Sorted by key. `as`: the form in which each record is kept, applied as soon as it is read. */
  keys(accountId: AccountId, as?: (record: KeyRecord) => KeyRecord): Promise<readonly KeyRecord[]>;
  /** Of all keys, or of those of these keys that it has; sorted by key. */
  keySummaries(keys?: readonly Key[]): Promise<readonly KeyRecordSummary[]>;
  /** Of those of these keys that have one. */
  appliedStates(keys: readonly Key[]): Promise<ReadonlyMap<Key, AppliedState>>;
  /** Of the keys of which something was applied, in no order. */
  appliedMarks(): Promise<readonly AppliedMark[]>;
  accounts(): Promise<readonly AccountRecord[]>;
  /** Also of sources that are no longer in the configuration. Sorted by name. */
  sources(): Promise<readonly SourceRecord[]>;
  /** null: it has none. */
  source(name: string): Promise<SourceRecord | null>;
  objects(): Promise<readonly ObjectRecord[]>;
  /** Of these objects, in any order; one that it does not have is missing. */
  objectsNamed(names: readonly RecordedObjectName[]): Promise<readonly ObjectRecord[]>;
  /** Whether the record has an object of this kind in this namespace. */
  hasObject(kind: string, namespace: string): Promise<boolean>;
  /** Not expired at `nowMs`. */
  approvals(nowMs: number): Promise<readonly Approval[]>;
  /** Sorted by subject. */
  rejections(): Promise<readonly Rejection[]>;
  /** Not ended at `nowMs`. */
  suspensions(nowMs: number): Promise<readonly Suspension[]>;
  /** The change events of the account since then (by the time of the call) that concern keys, the oldest first; each event once. */
  changes(accountId: AccountId, sinceMs: number): Promise<readonly ChangeRecord[]>;
  commit(change: RecordChange): Promise<void>;
  /**
   * The time for everything that several processes compare: approvals, suspensions, and the times of audit entries. It is
   * the clock of the engine, which all processes on one record share.
   */
  nowMs(): Promise<number>;
  /**
   * Rises with each suspension and its end, each rejection, each change of an approval, and each change of the revision in
   * force, of any process. 0: the record has one process, whose passes end by themselves.
   */
  control(): Promise<number>;
  /** Counts every commit; the API's resourceVersion. */
  resourceVersion(): Promise<number>;
  /** What was committed after that version, perhaps with more; null: not known, it may be everything. */
  changedSince(version: number): Promise<ChangedNames | null>;
  close(): Promise<void>;
}

/** Writes the audit and the record together. */
export interface SettlementStore {
  /**
   * Appends the facts in order and commits the change, in one transaction; durable (fsynced) when it resolves.
   * @param changeFor gets the number of the entry of the first fact, or of the next one without facts. It may be called
   * several times, each time with another number: only what the last call returned is committed.
   * @throws Error if it could not be made durable: nothing was appended or changed
   */
  record(facts: readonly AuditFact[], changeFor: (firstSeq: number) => RecordChange): Promise<void>;
}

/** What commits have changed, added or removed. */
export interface ChangedNames {
  readonly keys: readonly Key[];
  /** Those of the keys whose status has changed, and with it the version of their object. Most passes change none. */
  readonly statuses: readonly Key[];
  readonly objects: readonly RecordedObjectName[];
}

export type RecordedObjectName = Pick<ObjectRecord, "kind" | "namespace" | "name">;

/** A file of a source, and what is in it: the same id means the same bytes. */
export interface FileContent {
  readonly path: string;
  readonly oid: string;
}

export interface ParsedFileText extends FileContent {
  readonly text: string;
}

/**
 * The texts of parsed files, for the next process. It returns only what this installation has put there with the same
 * program, for the same path and content: a row that is damaged, forged, or of another version is missing. Every loss
 * costs time only.
 */
export interface ParsedFileStore {
  /** Of those of these files that it has, in their order. */
  texts(files: readonly FileContent[]): Promise<readonly ParsedFileText[]>;
  /** Of all rows, also those that are not used, in no order. */
  paths(): Promise<readonly string[]>;
  /** Replaces what it has of these paths. */
  put(files: readonly ParsedFileText[]): Promise<void>;
  remove(paths: readonly string[]): Promise<void>;
}

/** The record of a database, read only. It takes no lock and can be used while a controller is running. */
export interface RecordReader extends Pick<Store, "keys" | "accounts">, Pick<AuditLog, "writesSince"> {
  /** null: no revision of the source was accepted. */
  readonly source: (name: string) => Promise<SourceRecord | null>;
  readonly close: () => void;
}
/** An access to the record that failed for a reason outside of Grantkeeper, such as a database that is restarted. */
interface RecordFailure extends Error {
  readonly isRecordFailure: true;
  /** How an operator can fix it; null if the message shows it. */
  readonly fix: string | null;
}

export function isRecordFailure(error: unknown): error is RecordFailure {
  return error instanceof Error && "isRecordFailure" in error && error.isRecordFailure === true;
}

/** What is wrong and how to fix it, in one line. */
export function recordProblem({ message, fix }: RecordFailure): string {
  return fix === null ? message : `${message}; ${fix}`;
}
