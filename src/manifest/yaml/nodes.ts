import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode } from "yaml";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { characterName, refusedInText, refusedInValue } from "../../text/characters.ts";
import type { Json } from "../../model/values/json.ts";
import type { Origin } from "../../model/values/origin.ts";
import type { Position } from "../../text/positions.ts";
import { errorAt } from "../diagnostics.ts";
import { formatPath, type Located, type ValuePath } from "../../text/located.ts";

/** The document that is read, and the problems that are found in it. */
export interface NodeContext {
  readonly file: string;
  readonly positionAt: (offset: number) => Position;
  readonly firstLine: number;
  readonly depth: number;
  readonly diagnostics: Diagnostic[];
}

export interface Walked {
  readonly value: Json;
  readonly located: Located;
}

export function walk(
  node: ParsedNode,
  key: readonly [number, number],
  path: ValuePath,
  place: NodeContext,
): Walked {
  const [line, column] = positionOf(place, node.range[0]);
  const position = { line, column, keyLine: key[0], keyColumn: key[1] };
  const scalar = (value: Json, written: string | null): Walked => ({
    value,
    located: { ...position, written, members: null },
  });
  if (path.length > place.depth) {
    place.diagnostics.push(tooDeep({ file: place.file, line, column, path: "" }, place.depth));
    return scalar(null, null);
  }
  refuseDecoration(node, [line, column], path, place);
  if (isScalar(node))
    return scalar(scalarValue(node.value, node.source ?? "", [line, column], path, place), writtenOf(node));
  if (isSeq(node)) return walkList(node.items, position, path, place);
  if (isMap(node)) return walkMap(node.items, position, path, place);
  return scalar(null, null);
}

function writtenOf(node: { readonly value: unknown; readonly source?: string | undefined }): string | null {
  return typeof node.value === "string" ? null : (node.source ?? null);
}

/** Anchors, aliases and tags: with each of them the text means more than it shows. */
function refuseDecoration(
  node: ParsedNode,
  at: readonly [number, number],
  path: ValuePath,
  place: NodeContext,
): void {
  const refuse = (what: string, fix: string): void => {
    const origin = originOf(at, path, place);
    place.diagnostics.push(errorAt(origin, "yaml-feature", `${what} are not allowed`, fix));
  };
  if (isAlias(node)) refuse("aliases (*name)", "write the value here");
  if ("anchor" in node && node.anchor !== undefined) refuse("anchors (&name)", "remove the anchor");
  if ("tag" in node && node.tag !== undefined) refuse("tags (!name)", "remove the tag; quote what is text");
}

function scalarValue(
  value: unknown,
  source: string,
  at: readonly [number, number],
  path: ValuePath,
  place: NodeContext,
): Json {
  if (typeof value === "string") {
    refuseCharacters(value, at, path, place);
    return value;
  }
  if (typeof value !== "number") return value as Json;
  if (Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  const message = `${source} is read as a number that is not exact`;
  place.diagnostics.push(errorAt(originOf(at, path, place), "number", message, `quote it: "${source}"`));
  return null;
}

/**
 * A value is sent to AWS, or compared with what AWS holds: a control character in it is never meant, whatever brought
 * it in (an escape, a block scalar, an empty line in a quoted text), and makes a condition match nothing. Annotations
 * are notes for people and may have lines.
 */
function refuseCharacters(
  value: string,
  at: readonly [number, number],
  path: ValuePath,
  place: NodeContext,
): void {
  const isNote = path[0] === "metadata" && path[1] === "annotations";
  const wrong = isNote ? refusedInText(value) : refusedInValue(value);
  if (wrong < 0) return;
  const name = characterName(value, wrong);
  const isBreak = value[wrong] === "\n";
  const message = isBreak ? `the value has a line break (${name})` : `the character ${name} is not allowed`;
  const fix = isBreak ? lineBreakHint(value) : "remove the escape";
  place.diagnostics.push(errorAt(originOf(at, path, place), "control-character", message, fix));
}

/** A block ends with a line break unless its first line prevents it; other breaks are between two lines. */
function lineBreakHint(value: string): string {
  return value.trimEnd().includes("\n") ? "write it on one line" : "begin the block with |- or >-";
}

type KeyPosition = Pick<Located, "line" | "column" | "keyLine" | "keyColumn">;

function walkList(
  items: readonly unknown[],
  position: KeyPosition,
  path: ValuePath,
  place: NodeContext,
): Walked {
  const values: Json[] = [];
  const members: Located[] = [];
  for (const [index, item] of items.entries()) {
    const node = nodeOf(item);
    const at = node === null ? ([position.line, position.column] as const) : positionOf(place, node.range[0]);
    const walked = node === null ? emptyAt(at) : walk(node, at, [...path, index], place);
    values.push(walked.value);
    members.push(walked.located);
  }
  return { value: values, located: { ...position, written: null, members } };
}

function walkMap(items: readonly Pair[], position: KeyPosition, path: ValuePath, place: NodeContext): Walked {
  const entries: [string, Json][] = [];
  const members = new Map<string, Located>();
  for (const pair of items) {
    const keyNode = nodeOf(pair.key);
    const at =
      keyNode === null ? ([position.line, position.column] as const) : positionOf(place, keyNode.range[0]);
    const key = keyOf(keyNode, at, path, place);
    if (key === undefined) continue;
    if (members.has(key)) {
      const origin = originOf(at, [...path, key], place);
      place.diagnostics.push(errorAt(origin, "duplicate-key", `duplicate key "${key}"`, "keep one of them"));
      continue;
    }
    const node = nodeOf(pair.value);
    const walked = node === null ? emptyAt(at) : walk(node, at, [...path, key], place);
    entries.push([key, walked.value]);
    members.set(key, walked.located);
  }
  return {
    value: Object.fromEntries(entries),
    located: { ...position, written: null, members: Object.fromEntries(members) },
  };
}

/** Names that JavaScript's own objects have: a lookup by them would find a value that is not in the file. */
const REFUSED_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

function keyOf(
  node: ParsedNode | null,
  at: readonly [number, number],
  path: ValuePath,
  place: NodeContext,
): string | undefined {
  const refuse = (code: string, message: string, fix: string): undefined => {
    place.diagnostics.push(errorAt(originOf(at, path, place), code, message, fix));
    return undefined;
  };
  if (node !== null) refuseDecoration(node, at, path, place);
  if (!isScalar(node) || typeof node.value !== "string") {
    const written = isScalar(node) ? node.source : undefined;
    // `{{ .Values.x }}` is a map whose key is a map.
    if (isMap(node)) {
      const fix = "templates such as {{ … }} are not rendered: use ${account.vars.NAME}, or quote the value";
      return refuse("key", "a key must be text", fix);
    }
    const fix = written ? `quote it: "${written}"` : "write a name before the colon";
    return refuse("key", "a key must be text", fix);
  }
  if (node.value === "<<")
    return refuse("yaml-feature", "merge keys (<<) are not allowed", "write the fields here");
  if (REFUSED_KEYS.has(node.value))
    return refuse("key", `the key ${JSON.stringify(node.value)} is not allowed`, "choose another name");
  const wrong = refusedInValue(node.value);
  if (wrong >= 0) {
    const message = `the character ${characterName(node.value, wrong)} is not allowed in a key`;
    return refuse("control-character", message, "remove it");
  }
  return node.value;
}

/** Created only for problems: a revision has hundreds of thousands of nodes. */
function originOf(at: readonly [number, number], path: ValuePath, place: NodeContext): Origin {
  return { file: place.file, line: at[0], column: at[1], path: formatPath(path) };
}

function nodeOf(item: unknown): ParsedNode | null {
  return (item ?? null) as ParsedNode | null;
}

function emptyAt(at: readonly [number, number]): Walked {
  const [line, column] = at;
  return {
    value: null,
    located: { line, column, keyLine: line, keyColumn: column, written: null, members: null },
  };
}

export function positionOf(place: NodeContext, offset: number): readonly [number, number] {
  const { line, column } = place.positionAt(offset);
  return [place.firstLine + line - 1, column];
}

export function report(
  place: NodeContext,
  offset: number,
  code: string,
  message: string,
  fix: string | null,
): void {
  const [line, column] = positionOf(place, offset);
  place.diagnostics.push(errorAt({ file: place.file, line, column, path: "" }, code, message, fix));
}

export function tooDeep(
  origin: { file: string; line: number; column: number; path: string },
  depth: number,
): Diagnostic {
  return errorAt(origin, "too-deep", `nested deeper than ${depth} levels`, "write it flatter");
}
