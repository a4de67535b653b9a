import { isMap, isScalar, isSeq, parseAllDocuments, type ParsedNode } from "yaml";
import type { ValuePath } from "../located/value-path.ts";

/** The data of the only document of a text; undefined: it has problems, or is not the only one. */
export function valueOf(text: string): unknown {
  const [document, second] = parsedDocuments(text);
  return document === undefined || second !== undefined || document.errors.length > 0
    ? undefined
    : document.toJS();
}

export function parsedDocuments(text: string) {
  return [...parseAllDocuments(text, { version: "1.2", schema: "core", logLevel: "silent" })];
}

export function nodeAt(root: unknown, path: ValuePath): ParsedNode | null {
  let found = root;
  for (const step of path) {
    if (typeof step === "number") found = isSeq(found) ? found.items[step] : null;
    else
      found = isMap(found) ? found.items.find(({ key }) => isScalar(key) && key.value === step)?.value : null;
  }
  return (found ?? null) as ParsedNode | null;
}

/** A key without a value, `? a`, has none. */
const NOWHERE = [-1, -1] as const;

export function rangeIn(node: unknown): readonly [from: number, to: number, ...unknown[]] {
  return (node as Partial<Pick<ParsedNode, "range">> | null)?.range ?? NOWHERE;
}

export function dashBefore(text: string, from: number): number {
  const dash = text.slice(0, Math.max(0, from)).trimEnd().length - 1;
  return text[dash] === "-" ? dash : -1;
}

export function contentEnd(text: string, to: number): number {
  return text.slice(0, Math.max(0, to)).trimEnd().length;
}
