import { concerns, heldSubjects } from "../audit/concerns.ts";
import type { AuditEntry } from "../audit/entry.ts";
import type { Key } from "../model/key.ts";
import type { AuditLog } from "./ports/audit-log.ts";

/** What operators decide about several keys at once: such an entry has no key of its own. */
const DECISIONS = [
  "approved",
  "rejected",
  "suspended",
  "resumed",
] as const satisfies readonly AuditEntry["kind"][];

/** So many of the newest decisions of each kind are looked through. */
const DECISIONS_READ = 2_000;

/** The newest entries about the key, newest first: its own, and the decisions that cover it. */
export async function keyHistory(audit: AuditLog, key: Key, limit: number): Promise<readonly AuditEntry[]> {
  const own = await newest(audit, { key, limit });
  const subjects = heldSubjects(own, key);
  const decisions = await Promise.all(
    DECISIONS.map((kind) => newest(audit, { kind, limit: DECISIONS_READ })),
  );
  const about = decisions.flat().filter((entry) => concerns(entry, key, subjects));
  return [...own, ...about].sort((a, b) => b.seq - a.seq).slice(0, limit);
}

async function newest(
  audit: AuditLog,
  range: { readonly key?: Key; readonly kind?: AuditEntry["kind"]; readonly limit: number },
): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of audit.entries({ ...range, newestFirst: true })) entries.push(entry);
  return entries;
}
