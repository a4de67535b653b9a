import { valueRows, type LocatedDocument, type LocatedRow } from "./located.ts";
import type { Position } from "./positions.ts";
import type { ValuePath } from "./value-path.ts";

/** What begins last before a position of a document: a value, or its name. */
export interface ValueAtPosition {
  readonly path: ValuePath;
  readonly part: "name" | "value";
  /** Where the part begins. */
  readonly start: Position;
}

/** null: the position is before the document. The part may end before the position: places have no end. */
export function valueAtPosition(located: LocatedDocument, at: Position): ValueAtPosition | null {
  let best: LocatedRow | null = null;
  let start: Position = { line: 0, column: 0 };
  let part: ValueAtPosition["part"] = "value";
  for (const row of valueRows(located)) {
    const name = { line: row.keyLine, column: row.keyColumn };
    const isInValue = !isBefore(at, row);
    const begin = isInValue ? { line: row.line, column: row.column } : name;
    // Members come after what contains them, so that of two at one place the inner one is the last.
    if (isBefore(at, begin) || isBefore(begin, start)) continue;
    best = row;
    start = begin;
    part = isInValue ? "value" : "name";
  }
  return best === null ? null : { path: best.path, part, start };
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}
