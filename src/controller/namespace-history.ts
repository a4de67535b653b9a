import { concernsNamespace, heldSubjectsOf } from "../audit/concerns.ts";
import type { AuditEntry } from "../audit/entry.ts";
import type { AuditLog } from "./ports/audit-log.ts";
import type { HistoryPage } from "./ports/control.ts";

/** So many entries are looked through for a page. */
const LOOKED_THROUGH = 5_000;

interface PageRequest {
  /** null: of every namespace. */
  readonly namespace: string | null;
  /** Entries before this one; null: from the newest. */
  readonly before: number | null;
  readonly limit: number;
}

/** The newest entries, newest first: of all, or those about a namespace and the decisions that cover it. */
export async function namespaceHistory(
  audit: AuditLog,
  { namespace, before, limit }: PageRequest,
): Promise<HistoryPage> {
  const most = namespace === null ? limit : LOOKED_THROUGH;
  const read: AuditEntry[] = [];
  const range = before === null ? {} : { toSeq: before - 1 };
  for await (const entry of audit.entries({ ...range, limit: most, newestFirst: true })) read.push(entry);
  const subjects = heldSubjectsOf(read, namespace);
  const about = read.filter((entry) => namespace === null || concernsNamespace(entry, namespace, subjects));
  const entries = about.slice(0, limit);
  const end = about.length > limit ? entries.at(-1) : read.length < most ? undefined : read.at(-1);
  return { entries, next: end === undefined || end.seq === 1 ? null : end.seq };
}
