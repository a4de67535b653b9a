import { concerns, heldSubjects } from "../../audit/concerns.ts";
import type { AuditEntry } from "../../audit/entry.ts";
import type { Key } from "../../model/keys/key.ts";
import type { AuditLog } from "../ports/audit-log.ts";
import type { HistoryPage } from "../ports/control.ts";

/** Decisions of operators that can cover several keys: their entries have no key of their own. */
const DECISIONS = [
  "approved",
  "rejected",
  "suspended",
  "resumed",
] as const satisfies readonly AuditEntry["kind"][];

/** The maximum number of newest decisions of each kind that are read for one page. */
const DECISIONS_READ = 2_000;
/** The maximum number of the key's own entries that are read to find the digests under which it was held. */
const HELD_READ = 1_000;

interface KeyRequest {
  readonly key: Key;
  /** Only entries before this one; null: start with the newest. */
  readonly before: number | null;
  readonly limit: number;
}

/** The newest entries about the key, newest first: its own entries, and the decisions that cover it. */
export async function keyHistory(audit: AuditLog, { key, before, limit }: KeyRequest): Promise<HistoryPage> {
  const range = before === null ? {} : { toSeq: before - 1 };
  const [own, held, ...decisions] = await Promise.all([
    newest(audit, { ...range, key, limit: limit + 1 }),
    newest(audit, { ...range, key, limit: HELD_READ }),
    ...DECISIONS.map((kind) => newest(audit, { ...range, kind, limit: DECISIONS_READ })),
  ]);
  const subjects = heldSubjects(held, key);
  const about = decisions.flat().filter((entry) => concerns(entry, key, subjects));
  // If a list was cut, entries older than its last one may be missing. They belong to the next page.
  const ends = [endOf(own, limit + 1), ...decisions.map((list) => endOf(list, DECISIONS_READ))];
  const whole = Math.max(0, ...ends);
  const entries = [...own, ...about].filter(({ seq }) => seq >= whole).sort((a, b) => b.seq - a.seq);
  const page = entries.slice(0, limit);
  const isCut = entries.length > limit;
  return { entries: page, next: isCut ? (page.at(-1)?.seq ?? null) : whole === 0 ? null : whole };
}

/** The number of the last entry of a list that was cut; 0 for a complete list. */
function endOf(entries: readonly AuditEntry[], limit: number): number {
  return entries.length < limit ? 0 : (entries.at(-1)?.seq ?? 0);
}

async function newest(
  audit: AuditLog,
  range: Omit<Parameters<AuditLog["entries"]>[0], "newestFirst">,
): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of audit.entries({ ...range, newestFirst: true })) entries.push(entry);
  return entries;
}
