import type { Approval, Rejection, Suspension } from "../../model/approval.ts";
import type { DesiredAccount } from "../../model/desired.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { Key } from "../../model/keys/key.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";
import type { Revision } from "../../model/values/revision.ts";

/** The record of an account. */
export interface AccountRecord {
  readonly accountId: AccountId;
  readonly name: string;
  /** As the manifests declared it at the last pass. */
  readonly declared: DesiredAccount | null;
  /** The first enforcing pass is complete: nothing of the account is held by it any more. */
  readonly started: boolean;
  /** SHA-256 of the grant catalogue and compiler at the last time when nothing was held. A change holds plans like a push. */
  readonly catalogueDigest: string | null;
  /** Complete sweeps, ms; the last two count. */
  readonly lastSweepMs: number | null;
  readonly previousSweepMs: number | null;
  /** Set while the account-wide reads fail: since when and why. */
  readonly failing: {
    readonly sinceMs: number;
    readonly reason: string;
    readonly fix?: string | null;
  } | null;
  /** Keys that a revision deleted, so that its deletes are counted over several passes; null: none yet. */
  readonly deleted: { readonly revision: Revision; readonly keys: readonly Key[] } | null;
  /** By subject: since when the account's approvals are pending. Records of 0.1 have none. */
  readonly heldSinceMs?: Readonly<Record<string, number>>;
  readonly functionsSeen: number | null;
  readonly functionsInGit: number | null;
  /** For the daily "control ran" entry: day `YYYY-MM-DD`, complete reads, longest gap so far. */
  readonly control: {
    readonly day: string;
    readonly completeReads: number;
    readonly longestGapMs: number;
  } | null;
}

export interface SourceRecord {
  readonly source: string;
  readonly acceptedRevision: Revision | null;
  readonly heldRevision: {
    readonly revision: Revision;
    readonly reason: string;
    readonly sinceMs: number;
  } | null;
  /** By path: the keys last seen in the file. They stay assigned to it while the file can't be parsed. */
  readonly fileKeys: Readonly<Record<string, readonly Key[]>>;
  /** Paths of refused files that were already alerted; records of 0.1 have none. */
  readonly refusedFiles?: readonly string[];
}

/** A FunctionPermission (or other document) as the API shows it. */
export interface ObjectRecord {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Counts changes of the canonical spec. */
  readonly generation: number;
  readonly observedGeneration: number;
  readonly resourceVersion: number;
  readonly createdAt: string;
  /** Metadata and spec as JSON, as in the manifest. */
  readonly document: string;
  readonly file: string;
  readonly line: number;
  readonly keys: readonly Key[];
}

/** An outgoing alert; sent at least once, in order of id. */
export interface OutboxMessage {
  readonly id: number;
  readonly route: string;
  readonly body: string;
  readonly attempts: number;
  readonly dueMs: number;
}

/** The changes of one settlement, written in one transaction; absent members change nothing. */
export interface RecordChange {
  readonly keys?: readonly KeyRecord[];
  readonly removedKeys?: readonly Key[];
  readonly accounts?: readonly AccountRecord[];
  readonly sources?: readonly SourceRecord[];
  readonly objects?: readonly ObjectRecord[];
  readonly removedObjects?: readonly {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  }[];
  readonly approvals?: readonly Approval[];
  readonly rejections?: readonly Rejection[];
  /** By subject. */
  readonly endedRejections?: readonly string[];
  readonly suspensions?: readonly Suspension[];
  readonly endedSuspensions?: readonly string[];
  readonly outbox?: readonly { readonly route: string; readonly body: string; readonly dueMs: number }[];
}

/** The record next to the audit. If it is lost, its content is restored from Git, tags and Sids. */
export interface Store {
  /** True if this start created the database: suspensions and history may have been lost. */
  readonly fresh: boolean;
  keys(accountId: AccountId): Promise<readonly KeyRecord[]>;
  allKeys(): Promise<readonly KeyRecord[]>;
  accounts(): Promise<readonly AccountRecord[]>;
  source(name: string): Promise<SourceRecord | null>;
  objects(): Promise<readonly ObjectRecord[]>;
  /** Not expired at `nowMs`. */
  approvals(nowMs: number): Promise<readonly Approval[]>;
  /** Sorted by subject. */
  rejections(): Promise<readonly Rejection[]>;
  /** Not ended at `nowMs`. */
  suspensions(nowMs: number): Promise<readonly Suspension[]>;
  commit(change: RecordChange): Promise<void>;
  /** The outbox: due messages, oldest first. */
  dueMessages(nowMs: number, limit: number): Promise<readonly OutboxMessage[]>;
  messageSent(id: number): Promise<void>;
  messageFailed(id: number, nextDueMs: number): Promise<void>;
  /** Counts every commit; the API's resourceVersion. */
  resourceVersion(): Promise<number>;
  close(): Promise<void>;
}
