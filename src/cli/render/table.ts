import Table from "cli-table3";
import stringWidth from "string-width";
import type { Layout } from "./layout.ts";
import { cleanLine } from "./paint.ts";
import { cut } from "./wrap.ts";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly align?: "right";
  /** Free text, which may be cut where the row is too long. Targets, digests and commands are never cut. */
  readonly isCut?: true;
  /** Shown with `-o wide` alone. */
  readonly isWide?: true;
}

const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
} as const;
const BETWEEN = 2;
/** A cell is cut no further: less would say nothing. */
const NARROWEST_CELL = 10;

/** Every cell whole, and every column. */
const WHOLE: Layout = { width: 80, rowWidth: Infinity, isWide: true };

/** A table of blanks, two between columns; the last column is never padded. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { rowWidth, isWide }: Layout = WHOLE,
): readonly string[] {
  const shown = columns.filter((column) => isWide || column.isWide !== true);
  const cells = [
    shown.map(({ title }) => title),
    ...rows.map((row) => shown.map(({ cell }) => cleanLine(cell(row)))),
  ];
  return grid(
    fitted(cells, shown, rowWidth),
    shown.map(({ align }) => align ?? "left"),
  );
}

/** The last columns of free text give way first. */
function fitted(
  cells: readonly (readonly string[])[],
  columns: readonly Column<never>[],
  rowWidth: number,
): readonly (readonly string[])[] {
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => stringWidth(row[at] ?? ""))));
  let over = widths.reduce((sum, width) => sum + width + BETWEEN, -BETWEEN) - rowWidth;
  for (const [at, column] of [...columns.entries()].reverse()) {
    const width = widths[at] ?? 0;
    if (over <= 0 || column.isCut !== true || width <= NARROWEST_CELL) continue;
    const left = Math.max(NARROWEST_CELL, width - over);
    over -= width - left;
    widths[at] = left;
  }
  return cells.map((row) => row.map((cell, at) => cut(cell, widths[at] ?? Infinity)));
}

/** The same without a head; shorter rows leave their last cells empty. */
export function grid(
  rows: readonly (readonly string[])[],
  aligns: readonly ("left" | "right")[] = [],
): readonly string[] {
  if (rows.length === 0) return [];
  const width = Math.max(...rows.map((row) => row.length));
  const grid = new Table({
    chars: NO_LINES,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: Array.from({ length: width }, (_, at) => aligns[at] ?? "left"),
  });
  for (const row of rows) grid.push(Array.from({ length: width }, (_, at) => cleanLine(row[at] ?? "")));
  return grid
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
}
