import { joinedLists } from "../../../model/values/lists.ts";
import { ComparisonBudget, pairCost } from "../../match/comparison-budget.ts";
import { actionText, RowList } from "./row-list.ts";
import type { PermissionRow } from "../../../model/delta.ts";
import { EVERYTHING, type Scope } from "../../match/scope.ts";
import { rowCovers } from "./common-part.ts";

/** The rows of several documents, so that a comparison looks only at those that can have an action in common. */
export class IndexedRows {
  readonly lists: readonly RowList[];
  /** For all comparisons with what is in it. */
  readonly budget: ComparisonBudget;
  /**
   * By role, what was found last: the rows of one statement follow each other, resource by resource, and the budget counts
   * a search for them once. No time was gained (1,500 functions).
   */
  readonly #last = new Map<RowRole, { readonly text: string; readonly rows: readonly ComparableRow[] }>();

  constructor(lists: readonly RowList[], budget: ComparisonBudget = new ComparisonBudget()) {
    this.lists = lists;
    this.budget = budget;
  }

  get all(): readonly ComparableRow[] {
    return this.lists.flatMap((list) => list.rows);
  }

  /** Whether something in it is not understood. */
  get isUnclear(): boolean {
    return this.lists.some((list) => list.rowsOf("opaque").length > 0);
  }

  hasKey(key: string): boolean {
    return this.lists.some((list) => list.hasKey(key));
  }

  rowsOf(role: RowRole): readonly ComparableRow[] {
    return joinedLists(...this.lists.map((list) => list.rowsOf(role)));
  }

  /** Those of a role, in an order that follows from the rows; null when there is no budget left. */
  sharersOf(row: ComparableRow, role: RowRole): readonly ComparableRow[] | null {
    const lists = this.lists.filter((list) => list.rowsOf(role).length > 0);
    if (lists.length === 0) return [];
    if (!this.budget.spend(0)) return null;
    // What is excepted may be everything, and then lies in anything.
    if (row.actions.negated) return this.rowsOf(role);
    const text = actionText(row.actions);
    const last = this.#last.get(role);
    if (last?.text === text) return last.rows;
    const sharers = lists.map((list) => list.sharersOf(row, text, role));
    if (!this.budget.spend(sharers.reduce((sum, { cost }) => sum + cost, 0))) return null;
    const rows = joinedLists(...sharers.map((found) => found.rows));
    this.#last.set(role, { text, rows });
    return rows;
  }

  /** Does one of the rows of a role that can share an action with `row` pass the test? False when not all could be asked. */
  someSharing(row: ComparableRow, role: RowRole, test: Test): boolean {
    return this.#search(row, role, test) === "found";
  }

  /** The same; true when not all could be asked. */
  maySomeShare(row: ComparableRow, role: RowRole, test: Test): boolean {
    return this.#search(row, role, test) !== "none";
  }

  /** Those that pass the test; null when not all could be asked. */
  sharing(row: ComparableRow, role: RowRole, test: Test): readonly ComparableRow[] | null {
    const passed: ComparableRow[] = [];
    const collect: Test = (other) => {
      if (test(other)) passed.push(other);
      return false;
    };
    return this.#search(row, role, collect) === "beyond" ? null : passed;
  }

  #search(row: ComparableRow, role: RowRole, test: Test): "found" | "none" | "beyond" {
    const sharers = this.sharersOf(row, role);
    if (sharers === null) return "beyond";
    for (const other of sharers) {
      if (!this.budget.spend(pairCost(row, other))) return "beyond";
      if (test(other)) return "found";
    }
    return "none";
  }
}

type Test = (other: ComparableRow) => boolean;

/** The role of a row: a Deny is the same everywhere; an Allow of a boundary is a limit, not a grant. */
export type RowRole = "grant" | "limit" | "deny" | "opaque";

/** One permission row with its scope, in one spelling for each meaning. An opaque row equals only itself. */
export interface ComparableRow extends Scope {
  readonly role: RowRole;
  readonly permission: PermissionRow;
  /** Equal for rows of the same meaning but for their conditions. */
  readonly shape: string;
  /** Equal for rows of the same meaning. */
  readonly key: string;
}

/** The limit of a role without a boundary. */
export const NO_BOUNDARY: ComparableRow = {
  role: "limit",
  permission: {
    effect: "Allow",
    principal: null,
    action: { kind: "any" },
    resource: { kind: "any" },
    condition: { kind: "none" },
    from: { kind: "boundary" },
    sid: null,
    origin: null,
    certainty: "possible",
    risk: "escalation",
  },
  principals: null,
  actions: EVERYTHING,
  resources: EVERYTHING,
  conditions: [],
  isTrust: false,
  shape: "no boundary",
  key: "no boundary",
};

/** More pairs are not compared: a row that another one covers is then listed too. */
const MAX_PAIRS = 100_000;

interface Widest {
  readonly rows: ReadonlySet<ComparableRow>;
  /** False when there was too much to compare: some of them may lie in others. */
  readonly isComplete: boolean;
}

/** The rows that no other row of their role covers; of two that cover each other, the first. */
export function widestRows(rows: readonly ComparableRow[]): Widest {
  if (rows.length < 2) return { rows: new Set(rows), isComplete: true };
  const index = new IndexedRows([new RowList(rows)], new ComparisonBudget(MAX_PAIRS));
  const places = new Map(rows.map((row, at) => [row, at]));
  const isCoveredBy = (row: ComparableRow, at: number, other: ComparableRow): boolean =>
    other !== row && rowCovers(other, row) && ((places.get(other) ?? 0) < at || !rowCovers(row, other));
  const widest = rows.filter(
    (row, at) => !index.someSharing(row, row.role, (other) => isCoveredBy(row, at, other)),
  );
  return { rows: new Set(widest), isComplete: !index.budget.isExhausted };
}
