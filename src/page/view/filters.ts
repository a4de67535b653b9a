import { byTextOf } from "../../text/order.ts";
import { TIMELINE_RANGES, type TimelineRange } from "../../model/reads/timeline-range.ts";
import { countsOf, type RowCounts } from "./live/row-counts.ts";
import type { BindingRow } from "./rows.ts";

/** A state by which the list is filtered, with the number of its rows on a button. */
export const FACETS = ["drifted", "blocked", "suspended", "unknown"] as const;
export type Facet = (typeof FACETS)[number];

/** In the place of a reason, for searching and sorting: the row is as declared. */
const NONE = "none";

const SORTS = ["name", "place", "sync", "drift", "reason"] as const;
export type Sort = (typeof SORTS)[number];

/** What the list shows; all of it is in the address, so that it can be shared. */
export interface Filter {
  readonly text: string;
  /** null: rows of every state. */
  readonly facet: Facet | null;
  readonly namespace: string | null;
  readonly account: string | null;
  readonly kind: BindingRow["kind"] | null;
  readonly sort: Sort;
  readonly isDescending: boolean;
  /** Of the timeline over the list. */
  readonly range: TimelineRange;
}

/** What other objects than the rows show about them. */
export interface KnownStates {
  isSuspended(row: BindingRow): boolean;
}

export function readFilter(query: URLSearchParams): Filter {
  const sort = query.get("sort") ?? "";
  const isDescending = sort.startsWith("-");
  return {
    text: query.get("q") ?? "",
    facet: memberOf(FACETS, query.get("state")),
    namespace: query.get("namespace"),
    account: query.get("account"),
    kind: memberOf(["function", "policy"] as const, query.get("kind")),
    sort: memberOf(SORTS, sort.replace(/^-/, "")) ?? "name",
    isDescending,
    range: memberOf(TIMELINE_RANGES, query.get("range")) ?? "24h",
  };
}

/** Without what is not set, so that addresses stay short. */
export function writeFilter(filter: Filter): string {
  const { text, facet, namespace, account, kind, sort, isDescending, range } = filter;
  const order = isDescending ? `-${sort}` : sort;
  const fields = {
    q: text,
    state: facet,
    namespace,
    account,
    kind,
    sort: order === "name" ? null : order,
    range: range === "24h" ? null : range,
  };
  const set = Object.entries(fields).flatMap(([name, value]) =>
    value === null || value === "" ? [] : [[name, value] as const],
  );
  const query = new URLSearchParams(Object.fromEntries(set)).toString();
  return query === "" ? "" : `?${query}`;
}

function memberOf<T extends string>(members: readonly T[], text: string | null): T | null {
  return members.find((member) => member === text) ?? null;
}

function hasFacet(row: BindingRow, facet: Facet, states: KnownStates): boolean {
  switch (facet) {
    case "drifted":
      return row.drift.kind === "drifted";
    case "blocked":
      return row.isBlocked === true;
    case "suspended":
      return states.isSuspended(row);
    case "unknown":
      return row.sync === "unknown" || row.drift.kind === "unknown";
  }
}

/** The rows that the filter selects, in its order, and how many of the others' choices each state has. */
export function selectRows(
  rows: readonly BindingRow[],
  filter: Filter,
  states: KnownStates,
): { readonly rows: readonly BindingRow[]; readonly counts: Readonly<Record<Facet, RowCounts>> } {
  const words = filter.text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const inScope = rows.filter((row) => isInScope(row, filter) && hasWords(row, words));
  const counts = Object.fromEntries(
    FACETS.map((facet) => [facet, countsOf(inScope.filter((row) => hasFacet(row, facet, states)))]),
  ) as Record<Facet, RowCounts>;
  const { facet } = filter;
  const selected = facet === null ? inScope : inScope.filter((row) => hasFacet(row, facet, states));
  return { rows: sorted(selected, filter), counts };
}

function isInScope(row: BindingRow, { namespace, account, kind }: Filter): boolean {
  return (
    (namespace === null || row.namespace === namespace) &&
    (account === null || row.account === account) &&
    (kind === null || row.kind === kind)
  );
}

/** Every word must be somewhere in the row. */
function hasWords(
  { namespace, owner, place, sync, reason, message }: BindingRow,
  words: readonly string[],
): boolean {
  if (words.length === 0) return true;
  const text = `${namespace}/${owner}@${place} ${sync} ${reason ?? NONE} ${message}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

const nameOf = ({ namespace, owner, place }: BindingRow): string => `${namespace}\0${owner}\0${place}`;

/** Rows that are equal in the chosen column are in the order of their names. */
const ORDER_OF: { readonly [S in Sort]: (row: BindingRow) => string } = {
  name: nameOf,
  place: (row) => `${row.place}\0${nameOf(row)}`,
  sync: (row) => `${["out of sync", "unknown", "synced"].indexOf(row.sync)}\0${nameOf(row)}`,
  drift: (row) => `${driftRank(row)}\0${nameOf(row)}`,
  reason: (row) => `${row.reason ?? NONE}\0${nameOf(row)}`,
};

/** The longest drift first, then what is not known, then what has none. As text of equal length. */
function driftRank({ drift }: BindingRow): string {
  if (drift.kind === "drifted") return `0${String(drift.sinceMs).padStart(16, "0")}`;
  return drift.kind === "unknown" ? "1" : "2";
}

function sorted(rows: readonly BindingRow[], { sort, isDescending }: Filter): readonly BindingRow[] {
  const ordered = rows
    .map((row) => ({ row, order: ORDER_OF[sort](row) }))
    .sort(byTextOf(({ order }) => order));
  const plain = ordered.map(({ row }) => row);
  return isDescending ? plain.reverse() : plain;
}

/** The distinct values of a column for a select, sorted. */
export function choicesOf(rows: readonly BindingRow[], field: "namespace" | "account"): readonly string[] {
  return [...new Set(rows.map((row) => row[field]))].sort();
}
