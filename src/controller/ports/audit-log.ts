import type { AuditEntry, AuditFact } from "../../audit/entry.ts";
import type { AccountId } from "../../model/aws/ids.ts";
import type { Key } from "../../model/keys/key.ts";
import type { PastWrite } from "../../model/keys/key-record.ts";

export type WriteIntended = Extract<AuditEntry, { readonly kind: "write-intended" }>;

/** The append-only record: one chain for each installation. */
export interface AuditLog {
  /** Appends in order, in one transaction; durable (fsynced) when it resolves. @throws Error if it could not be made durable: nothing was appended */
  append(facts: readonly AuditFact[]): Promise<readonly AuditEntry[]>;
  /** The journal: intents without an outcome, in order. */
  openIntents(accountId: AccountId): Promise<readonly WriteIntended[]>;
  /** Our finished writes (applied or found-applied) since then, oldest first. */
  writesSince(accountId: AccountId, sinceMs: number): Promise<readonly PastWrite[]>;
  /** Signs the head and writes the external copy. Does nothing if the head is already signed. */
  checkpoint(): Promise<void>;
  /** In order of seq. `key` returns only entries about it, `kind` only entries of that kind. At most one of the two. */
  entries(range: {
    readonly fromSeq?: number;
    readonly toSeq?: number;
    readonly sinceMs?: number;
    readonly untilMs?: number;
    readonly key?: Key;
    readonly kind?: AuditFact["kind"];
    readonly newestFirst?: boolean;
    readonly limit?: number;
  }): AsyncIterable<AuditEntry>;
}
