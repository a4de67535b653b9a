import { ComparisonBudget } from "../../match/comparison-budget.ts";
import type { ComparableRow } from "./comparable-row.ts";
import { IndexedRows } from "./indexed-rows.ts";
import { RowList } from "./row-list.ts";
import { rowCovers } from "./common-part.ts";

/** More pairs are not compared: a row that another one covers is then listed too. */
const MAX_PAIRS = 100_000;

export interface Widest {
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
