import type { RowRole, ComparableRow } from "./comparable-row.ts";
import { joinedLists } from "../../../model/values/lists.ts";
import { ComparisonBudget, pairCost } from "../../match/comparison-budget.ts";
import { actionText, type RowList } from "./row-list.ts";

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
    // The exception may be everything, and then it is in any set.
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
