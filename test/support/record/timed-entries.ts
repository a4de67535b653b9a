import { CHAIN_START, nextEntry } from "../../../src/audit/chain.ts";
import type { AuditEntry, AuditFact } from "../../../src/audit/entry.ts";

/** A record with entries of these times, ISO 8601. */
export function timedEntries(
  facts: readonly (readonly [at: string, fact: AuditFact])[],
): readonly AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const [at, fact] of facts) entries.push(nextEntry(entries.at(-1) ?? CHAIN_START, fact, at));
  return entries;
}
