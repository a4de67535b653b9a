import { concernsNamespace, heldSubjectsOf } from "../../audit/concerns.ts";
import type { AuditEntry } from "../../audit/entry.ts";
import type { AuditLog } from "../ports/audit-log.ts";
import type { HistoryPage } from "../ports/control.ts";

/** The maximum number of entries that are read for one page. */
const LOOKED_THROUGH = 5_000;

interface PageRequest {
  /** null: all namespaces. */
  readonly namespace: string | null;
  /** Only entries before this one; null: start with the newest. */
  readonly before: number | null;
  readonly limit: number;
}

/** The newest entries, newest first: all, or those about one namespace and the decisions that cover it. */
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
