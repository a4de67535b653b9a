import { readFileSync } from "node:fs";

export type Row = Readonly<Record<string, string>>;

/** The rows of the tables under a heading of a page of docs/, down to the next heading; cells by their column's name. */
export function tableRows(page: string, heading: string): readonly Row[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), "utf8");
  const [, section] = text.split(new RegExp(`^#+ ${heading}$`, "m"));
  if (section === undefined) throw new Error(`docs/${page} has no heading "${heading}"`);
  const lines = (section.split(/^#+ /m)[0] ?? "").split("\n").filter((line) => line.startsWith("|"));
  const [names = [], , ...rows] = lines.map(cellsOf);
  return rows.map((cells) => Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ""])));
}

/** Of a line of a table; a cell that is code alone without its backticks. */
function cellsOf(line: string): readonly string[] {
  const cells = line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
  return cells.map((cell) => cell.replace(/^`([^`]*)`$/, "$1"));
}
