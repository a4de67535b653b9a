import { isMap, isScalar, isSeq, type ParsedNode } from "yaml";
import type { Json, ValueEdit } from "../../model/values/json.ts";
import { stableText } from "../json-values.ts";
import { valueAt, type ValuePath } from "../located/value-path.ts";
import { chunksOf } from "./chunks.ts";
import { flowText, memberLines } from "./flow-text.ts";
import { contentEnd, dashBefore, nodeAt, parsedDocuments, rangeIn, valueOf } from "./node-places.ts";

/**
 * The text with the value. Everything else keeps its bytes: comments, order, quotes and indentation.
 * @returns null if the place has a form that cannot be edited without a doubt; the result is read again and compared
 */
export function withValue(text: string, edit: ValueEdit): string | null {
  const before = valueOf(text);
  if (before === undefined) return null;
  const insertion = edit.kind === "set" ? setEdit(text, edit) : appendEdit(text, edit);
  if (insertion === null) return null;
  const edited = text.slice(0, insertion.start) + insertion.text + text.slice(insertion.end);
  const after = valueOf(edited);
  if (after === undefined) return null;
  return stableText(after) === stableText(expected(before, edit)) ? edited : null;
}

/** Text in place of what is between two places. */
interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function setEdit(
  text: string,
  { path, value }: Extract<ValueEdit, { readonly kind: "set" }>,
): TextEdit | null {
  if (typeof path.at(-1) === "number") return memberEdit(text, path, value);
  const field = fieldOf(text, path);
  if (field === null) return null;
  const { parent, pair, name } = field;
  if (pair === null) return fieldEdit(text, parent, [`${flowText(name)}: ${flowText(value)}`]);
  const [, keyEnd] = rangeIn(pair.key);
  const [start, end] = rangeIn(pair.value);
  if (keyEnd < 0 || start < 0) return null;
  const last = contentEnd(text, end);
  const isInline = isScalar(pair.value) || (isNode(pair.value) && pair.value.flow === true);
  if (isInline) return { start, end: last, text: scalarLike(text, start, value) };
  // A comment inside of the lines would be lost.
  return text.slice(keyEnd, last).includes("#")
    ? null
    : { start: keyEnd, end: last, text: `: ${flowText(value)}` };
}

/** A text of a list. */
function memberEdit(text: string, path: ValuePath, value: Json): TextEdit | null {
  const [document] = parsedDocuments(text);
  const member = nodeAt(document?.contents ?? null, path);
  if (!isScalar(member)) return null;
  const [start, end] = rangeIn(member);
  return { start, end: contentEnd(text, end), text: scalarLike(text, start, value) };
}

/** A text in quotes stays in quotes. */
function scalarLike(text: string, start: number, value: Json): string {
  return text[start] === '"' && typeof value === "string" ? JSON.stringify(value) : flowText(value);
}

function appendEdit(
  text: string,
  { path, value }: Extract<ValueEdit, { readonly kind: "append" }>,
): TextEdit | null {
  const field = fieldOf(text, path);
  if (field === null) return null;
  const { parent, pair, name } = field;
  if (pair === null)
    return fieldEdit(text, parent, [`${flowText(name)}:`, ...memberLines(value).map((line) => `  ${line}`)]);
  const list = pair.value;
  if (!isSeq(list)) return null;
  const [start, end] = rangeIn(list);
  if (list.items.length === 0) return { start, end: contentEnd(text, end), text: `[${flowText(value)}]` };
  const [from, to] = rangeIn(list.items.at(-1));
  const last = contentEnd(text, to);
  if (list.flow === true) return { start: last, end: last, text: `, ${flowText(value)}` };
  const dash = dashBefore(text, from);
  return dash < 0 ? null : linesAfter(text, last, indented(memberLines(value), columnOf(text, dash)));
}

interface FoundField {
  readonly parent: ParsedNode;
  /** null: the object does not have the field. */
  readonly pair: { readonly key: unknown; readonly value: unknown } | null;
  readonly name: string;
}

function fieldOf(text: string, path: ValuePath): FoundField | null {
  const [document] = parsedDocuments(text);
  const name = path.at(-1);
  const parent = nodeAt(document?.contents ?? null, path.slice(0, -1));
  if (typeof name !== "string" || !isMap(parent)) return null;
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === name) ?? null;
  return { parent, pair, name };
}

function isNode(value: unknown): value is { readonly flow?: boolean } {
  return isSeq(value) || isMap(value);
}

/** A further field of an object: after its last one. */
function fieldEdit(text: string, parent: ParsedNode, lines: readonly string[]): TextEdit | null {
  const last = isMap(parent) ? parent.items.at(-1) : undefined;
  if (!isMap(parent) || last === undefined) return null;
  const [keyStart] = rangeIn(last.key);
  const [, valueEnd] = rangeIn(last.value);
  if (keyStart < 0 || valueEnd < 0) return null;
  const end = contentEnd(text, valueEnd);
  if (parent.flow !== true) return linesAfter(text, end, indented(lines, columnOf(text, keyStart)));
  return lines.length === 1 ? { start: end, end, text: `, ${lines[0] ?? ""}` } : null;
}

/** Below the line of a place, after which the line has nothing but a comment. */
function linesAfter(text: string, place: number, lines: readonly string[]): TextEdit | null {
  const lineBreak = text.indexOf("\n", place);
  const end = lineBreak < 0 ? text.length : lineBreak;
  if (!/^[ \t]*(#.*)?\r?$/.test(text.slice(place, end))) return null;
  const ending = text.slice(place, end).endsWith("\r") ? "\r\n" : "\n";
  if (lineBreak < 0) return { start: end, end, text: lines.map((line) => `\n${line}`).join("") };
  return { start: lineBreak + 1, end: lineBreak + 1, text: lines.map((line) => line + ending).join("") };
}

function indented(lines: readonly string[], columns: number): readonly string[] {
  return lines.map((line) => " ".repeat(columns) + line);
}

function columnOf(text: string, place: number): number {
  return place - (text.lastIndexOf("\n", place - 1) + 1);
}

function expected(before: unknown, { kind, path, value }: ValueEdit): unknown {
  const old = valueAt(before, path);
  const added = kind === "set" ? value : [...(Array.isArray(old) ? (old as readonly unknown[]) : []), value];
  return withValueAt(before, path, added);
}

function withValueAt(value: unknown, [step, ...rest]: ValuePath, added: unknown): unknown {
  if (step === undefined) return added;
  if (Array.isArray(value))
    return value.map((member: unknown, at) => (at === step ? withValueAt(member, rest, added) : member));
  const members = value as Readonly<Record<string, unknown>>;
  return { ...members, [step]: withValueAt(members[step], rest, added) };
}

/** The file with the value in the document that has the line. @returns null as for one document */
export function withValueInFile(text: string, line: number, edit: ValueEdit): string | null {
  const chunk = chunksOf(text).findLast(({ firstLine }) => firstLine <= line);
  const edited = chunk === undefined ? null : withValue(chunk.text, edit);
  if (chunk === undefined || edited === null) return null;
  const lines = text.split("\n");
  const [start, end] = [chunk.firstLine - 1, chunk.firstLine - 1 + chunk.text.split("\n").length];
  return [...lines.slice(0, start), edited, ...lines.slice(end)].join("\n");
}
