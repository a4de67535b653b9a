import { parseSync } from "@swc/core";

/** A node of the syntax tree with its place in the text: UTF-16 units, as `String.slice` counts. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly source: Readonly<Record<string, unknown>>;
}

/** The parser counts bytes over all texts that it has read; the first node shows where this text starts. */
const FIRST = "0;";

export interface SyntaxTree {
  readonly root: SyntaxNode;
  readonly nodeOf: (value: unknown) => SyntaxNode | undefined;
}

export function parseTypeScript(text: string): SyntaxTree {
  const { body } = parseSync(FIRST + text, { syntax: "typescript", target: "es2024" });
  const base = (body[0]?.span.start ?? 0) + FIRST.length;
  const indexes = byteIndexes(text);
  const nodeOf = (value: unknown): SyntaxNode | undefined => {
    if (!isRecord(value) || typeof value["type"] !== "string" || !isSpan(value["span"])) return undefined;
    const { start, end } = value["span"];
    return {
      type: value["type"],
      start: indexes[start - base] ?? 0,
      end: indexes[end - base] ?? text.length,
      source: value,
    };
  };
  const root = { type: "Module", start: 0, end: text.length, source: { body: body.slice(1) } };
  return { root, nodeOf };
}

/** The position in the string of each byte of its UTF-8 form. */
function byteIndexes(text: string): readonly number[] {
  const indexes: number[] = [];
  let index = 0;
  for (const character of text) {
    for (let byte = 0; byte < Buffer.byteLength(character); byte += 1) indexes.push(index);
    index += character.length;
  }
  return [...indexes, text.length];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isSpan(value: unknown): value is { readonly start: number; readonly end: number } {
  return isRecord(value) && typeof value["start"] === "number" && typeof value["end"] === "number";
}
