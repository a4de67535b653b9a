import Table from "cli-table3";
import { cleanLine } from "./paint.ts";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly align?: "right";
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

/** A table of blanks, two between columns; the last column is free text and is never padded. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): readonly string[] {
  return grid(
    [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ cell }) => cell(row)))],
    columns.map(({ align }) => align ?? "left"),
  );
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
