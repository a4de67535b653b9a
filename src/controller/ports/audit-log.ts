import type { AuditEntry, AuditFact } from "../../audit/entry.ts";
import type { ChainPart } from "../../audit/link-run.ts";
import type { EntryFilter } from "../../model/entries/entry-filter.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { Key } from "../../model/keys/key.ts";
import type { PastWrite } from "../../model/keys/key-record.ts";

/** Differences in AWS that Grantkeeper reverted. */
export type Revert = Extract<AuditEntry, { readonly kind: "drift-ended" }>;

/** An account of an organization that an AccountSet no longer finds. */
export type Departure = Extract<AuditEntry, { readonly kind: "account-left" }>;

/** Writes by roles of Grantkeeper that are not in its record. */
export type UnrecordedEntry = Extract<AuditEntry, { readonly kind: "unrecorded-writes" }>;

export type WriteIntended = Extract<AuditEntry, { readonly kind: "write-intended" }>;

/** What is about to be called in AWS. */
export type IntentFact = Extract<AuditFact, { readonly kind: "write-intended" }>;

/** The append-only record: one chain for each installation. */
export interface AuditLog {
  /** Appends in order, in one transaction; durable (fsynced) when it resolves. @throws Error if it could not be made durable: nothing was appended */
  append(facts: readonly AuditFact[]): Promise<readonly AuditEntry[]>;
  /**
   * Appends the intent of a pass, as `append` does.
   * @param control `Store.control` before the pass took its inputs
   * @returns null: it has risen since, and nothing was appended
   */
  intend(intent: IntentFact, control: number): Promise<AuditEntry | null>;
  /** The journal: intents without an outcome, in order. */
  openIntents(accountId: AccountId): Promise<readonly WriteIntended[]>;
  /** Our finished writes (applied or found-applied) since then, oldest first. */
  writesSince(accountId: AccountId, sinceMs: number): Promise<readonly PastWrite[]>;
  /** The number of the newest entry; 0: there is none. */
  newestSeq(): Promise<number>;
  /** Signs the head and writes the external copy. Does nothing if the head is already signed. */
  checkpoint(): Promise<void>;
  /**
   * In order of seq. `key` returns only entries about it, `kind` and `kinds` only entries of these kinds. `mentions` leaves out
   * entries that do not contain the text in any case; it may leave some of them in, also every one.
   */
  entries(range: {
    readonly fromSeq?: number;
    readonly toSeq?: number;
    readonly sinceMs?: number;
    readonly untilMs?: number;
    readonly key?: Key;
    readonly kind?: AuditFact["kind"];
    readonly kinds?: readonly AuditFact["kind"][];
    readonly mentions?: string;
    readonly newestFirst?: boolean;
    readonly limit?: number;
  }): AsyncIterable<AuditEntry>;
}

export type AuditRange = Parameters<AuditLog["entries"]>[0];

/** Runs the program for each job in several threads; the answers are in the order of the jobs. */
export type RunInThreads = <Job, Answer>(
  program: { readonly module: URL; readonly input: unknown },
  jobs: Iterable<Job>,
) => AsyncIterable<Answer>;

/** The audit of a database, read only. It takes no lock and can be used while a controller is running. */
export interface AuditReader {
  readonly entries: (range: AuditRange) => AsyncIterable<AuditEntry>;
  /** The lines of the export, without line ends; an unreadable entry becomes a line that fails verification. */
  readonly lines: (range: AuditRange) => AsyncIterable<string>;
  /** The complete record for its verification, in order and in blocks of any size; a large one is read on all cores. */
  readonly links: (inThreads: RunInThreads) => AsyncIterable<readonly ChainPart[]>;
  /** The number of the first entry; it rises while retention removes entries. */
  readonly firstSeq: () => number | Promise<number>;
  readonly close: () => void;
}

/** Which entries of the record: those about a key, those about a namespace, or all. */
export interface HistoryRequest {
  readonly key: Key | null;
  readonly namespace: string | null;
  /** Only entries before this one; null: start with the newest. */
  readonly before: number | null;
  readonly limit: number;
  /** Missing: every entry. */
  readonly filter?: EntryFilter;
}

/** Newest first. With a key or a namespace also the approvals, rejections and suspensions that cover it. */
export interface HistoryPage {
  readonly entries: readonly AuditEntry[];
  /** The value of `before` for the next page; null: there are no more. */
  readonly next: number | null;
}
