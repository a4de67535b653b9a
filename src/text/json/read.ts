import { parseTree, type Node, type ParseError } from "jsonc-parser";
import { packed, type LocatedDocument } from "../located/located.ts";
import { positionsIn, type Position } from "../located/positions.ts";
import type { LocatedTree } from "../located/tree.ts";
import type { ValuePath } from "../located/value-path.ts";
import { faultOf, type JsonFault } from "./faults.ts";

/** Deeper than any policy. A deeper text is refused before a recursive reader sees it. */
export const MAX_DEPTH = 64;

export type JsonText =
  | {
      readonly kind: "json";
      readonly value: unknown;
      readonly located: LocatedDocument;
      /** Names that an object has again: the last one counts, as for the value. */
      readonly repeated: readonly ValuePath[];
    }
  /** `isJson`: only its depth is wrong. */
  | { readonly kind: "broken"; readonly fault: JsonFault; readonly isJson: boolean };

/** Reads JSON with the place of every value. V8's parser reports no place, and hides all but the last of equal names. */
export function readJson(text: string): JsonText {
  const tooDeep = firstTooDeep(text);
  const errors: ParseError[] = [];
  const root = parseTree(tooDeep === -1 ? text : text.slice(0, tooDeep), errors, { disallowComments: true });
  const error = errors.find(({ offset }) => tooDeep === -1 || offset < tooDeep);
  if (error !== undefined) return { kind: "broken", fault: faultOf(text, error), isJson: false };
  if (tooDeep !== -1) {
    const message = `it is nested deeper than ${MAX_DEPTH} levels`;
    const fault = { at: tooDeep, message, fix: "write it flatter: no policy is as deep" };
    return { kind: "broken", fault, isJson: true };
  }
  if (root === undefined) throw new Error("a text without a fault has a value");
  const value: unknown = JSON.parse(text);
  const repeated: ValuePath[] = [];
  return {
    kind: "json",
    value,
    located: packed(new Locator(text, repeated).locate(root, root.offset, [])),
    repeated,
  };
}

/** The offset of the bracket that is one too deep; -1 if there is none. */
function firstTooDeep(text: string): number {
  let depth = 0;
  let isInText = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (letter === '"') isInText = !isInText;
    else if (isInText) at += Number(letter === "\\");
    else if (letter === "]" || letter === "}") depth -= 1;
    else if (letter === "[" || letter === "{") depth += 1;
    if (depth > MAX_DEPTH) return at;
  }
  return -1;
}

/** Turns the parser's tree into the one that all readers produce. */
class Locator {
  readonly #positionAt: (offset: number) => Position;
  readonly #repeated: ValuePath[];

  constructor(text: string, repeated: ValuePath[]) {
    this.#positionAt = positionsIn(text);
    this.#repeated = repeated;
  }

  locate(node: Node, keyOffset: number, path: ValuePath): LocatedTree {
    const { line, column } = this.#positionAt(node.offset);
    const key = this.#positionAt(keyOffset);
    const members = this.#membersOf(node, path);
    return { line, column, keyLine: key.line, keyColumn: key.column, sourceText: null, members };
  }

  #membersOf({ type, children = [] }: Node, path: ValuePath): LocatedTree["members"] {
    if (type === "array")
      return children.map((child, index) => this.locate(child, child.offset, [...path, index]));
    if (type !== "object") return null;
    const members = new Map<string, LocatedTree>();
    for (const { children: [name, value] = [] } of children) {
      if (name === undefined || value === undefined) continue;
      const inside = [...path, String(name.value)];
      if (members.has(String(name.value))) this.#repeated.push(inside);
      members.set(String(name.value), this.locate(value, name.offset, inside));
    }
    return Object.fromEntries(members);
  }
}
