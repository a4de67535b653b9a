import type { Origin } from "../../model/values/origin.ts";
import { byKey, sortedList } from "../order.ts";
import type { LocatedTree } from "./tree.ts";
import { formatPath, type ValuePath } from "./value-path.ts";

/**
 * The places of all values of a document. A controller keeps hundreds of thousands, so that each is a row of numbers
 * and not an object. The members of a list or an object are next to each other, those of an object sorted by name.
 */
export interface LocatedDocument {
  /** `COLUMNS` numbers for each value; the document itself is the first. */
  readonly rows: Uint32Array;
  /** By row: the name in its object; "" for list members and the document. */
  readonly names: readonly string[];
  readonly sourceTexts: ReadonlyMap<number, string>;
}

/** The place of one value, as the tree has it. */
export interface NodePlace extends Omit<LocatedTree, "members"> {
  readonly kind: (typeof KINDS)[number];
}

const KINDS = ["scalar", "list", "object"] as const;
/** Line and column, line and column of the name, the row of the first member, the number of members, the kind. */
const COLUMNS = 7;
/** Up to this number of names, comparing each is faster than the order of two. */
const FEW = 16;

export function packed(root: LocatedTree): LocatedDocument {
  const nodes = [root];
  const names = [""];
  const sourceTexts = new Map<number, string>();
  const numbers: number[] = [];
  // The loop reaches the nodes that it adds.
  for (let row = 0; row < nodes.length; row += 1) {
    const node = nodes[row] as LocatedTree;
    const kind = kindOf(node);
    const first = nodes.length;
    if (kind === "list")
      for (const member of node.members as readonly LocatedTree[]) {
        nodes.push(member);
        names.push("");
      }
    else if (kind === "object")
      for (const [name, member] of sortedList(Object.entries(node.members ?? {}), byKey)) {
        nodes.push(member);
        names.push(name);
      }
    numbers.push(node.line, node.column, node.keyLine, node.keyColumn);
    numbers.push(first, nodes.length - first, KINDS.indexOf(kind));
    if (node.sourceText !== null) sourceTexts.set(row, node.sourceText);
  }
  return { rows: new Uint32Array(numbers), names, sourceTexts };
}

function kindOf({ members }: LocatedTree): NodePlace["kind"] {
  if (members === null) return "scalar";
  return Array.isArray(members) ? "list" : "object";
}

interface PathFormat {
  textOf(path: ValuePath): string;
}

/** A document of a file, with the places of its values. */
export interface LocatedFile {
  readonly file: string;
  readonly located: LocatedDocument;
  /** Of the compilation of many documents, or of a document that is a part of another one; missing: as it is. */
  readonly pathTexts?: PathFormat | undefined;
}

/** The place of the value, or of the innermost value around it that exists. */
export function originOfValue({ file, located, pathTexts }: LocatedFile, path: ValuePath): Origin {
  const row = innermost(located, path);
  const line = numberIn(located, row, 0);
  const column = numberIn(located, row, 1);
  return { file, line, column, path: pathTexts?.textOf(path) ?? formatPath(path) };
}

/** The place of the value's name, which a reader looks for if a value has several lines. */
export function originOfKey({ file, located, pathTexts }: LocatedFile, path: ValuePath): Origin {
  const row = innermost(located, path);
  const line = numberIn(located, row, 2);
  const column = numberIn(located, row, 3);
  return { file, line, column, path: pathTexts?.textOf(path) ?? formatPath(path) };
}

/** undefined if the document has no such value. */
export function placeAt(located: LocatedDocument, path: ValuePath): NodePlace | undefined {
  const row = path.reduce<number>((at, step) => (at < 0 ? at : below(located, at, step)), 0);
  return row < 0 ? undefined : placeIn(located, row);
}

export function placeOfDocument(located: LocatedDocument): NodePlace {
  return placeIn(located, 0);
}

/** The place of a value, with the way to it. */
export interface LocatedRow extends NodePlace {
  readonly path: ValuePath;
}

/** All values, each after what contains it. */
export function valueRows(located: LocatedDocument): readonly LocatedRow[] {
  const rows: LocatedRow[] = [];
  const paths: ValuePath[] = [[]];
  for (let row = 0; row * COLUMNS < located.rows.length; row += 1) {
    const path = paths[row] ?? [];
    const place = placeIn(located, row);
    rows.push({ ...place, path });
    const first = numberIn(located, row, 4);
    for (let index = 0; index < numberIn(located, row, 5); index += 1) {
      const step = place.kind === "list" ? index : (located.names[first + index] ?? "");
      paths[first + index] = [...path, step];
    }
  }
  return rows;
}

function innermost(located: LocatedDocument, path: ValuePath): number {
  let row = 0;
  for (const step of path) {
    const next = below(located, row, step);
    if (next < 0) break;
    row = next;
  }
  return row;
}

function placeIn(located: LocatedDocument, row: number): NodePlace {
  return {
    line: numberIn(located, row, 0),
    column: numberIn(located, row, 1),
    keyLine: numberIn(located, row, 2),
    keyColumn: numberIn(located, row, 3),
    sourceText: located.sourceTexts.get(row) ?? null,
    kind: kindAt(located, row),
  };
}

function kindAt(located: LocatedDocument, row: number): NodePlace["kind"] {
  return KINDS[numberIn(located, row, 6)] ?? "scalar";
}

function numberIn({ rows }: LocatedDocument, row: number, column: number): number {
  return rows[row * COLUMNS + column] ?? 0;
}

/** The row of the member; -1 if there is none. */
function below(located: LocatedDocument, row: number, step: string | number): number {
  const first = numberIn(located, row, 4);
  const end = first + numberIn(located, row, 5);
  const kind = kindAt(located, row);
  if (typeof step === "number") return kind === "list" && step >= 0 && first + step < end ? first + step : -1;
  if (kind !== "object") return -1;
  if (end - first <= FEW) {
    for (let at = first; at < end; at += 1) if (located.names[at] === step) return at;
    return -1;
  }
  let [from, to] = [first, end];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((located.names[middle] ?? "") < step) from = middle + 1;
    else to = middle;
  }
  return from < end && located.names[from] === step ? from : -1;
}
