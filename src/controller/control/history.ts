import { concerns, concernsNamespace, heldSubjects, heldSubjectsOf } from "../../audit/concerns.ts";
import type { AuditEntry } from "../../audit/entry.ts";
import { EVERY_ENTRY, isSelected, kindsOf } from "../../model/entries/entry-filter.ts";
import { namesGrantkeeper } from "../../model/entries/entry-names.ts";
import { removedBy, type RemovedEntry } from "../../audit/removed-entry.ts";
import type { Key } from "../../model/keys/key.ts";
import type { AuditLog, HistoryPage, HistoryRequest } from "../ports/audit-log.ts";

/** Acts of operators and steps of waves, which can cover several keys: their entries have no key of their own. */
const OF_SEVERAL_KEYS = [
  "approved",
  "rejected",
  "suspended",
  "resumed",
  "adoption-undo-ordered",
  "reconcile-requested",
  "wave-changed",
] as const satisfies readonly AuditEntry["kind"][];

/** The maximum number of newest entries of each of these kinds that are read for one page of a key. */
const SEVERAL_KEYS_READ = 2_000;
/** The maximum number of entries that are read for one page of a namespace. */
const LOOKED_THROUGH = 5_000;
/** The maximum number of held plans that are read to find what decisions of 0.1 cover. */
const HELD_READ = 20_000;

type Range = Omit<Parameters<AuditLog["entries"]>[0], "newestFirst">;
type PageOfRange = Omit<Range, "key" | "kind" | "fromSeq" | "limit">;
type PageRange = Pick<HistoryRequest, "before" | "limit" | "filter">;

/** The newest entries, newest first: all, or those about a key or a namespace, with its waves and the decisions that cover it. */
export async function history(audit: AuditLog, request: HistoryRequest): Promise<HistoryPage> {
  const { key, namespace, filter = EVERY_ENTRY } = request;
  const page = await pageOfRecord(audit, { ...request, key, namespace, filter });
  return { ...page, entries: page.entries.filter((entry) => isSelected(entry, filter)) };
}

async function pageOfRecord(audit: AuditLog, request: HistoryRequest): Promise<HistoryPage> {
  const { key, namespace, limit } = request;
  if (key !== null) return keyHistory(audit, key, request);
  if (namespace !== null) return namespaceHistory(audit, namespace, request);
  const entries = await newest(audit, { ...rangeOf(request), limit });
  return { entries, next: cursor(endOf(entries, limit)) };
}

async function keyHistory(audit: AuditLog, key: Key, request: PageRange): Promise<HistoryPage> {
  const { limit } = request;
  const range = rangeOf(request);
  const kinds = OF_SEVERAL_KEYS.filter((kind) => range.kinds?.includes(kind) ?? true);
  const [own, ...lists] = await Promise.all([
    newest(audit, { ...range, key, limit: limit + 1 }),
    ...kinds.map((kind) => newest(audit, { ...range, kind, limit: SEVERAL_KEYS_READ })),
  ]);
  const subjects = heldSubjects(await heldBefore(audit, lists.flat(), { key }), key);
  const about = lists.flat().filter((entry) => concerns(entry, key, subjects));
  // If a list was cut, entries older than its last one may be missing. They belong to the next page.
  const end = Math.max(endOf(own, limit + 1), ...lists.map((list) => endOf(list, SEVERAL_KEYS_READ)));
  const entries = [...own, ...about].filter(({ seq }) => seq >= end).sort((a, b) => b.seq - a.seq);
  return pageOf(entries, limit, end);
}

async function namespaceHistory(
  audit: AuditLog,
  namespace: string,
  request: PageRange,
): Promise<HistoryPage> {
  const read = await newest(audit, { ...rangeOf(request), limit: LOOKED_THROUGH });
  const subjects = heldSubjectsOf(await heldBefore(audit, read, { kind: "plan-held" }), namespace);
  const about = read.filter((entry) => concernsNamespace(entry, namespace, subjects));
  return pageOf(about, request.limit, endOf(read, LOOKED_THROUGH));
}

/**
 * The entries that show which keys the decisions of 0.1 cover: those decisions name only the digest of a plan, and it was
 * held before them, on this page or long ago. None if every decision names its keys.
 */
async function heldBefore(
  audit: AuditLog,
  decisions: readonly AuditEntry[],
  about: Pick<Range, "key" | "kind">,
): Promise<readonly AuditEntry[]> {
  const old = decisions.filter(
    (entry) =>
      (entry.kind === "approved" || entry.kind === "rejected") &&
      (entry.covers as typeof entry.covers | undefined) === undefined,
  );
  if (old.length === 0) return [];
  return newest(audit, { ...about, toSeq: Math.max(...old.map(({ seq }) => seq)), limit: HELD_READ });
}

function pageOf(entries: readonly AuditEntry[], limit: number, end: number): HistoryPage {
  const page = entries.slice(0, limit);
  return { entries: page, next: cursor(entries.length > limit ? (page.at(-1)?.seq ?? 0) : end) };
}

/** The number of the last entry of a list that was cut; 0 for a complete list. */
function endOf(entries: readonly AuditEntry[], limit: number): number {
  return entries.length < limit ? 0 : (entries.at(-1)?.seq ?? 0);
}

/** Null if no entry is older: numbers begin with 1. */
function cursor(seq: number): number | null {
  return seq <= 1 ? null : seq;
}

/** The entries that the store can find: the filter selects from these. */
function rangeOf({ before, filter = EVERY_ENTRY }: Pick<PageRange, "before" | "filter">): PageOfRange {
  const { by, sinceMs, untilMs } = filter;
  const kinds = kindsOf(filter);
  return {
    ...(before !== null && { toSeq: before - 1 }),
    ...(kinds !== null && { kinds }),
    // Entries about Grantkeeper's own acts have its name on screens alone.
    ...(by !== null && !namesGrantkeeper(by) && { mentions: by }),
    ...(sinceMs !== null && { sinceMs }),
    ...(untilMs !== null && { untilMs }),
  };
}

async function newest(audit: AuditLog, range: Range): Promise<readonly AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for await (const entry of audit.entries({ ...range, newestFirst: true })) entries.push(entry);
  return entries;
}

/** Why an entry that is not in the record was removed; null: no removal took it. */
export async function removedEntry(audit: AuditLog, seq: number): Promise<RemovedEntry | null> {
  for await (const entry of audit.entries({ kind: "entries-removed", newestFirst: true })) {
    const removed = removedBy(entry, seq);
    if (removed !== null) return removed;
  }
  return null;
}
