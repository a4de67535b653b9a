import stringWidth from "string-width";
import type { Layout } from "./layout.ts";
import { toned, type ScreenLine } from "../../text/screen-line.ts";
import { cleanLine } from "./paint.ts";
import { cut, cutStart } from "../../text/layout/wrap.ts";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly align?: "right";
  /**
   * Free text, which may be cut where the row is too long, at its end or at its start: a path is known by its end. Targets,
   * digests and commands are never cut.
   */
  readonly isCut?: true | "start";
  /** Shown with `-o wide` alone. */
  readonly isWide?: true;
  /** What of it is a change to a watcher; default: the cell. Of a cell that changes with each reading of AWS. */
  readonly watched?: (row: Row) => string;
}

const BETWEEN = 2;
/** A cell is never cut to fewer columns: the rest would be useless. */
const NARROWEST_CELL = 10;

/** Every cell whole, and every column. */
const NO_LIMIT: Layout = { width: 80, rowWidth: Infinity, isWide: true };

/**
 * A table of blanks, two between columns; the last column is never padded. Where names that are never cut leave no space
 * for the columns after them, these continue in a line below, of the head and of every row.
 */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  layout: Layout = NO_LIMIT,
): readonly ScreenLine[] {
  const [head = [], ...below] = tableRows(columns, rows, layout);
  return [...toned("head", head), ...below.flat()];
}

/** The lines of the head, then those of each row. */
export function tableRows<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { rowWidth, isWide }: Layout,
): readonly (readonly string[])[] {
  const shown = columns.filter((column) => isWide || column.isWide !== true);
  const cells = [
    shown.map(({ title }) => title),
    ...rows.map((row) => shown.map(({ cell }) => cleanLine(cell(row)))),
  ];
  const widths = widthsOf(cells, shown.length);
  const parts = partsOf(shown, widths, rowWidth).map(([from, to], part) => {
    const within = shown.slice(from, to);
    const texts = fitted(
      cells.map((row) => row.slice(from, to)),
      within,
      part === 0 ? rowWidth : rowWidth - CONTINUED.length,
    );
    return grid(
      texts,
      within.map(({ align }) => align ?? "left"),
    );
  });
  const [first = [], ...below] = parts;
  return first.map((line, at) => [
    line,
    ...below.map((part) => part[at] ?? "").flatMap((rest) => (rest === "" ? [] : [`${CONTINUED}${rest}`])),
  ]);
}

/** What the lines of a row after its first begin with. */
const CONTINUED = "  ";

/** The columns of each line, from and to: as many as fit when free text is cut as far as it may be. */
function partsOf(
  columns: readonly Column<never>[],
  widths: readonly number[],
  rowWidth: number,
): readonly (readonly [from: number, to: number])[] {
  const starts = [0];
  let used = 0;
  for (const [at, column] of columns.entries()) {
    const width = widths[at] ?? 0;
    const least = column.isCut !== undefined ? Math.min(width, NARROWEST_CELL) : width;
    const after = used === 0 ? least : used + BETWEEN + least;
    const indent = starts.length === 1 ? 0 : CONTINUED.length;
    if (at > 0 && after + indent > rowWidth) {
      starts.push(at);
      used = least;
    } else used = after;
  }
  return starts.map((start, part) => [start, starts[part + 1] ?? columns.length]);
}

/** The last columns of free text give way first. */
function fitted(
  cells: readonly (readonly string[])[],
  columns: readonly Column<never>[],
  rowWidth: number,
): readonly (readonly string[])[] {
  const widths = widthsOf(cells, columns.length);
  let over = widths.reduce((sum, width) => sum + width + BETWEEN, -BETWEEN) - rowWidth;
  if (over <= 0) return cells;
  for (const [at, column] of [...columns.entries()].reverse()) {
    const width = widths[at] ?? 0;
    if (over <= 0 || column.isCut === undefined || width <= NARROWEST_CELL) continue;
    const left = Math.max(NARROWEST_CELL, width - over);
    over -= width - left;
    widths[at] = left;
  }
  const cutOf = (at: number): typeof cut => (columns[at]?.isCut === "start" ? cutStart : cut);
  return cells.map((row) => row.map((cell, at) => cutOf(at)(cell, widths[at] ?? Infinity)));
}

/** A table without a head; in shorter rows the last cells are empty. */
export function grid(
  rows: readonly (readonly string[])[],
  aligns: readonly ("left" | "right")[] = [],
): readonly string[] {
  if (rows.length === 0) return [];
  const count = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const cells = rows.map((row) => Array.from({ length: count }, (_, at) => cleanLine(row[at] ?? "")));
  const widths = widthsOf(cells, count);
  return cells.map((row) =>
    row
      .map((cell, at) => padded(cell, widths[at] ?? 0, aligns[at] ?? "left"))
      .join(" ".repeat(BETWEEN))
      .trimEnd(),
  );
}

/** The width of the widest cell of each column. */
function widthsOf(rows: readonly (readonly string[])[], count: number): number[] {
  const widths = Array.from({ length: count }, () => 0);
  for (const row of rows)
    for (const [at, width] of widths.entries()) widths[at] = Math.max(width, stringWidth(row[at] ?? ""));
  return widths;
}

function padded(cell: string, width: number, align: "left" | "right"): string {
  const blanks = " ".repeat(Math.max(0, width - stringWidth(cell)));
  return align === "right" ? `${blanks}${cell}` : `${cell}${blanks}`;
}
