import { byTextOf } from "../../text/order.ts";
import { TIMELINE_RANGES, type TimelineRange } from "../../model/reads/timeline-range.ts";
import type { HoldRisk } from "../../api/overview.ts";
import { countsOf, type RowCounts } from "./live/row-counts.ts";
import type { BindingRow } from "./rows.ts";

/** A state by which the list is filtered, with the number of its rows on a button. */
export const FACETS = ["drifted", "blocked", "suspended", "unknown"] as const;
export type Facet = (typeof FACETS)[number];

/** In the place of a reason, for searching and sorting: the row is as declared. */
const NONE = "none";

const SORTS = ["name", "place", "sync", "drift", "reason"] as const;
export type Sort = (typeof SORTS)[number];

/** Ascending. */
export const RISKS = ["low", "medium", "high"] as const satisfies readonly HoldRisk[];

/** Fields of which the list shows one value; each is a parameter of the address. */
const CHOICE_FIELDS = ["namespace", "account", "region", "mode", "reason", "label", "risk"] as const;
export type ChoiceField = (typeof CHOICE_FIELDS)[number];

/** What the list shows; all of it is in the address, so that it can be shared. */
export interface Filter extends Readonly<Record<ChoiceField, string | null>> {
  readonly text: string;
  /** null: rows of every state. */
  readonly facet: Facet | null;
  /** A part of the name of the declared role. */
  readonly role: string;
  readonly kind: BindingRow["kind"] | null;
  readonly sort: Sort;
  readonly isDescending: boolean;
  /** Of the timeline over the list. */
  readonly range: TimelineRange;
}

/** What other objects than the rows show about them. */
export interface KnownStates {
  isSuspended(row: BindingRow): boolean;
  /** The highest of its pending approvals; null: none awaits it, or it has no known risk. */
  riskOf(row: BindingRow): HoldRisk | null;
}

export function readFilter(query: URLSearchParams): Filter {
  const sort = query.get("sort") ?? "";
  const isDescending = sort.startsWith("-");
  return {
    text: query.get("q") ?? "",
    facet: memberOf(FACETS, query.get("state")),
    ...choices((field) => query.get(field)),
    role: query.get("role") ?? "",
    kind: memberOf(["function", "policy"] as const, query.get("kind")),
    sort: memberOf(SORTS, sort.replace(/^-/, "")) ?? "name",
    isDescending,
    range: memberOf(TIMELINE_RANGES, query.get("range")) ?? "24h",
  };
}

function choices(
  valueOf: (field: ChoiceField) => string | null,
): Readonly<Record<ChoiceField, string | null>> {
  return Object.fromEntries(CHOICE_FIELDS.map((field) => [field, valueOf(field)])) as Record<
    ChoiceField,
    string | null
  >;
}

/** The filter that selects every row. */
export const NOTHING_CHOSEN = {
  text: "",
  facet: null,
  role: "",
  kind: null,
  ...choices(() => null),
} as const;

/** Without what is not set, so that addresses stay short. */
export function writeFilter(filter: Filter): string {
  const { text, facet, role, kind, sort, isDescending, range } = filter;
  const order = isDescending ? `-${sort}` : sort;
  const fields = {
    q: text,
    state: facet,
    ...choices((field) => filter[field]),
    role,
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
  const inScope = rows.filter((row) => isInScope(row, filter, states) && hasWords(row, words));
  const counts = Object.fromEntries(
    FACETS.map((facet) => [facet, countsOf(inScope.filter((row) => hasFacet(row, facet, states)))]),
  ) as Record<Facet, RowCounts>;
  const { facet } = filter;
  const selected = facet === null ? inScope : inScope.filter((row) => hasFacet(row, facet, states));
  return { rows: sorted(selected, filter), counts };
}

function isInScope(row: BindingRow, filter: Filter, states: KnownStates): boolean {
  return (
    CHOICE_FIELDS.every((field) => {
      const chosen = filter[field];
      return chosen === null || valuesOf(row, field, states).includes(chosen);
    }) &&
    (filter.kind === null || row.kind === filter.kind) &&
    (filter.role === "" || row.role?.includes(filter.role) === true)
  );
}

/** A row with two reasons, or several labels, is found by each. */
function valuesOf(row: BindingRow, field: ChoiceField, states: KnownStates): readonly string[] {
  if (field === "label") return row.labels;
  if (field === "reason") return (row.reason ?? NONE).split(",");
  const value = field === "risk" ? states.riskOf(row) : row[field];
  return value === null ? [] : [value];
}

/** Every word must be somewhere in the row. */
function hasWords(
  { namespace, owner, place, sync, reason, message, mode, role, labels }: BindingRow,
  words: readonly string[],
): boolean {
  if (words.length === 0) return true;
  const text =
    `${namespace}/${owner}@${place} ${sync} ${reason ?? NONE} ${message} ${mode} ${role ?? ""} ${labels.join(" ")}`.toLowerCase();
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
export function choicesOf(rows: readonly BindingRow[], field: ChoiceField): readonly string[] {
  if (field === "risk") return RISKS;
  return [...new Set(rows.flatMap((row) => valuesOf(row, field, NO_STATES)))].sort();
}

const NO_STATES: KnownStates = { isSuspended: () => false, riskOf: () => null };
