import type { PermissionLine } from "../../model/answers/permission-line.ts";
import { placeWords } from "./words.ts";

/** A row of three columns with what belongs below it. */
export interface Row {
  /** `+`, `-`, `~`, `=`, `?` or a blank. */
  readonly sign: string;
  readonly indent: string;
  readonly cells: readonly [what: string, on: string, place: string];
  readonly below: readonly string[];
}

export interface Widths {
  readonly what: number;
  readonly on: number;
  readonly place: number;
  /** The width of the complete row. */
  readonly total: number;
}

const WIDTH = 80;
const GAP = 2;
const MOST = { what: 30, place: 28 } as const;
const MOST_LINES = 4;

const DENIALS: ReadonlySet<PermissionLine["kind"]> = new Set(["denial", "caller-denial", "assumer-denial"]);

export function rowOf(line: PermissionLine, sign: string, indent = ""): Row {
  const what = DENIALS.has(line.kind) ? `Deny ${line.what}` : line.what;
  const more = line.more === 0 ? [] : [`and ${line.more} more (-o json, first ones only)`];
  return { sign, indent, cells: [what, line.on, placeWords(line.place)], below: [...line.details, ...more] };
}

/** The widths of columns that fit a terminal of 80 columns together. Rows of several blocks share them. */
export function widthsOf(rows: readonly Row[], margin = 0): Widths {
  const inColumns = rows.filter(isShort);
  // The last cell of a row is free: it makes no column wider.
  const counted = (at: 0 | 1 | 2): readonly Row[] =>
    at === 1 ? inColumns.filter(({ cells }) => cells[2] !== "") : inColumns;
  const widest = (at: 0 | 1 | 2): number =>
    Math.max(0, ...counted(at).map(({ cells, indent }) => cells[at].length + (at === 0 ? indent.length : 0)));
  const [what, place] = [widest(0), widest(2)];
  const total = WIDTH - margin;
  return { what, place, total, on: Math.min(widest(1), total - 2 - what - 2 * GAP - place) };
}

function isShort({ cells: [what, , place], indent }: Row): boolean {
  return what.length + indent.length <= MOST.what && place.length <= MOST.place;
}

/**
 * Lays out a row without cutting any text. A cell that is too long continues in the next line. A cell that fits no
 * column is printed below the others.
 */
export function rowLines(row: Row, widths: Widths): readonly string[] {
  const { sign, indent, cells, below } = row;
  const [what, on, place] = cells;
  const texts = wrapped(on, place === "" ? widths.total - 2 - widths.what - GAP : widths.on);
  const fits = isShort(row) && texts.length <= MOST_LINES && !hasLongWord(on, widths.on, place);
  const head = `${sign.padEnd(1)} ${indent}`;
  const lines = fits
    ? texts.map((text, at) =>
        columnLine(
          [at === 0 ? head : " ".repeat(head.length), at === 0 ? cells : ["", "", ""]],
          text,
          widths,
        ),
      )
    : [
        ...hanging(what, "  ".concat(indent), widths.total).map((line, at) =>
          at === 0 ? head + line.slice(head.length) : line,
        ),
        ...[on, place]
          .filter((text) => text !== "")
          .flatMap((text) => hanging(text, `  ${indent}  `, widths.total)),
      ];
  return [...lines, ...below.flatMap((text) => hanging(text, `  ${indent}  `, widths.total))];
}

function columnLine(
  [head, [what, , place]]: readonly [head: string, cells: Row["cells"]],
  on: string,
  widths: Widths,
): string {
  const first = `${head}${what}`.padEnd(widths.what + 2);
  return [first, on.padEnd(widths.on), place].join(" ".repeat(GAP)).trimEnd();
}

function hasLongWord(text: string, width: number, place: string): boolean {
  return place !== "" && text.split(/\s+/).some((word) => word.length > width);
}

/** Wraps a paragraph at 80 columns; every line after the first is indented further. */
export function hanging(text: string, indent: string, width = WIDTH): readonly string[] {
  return wrapped(text, width - indent.length - 2).map(
    (line, at) => `${indent}${at === 0 ? "" : "  "}${line}`,
  );
}

/** The same in the column of permissions, behind their sign. */
export function signedText(sign: string, text: string): readonly string[] {
  const [first = "", ...rest] = wrapped(text, WIDTH - 4);
  return [`${sign} ${first}`, ...rest.map((line) => `    ${line}`)];
}

/** Breaks text at blanks. A word that is longer than the line continues in the next line. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).flatMap((unbroken) => pieces(unbroken, width))) {
    if (line === "") line = word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line === "" && lines.length > 0 ? lines : [...lines, line];
}

function pieces(word: string, space: number): readonly string[] {
  // If every row is too wide for columns, the columns have no width.
  const width = Math.max(1, space);
  const count = Math.max(1, Math.ceil(word.length / width));
  return Array.from({ length: count }, (_, at) => word.slice(at * width, (at + 1) * width));
}
