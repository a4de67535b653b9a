import type { AuditEntry, AuditFact } from "../../audit/entry.ts";
import { accountIdOf } from "../../model/keys/key.ts";
import type { PastWrite } from "../../model/keys/key-record.ts";

/** A write of the journal without its intent's number and its outcome. */
export interface WriteColumns {
  readonly account_id: string;
  readonly key: PastWrite["key"];
  readonly call: PastWrite["call"];
  readonly step: PastWrite["step"];
  readonly target: string;
  readonly before_hash: string | null;
  readonly after_hash: string | null;
}

/** A row of the table `writes` without its outcome. */
export interface WriteRow extends WriteColumns {
  readonly intent: number;
}

type FinishedWriteEntry = Extract<AuditEntry, { readonly kind: "write-finished" }>;

export interface WriteEnd {
  readonly outcome: FinishedWriteEntry["outcome"];
  readonly finished_ms: number;
}

export type FinishedRow = WriteRow & WriteEnd;

/** Outcomes of writes that changed AWS. */
export const CHANGED: ReadonlySet<string> = new Set<FinishedWriteEntry["outcome"]>([
  "applied",
  "found-applied",
]);

/** The columns of an intended write. */
export function writeColumns(
  { key, call, step, target, before, after }: Extract<AuditFact, { readonly kind: "write-intended" }>,
  hash: (text: string) => string,
): WriteColumns {
  const hashOf = (text: string | null): string | null => (text === null ? null : hash(text));
  return {
    account_id: accountIdOf(key),
    key,
    call,
    step,
    target,
    before_hash: hashOf(before),
    after_hash: hashOf(after),
  };
}

export function pastWrite(row: FinishedRow): PastWrite {
  const { key, finished_ms: atMs, call, step, target, before_hash: beforeHash, after_hash: afterHash } = row;
  return { key, atMs, call, step, target, beforeHash, afterHash };
}
