import { isMap, isScalar, isSeq, type ParsedNode } from "yaml";
import type { ValuePath } from "../located/value-path.ts";
import { stableText } from "../json-values.ts";
import { contentEnd, dashBefore, nodeAt, parsedDocuments, rangeIn, valueOf } from "./node-places.ts";

/**
 * Removes members of lists, and fields, from the text of one YAML document. Everything else keeps its bytes: comments,
 * order, quotes and indentation. A comment directly above a removed member of a block list goes with it, unless the
 * member is the first, where the comment may be about the entire list.
 * @param paths of the document as it is; none may be inside another one
 * @returns null if a value has a form that cannot be removed without a doubt; the result is read again and compared
 */
export function withoutValues(text: string, paths: readonly ValuePath[]): string | null {
  let edited = text;
  for (const path of paths.toSorted(laterFirst)) {
    const range = rangeOf(edited, path);
    if (range === null) return null;
    edited = edited.slice(0, range.start) + edited.slice(range.end);
  }
  const before = valueOf(text);
  const after = valueOf(edited);
  if (before === undefined || after === undefined) return null;
  return stableText(after) === stableText(valueWithout(before, paths)) ? edited : null;
}

/** The places of what stays are then not moved by what was removed before. */
function laterFirst(left: ValuePath, right: ValuePath): number {
  for (const [at, step] of left.entries()) {
    const other = right[at];
    if (typeof step === "number" && typeof other === "number" && step !== other) return other - step;
    if (step !== other) return String(step) < String(other) ? 1 : -1;
  }
  return 0;
}

function valueWithout(value: unknown, paths: readonly ValuePath[], at: ValuePath = []): unknown {
  const isRemoved = (step: string | number): boolean =>
    paths.some((path) => path.length === at.length + 1 && isSame(path, [...at, step]));
  if (Array.isArray(value))
    return value.flatMap((member: unknown, index) =>
      isRemoved(index) ? [] : [valueWithout(member, paths, [...at, index])],
    );
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !isRemoved(name));
  return Object.fromEntries(kept.map(([name, member]) => [name, valueWithout(member, paths, [...at, name])]));
}

function isSame(left: ValuePath, right: ValuePath): boolean {
  return left.every((step, index) => step === right[index]);
}

interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** What the value takes in the text, with what separates it from its neighbours. */
interface RemovedRange extends TextRange {
  readonly place: number;
}

function rangeOf(text: string, path: ValuePath): TextRange | null {
  const [document] = parsedDocuments(text);
  const parent = nodeAt(document?.contents ?? null, path.slice(0, -1));
  const members = parent === null ? null : membersOf(parent, text);
  const last = path.at(-1);
  const place = typeof last === "number" ? last : fieldPlace(parent, last);
  const found = members?.find((member) => member.place === place);
  if (parent === null || members === null || found === undefined) return null;
  const isFlow = (isSeq(parent) || isMap(parent)) && parent.flow === true;
  return isFlow ? flowRange(members, found) : linesOf(text, found);
}

function fieldPlace(parent: ParsedNode | null, name: string | undefined): number {
  return isMap(parent) ? parent.items.findIndex(({ key }) => isScalar(key) && key.value === name) : -1;
}

/** From the dash or the name to the last character; null for forms that are not expected. */
function membersOf(parent: ParsedNode, text: string): readonly RemovedRange[] | null {
  if (isSeq(parent)) {
    const members = parent.items.map((item, place) => {
      const [from, to] = rangeIn(item);
      const start = parent.flow === true ? from : dashBefore(text, from);
      return { place, start, end: contentEnd(text, to) };
    });
    return members.every(({ start }) => start >= 0) ? members : null;
  }
  if (!isMap(parent)) return null;
  const found = parent.items.map(({ key, value }, place) => {
    const [from] = rangeIn(key);
    const [, to] = rangeIn(value);
    return { place, start: from, end: contentEnd(text, to) };
  });
  return found.every(({ start, end }) => start >= 0 && end > start) ? found : null;
}

/** With the comma before the next member, or before this one if it is the last. */
function flowRange(members: readonly RemovedRange[], { place, start, end }: RemovedRange): TextRange {
  const next = members[place + 1];
  if (next !== undefined) return { start, end: next.start };
  const before = members[place - 1];
  return { start: before === undefined ? start : before.end, end };
}

/** All lines of the member; null if something else is on the first or the last of them. */
function linesOf(text: string, { place, start, end }: RemovedRange): TextRange | null {
  const lineStart = text.lastIndexOf("\n", start - 1) + 1;
  const lineBreak = text.indexOf("\n", end);
  const lineEnd = lineBreak < 0 ? text.length : lineBreak + 1;
  const isAlone =
    text.slice(lineStart, start).trim() === "" && /^[ \t]*(#.*)?\r?\n?$/.test(text.slice(end, lineEnd));
  if (!isAlone) return null;
  return { start: place === 0 ? lineStart : withComments(text, lineStart), end: lineEnd };
}

/** The first of the lines directly above that have nothing but a comment. */
function withComments(text: string, lineStart: number): number {
  let start = lineStart;
  for (;;) {
    const above = text.lastIndexOf("\n", start - 2) + 1;
    if (start === 0 || !/^[ \t]*#/.test(text.slice(above, start))) return start;
    start = above;
  }
}
