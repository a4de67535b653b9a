import type { AuditEntry } from "../../../audit/entry.ts";
import { sha256Hex } from "../../../model/values/digest.ts";
import type { AccountId } from "../../../model/aws/ids.ts";
import { keyParts } from "../../../model/keys/key.ts";
import type { PastWrite } from "../../../model/keys/key-record.ts";
import type { SqliteConnection } from "../connection.ts";

interface WriteRow {
  readonly key: PastWrite["key"];
  readonly finished_ms: number;
  readonly call: PastWrite["call"];
  readonly step: PastWrite["step"];
  readonly target: string;
  readonly before_hash: string | null;
  readonly after_hash: string | null;
}

/** An index of the writes in the chain: open intents and recent writes are found without reading the chain. */
export interface Journal {
  /** Call this inside the transaction that appends the entry. */
  readonly note: (entry: AuditEntry) => void;
  /** The numbers of the intents without an outcome, in order. */
  readonly open: (accountId: AccountId) => readonly number[];
  readonly since: (accountId: AccountId, sinceMs: number) => readonly PastWrite[];
}

export function journalOf(db: SqliteConnection): Journal {
  const begin = db.prepare(
    `INSERT INTO writes (intent, account_id, key, call, step, target, before_hash, after_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const finish = db.prepare("UPDATE writes SET outcome = ?, finished_ms = ? WHERE intent = ?");
  const open = db.prepare<[string], { readonly intent: number }>(
    "SELECT intent FROM writes WHERE account_id = ? AND outcome IS NULL ORDER BY intent",
  );
  const since = db.prepare<[string, number], WriteRow>(
    `SELECT key, finished_ms, call, step, target, before_hash, after_hash FROM writes
     WHERE account_id = ? AND outcome IS NOT NULL AND finished_ms >= ? AND outcome IN ('applied', 'found-applied')
     ORDER BY finished_ms, intent`,
  );
  return {
    note: (entry) => {
      if (entry.kind === "write-finished") finish.run(entry.outcome, Date.parse(entry.at), entry.intent);
      if (entry.kind !== "write-intended") return;
      const { accountId } = keyParts(entry.key);
      const [before, after] = [entry.before, entry.after].map((value) =>
        value === null ? null : sha256Hex(value),
      );
      begin.run(entry.seq, accountId, entry.key, entry.call, entry.step, entry.target, before, after);
    },
    open: (accountId) => open.all(accountId).map((row) => row.intent),
    since: (accountId, sinceMs) => since.all(accountId, sinceMs).map(pastWrite),
  };
}

function pastWrite(row: WriteRow): PastWrite {
  const { key, finished_ms: atMs, call, step, target, before_hash: beforeHash, after_hash: afterHash } = row;
  return { key, atMs, call, step, target, beforeHash, afterHash };
}
