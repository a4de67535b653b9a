import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type Document,
  type Node,
} from "yaml";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { Json } from "../model/json.ts";
import { errorAt } from "./diagnostics.ts";
import { formatPath, type Located, type ValuePath } from "./located.ts";
import { characterName, refusedCharacter } from "./text.ts";

/** One document of a file, as data with positions, or what is wrong with it. */
export interface YamlDocument {
  /** The line of its first content. */
  readonly line: number;
  readonly column: number;
  readonly sourceText: string;
  /** null when nothing of it could be read. */
  readonly content: { readonly value: Json; readonly located: Located } | null;
  readonly diagnostics: readonly Diagnostic[];
}

interface Chunk {
  readonly firstLine: number;
  readonly text: string;
  /** A `%` line stands in it or right before it. */
  readonly directive: number | null;
}

/**
 * The documents of a file, each parsed alone: what is broken in one (also an open quote) does not reach the next.
 * `---` at the start of a line is a boundary wherever it stands (YAML 1.2, 6.8 and c-forbidden).
 */
export function splitDocuments(text: string): readonly string[] {
  return chunksOf(text).map((chunk) => chunk.text);
}

export function parseDocuments(file: string, text: string, depth: number): readonly YamlDocument[] {
  return chunksOf(text).map((chunk) => parseChunk(file, chunk, depth));
}

function chunksOf(text: string): readonly Chunk[] {
  const lines = text.split("\n");
  const chunks: Chunk[] = [];
  let first = 0;
  let directive: number | null = null;
  const close = (end: number): void => {
    const part = lines.slice(first, end);
    const own = part.findIndex((line) => line.startsWith("%"));
    if (own >= 0) directive = first + own + 1;
    if (part.some(hasContent)) {
      chunks.push({ firstLine: first + 1, text: part.join("\n"), directive });
      directive = null;
    }
    first = end;
  };
  for (let index = 1; index < lines.length; index += 1) {
    if (/^---(\s|$)/.test(lines[index] ?? "")) close(index);
  }
  close(lines.length);
  return chunks;
}

/** Anything but white space, comments, directives and the markers themselves. */
function hasContent(line: string): boolean {
  return !/^\s*(#.*)?$|^%|^(---|\.\.\.)\s*(#.*)?$/.test(line);
}

function parseChunk(file: string, chunk: Chunk, depth: number): YamlDocument {
  const counter = new LineCounter();
  const place: Place = { file, counter, firstLine: chunk.firstLine, depth, diagnostics: [] };
  checkText(chunk, place);
  // Unique keys are checked in the walk below: the parser's own check takes the square of their number.
  const documents = parseAllDocuments(chunk.text, {
    version: "1.2",
    schema: "core",
    merge: false,
    strict: true,
    uniqueKeys: false,
    logLevel: "silent",
    prettyErrors: false,
    lineCounter: counter,
  });
  const [document] = "empty" in documents ? [] : documents;
  const [line, column] = startOf(chunk, document, place);
  const shared = { line, column, sourceText: chunk.text };
  if (document !== undefined) reportParserErrors(document, [line, column], place);
  if (Array.isArray(documents) && documents.length > 1) {
    report(
      place,
      documents[1]?.range[0] ?? 0,
      "no-separator",
      "a second document begins here",
      "write --- between two documents",
    );
  }
  const content = place.diagnostics.length > 0 ? null : contentOf(document, place);
  return {
    ...shared,
    content: place.diagnostics.length > 0 ? null : content,
    diagnostics: place.diagnostics,
  };
}

interface Place {
  readonly file: string;
  readonly counter: LineCounter;
  readonly firstLine: number;
  readonly depth: number;
  readonly diagnostics: Diagnostic[];
}

function startOf(
  chunk: Chunk,
  document: Document.Parsed | undefined,
  place: Place,
): readonly [number, number] {
  if (document?.contents) return positionOf(place, document.contents.range[0]);
  const index = chunk.text.split("\n").findIndex(hasContent);
  return [chunk.firstLine + Math.max(0, index), 1];
}

function checkText(chunk: Chunk, place: Place): void {
  if (chunk.directive !== null) {
    const origin = { file: place.file, line: chunk.directive, column: 1, path: "" };
    place.diagnostics.push(
      errorAt(origin, "directive", "YAML directives are not allowed", "remove the line that begins with %"),
    );
  }
  const at = refusedCharacter(chunk.text);
  if (at < 0) return;
  const before = chunk.text.slice(0, at).split("\n");
  const origin = {
    file: place.file,
    line: chunk.firstLine + before.length - 1,
    column: (before.at(-1)?.length ?? 0) + 1,
    path: "",
  };
  const message = `the character ${characterName(chunk.text, at)} is not allowed`;
  place.diagnostics.push(errorAt(origin, "control-character", message, "remove it"));
}

function reportParserErrors(document: Document.Parsed, start: readonly [number, number], place: Place): void {
  const errors = [...document.errors, ...document.warnings];
  if (errors.some((error) => error.code === "RESOURCE_EXHAUSTION")) {
    // Where the parser's stack ends differs from run to run: the document's own place does not.
    const origin = { file: place.file, line: start[0], column: start[1], path: "" };
    place.diagnostics.push(tooDeep(origin, place.depth));
    return;
  }
  for (const error of errors) {
    // Unresolved tags are named where the node is met, with what mends them.
    if (error.code === "TAG_RESOLVE_FAILED") continue;
    report(place, error.pos[0], "yaml", firstLine(error.message), mendOf(error.code));
  }
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? text;
}

function mendOf(code: string): string | null {
  if (code === "TAB_AS_INDENT") return "indent with spaces";
  if (code === "MISSING_CHAR") return "close the quote or bracket that was opened";
  if (code === "BAD_INDENT" || code === "IMPOSSIBLE")
    return "check the indentation and the brackets of this part";
  return null;
}

function contentOf(document: Document.Parsed | undefined, place: Place): YamlDocument["content"] {
  const node = document?.contents;
  if (!node) return null;
  const at = positionOf(place, node.range[0]);
  return walk(node, at, [], place);
}

interface Walked {
  readonly value: Json;
  readonly located: Located;
}

function walk(node: Node, key: readonly [number, number], path: ValuePath, place: Place): Walked {
  const [line, column] = positionOf(place, node.range?.[0] ?? 0);
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

/** Anchors, aliases and tags: each makes the text say something else than it shows. */
function refuseDecoration(node: Node, at: readonly [number, number], path: ValuePath, place: Place): void {
  const origin = { file: place.file, line: at[0], column: at[1], path: formatPath(path) };
  const refuse = (what: string, mend: string): void => {
    place.diagnostics.push(errorAt(origin, "yaml-feature", `${what} are not allowed`, mend));
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
  place: Place,
): Json {
  const origin = { file: place.file, line: at[0], column: at[1], path: formatPath(path) };
  if (typeof value === "string") {
    const wrong = refusedCharacter(value);
    if (wrong < 0) return value;
    const message = `the character ${characterName(value, wrong)} is not allowed`;
    place.diagnostics.push(errorAt(origin, "control-character", message, "remove the escape"));
    return value;
  }
  if (typeof value !== "number") return value as Json;
  if (Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  const message = `${source} is read as a number that is not exact`;
  place.diagnostics.push(errorAt(origin, "number", message, `quote it: "${source}"`));
  return null;
}

type Position = Pick<Located, "line" | "column" | "keyLine" | "keyColumn">;

function walkList(items: readonly unknown[], position: Position, path: ValuePath, place: Place): Walked {
  const values: Json[] = [];
  const members = new Map<string, Located>();
  for (const [index, item] of items.entries()) {
    const node = nodeOf(item);
    const at =
      node === null ? ([position.line, position.column] as const) : positionOf(place, node.range?.[0] ?? 0);
    const walked = node === null ? emptyAt(at) : walk(node, at, [...path, index], place);
    values.push(walked.value);
    members.set(String(index), walked.located);
  }
  return { value: values, located: { ...position, written: null, members } };
}

function walkMap(items: readonly unknown[], position: Position, path: ValuePath, place: Place): Walked {
  const entries: [string, Json][] = [];
  const members = new Map<string, Located>();
  for (const pair of items) {
    if (!isPair(pair)) continue;
    const keyNode = nodeOf(pair.key);
    const at =
      keyNode === null
        ? ([position.line, position.column] as const)
        : positionOf(place, keyNode.range?.[0] ?? 0);
    const key = keyOf(keyNode, at, path, place);
    if (key === undefined) continue;
    if (members.has(key)) {
      const origin = { file: place.file, line: at[0], column: at[1], path: formatPath([...path, key]) };
      place.diagnostics.push(
        errorAt(origin, "duplicate-key", `"${key}" stands here twice`, "keep one of them"),
      );
      continue;
    }
    const node = nodeOf(pair.value);
    const walked = node === null ? emptyAt(at) : walk(node, at, [...path, key], place);
    entries.push([key, walked.value]);
    members.set(key, walked.located);
  }
  return { value: Object.fromEntries(entries), located: { ...position, written: null, members } };
}

/** Names that JavaScript's own objects have: a look-up by them would find what nobody wrote. */
const REFUSED_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

function keyOf(
  node: Node | null,
  at: readonly [number, number],
  path: ValuePath,
  place: Place,
): string | undefined {
  const origin = { file: place.file, line: at[0], column: at[1], path: formatPath(path) };
  if (node !== null) refuseDecoration(node, at, path, place);
  if (!isScalar(node) || typeof node.value !== "string") {
    const written = isScalar(node) ? node.source : undefined;
    const mend = written ? `quote it: "${written}"` : "write a name before the colon";
    place.diagnostics.push(errorAt(origin, "key", "a key must be text", mend));
    return undefined;
  }
  if (node.value === "<<") {
    place.diagnostics.push(
      errorAt(origin, "yaml-feature", "merge keys (<<) are not allowed", "write the fields here"),
    );
    return undefined;
  }
  if (REFUSED_KEYS.has(node.value) || refusedCharacter(node.value) >= 0) {
    place.diagnostics.push(
      errorAt(origin, "key", `the key ${JSON.stringify(node.value)} is not allowed`, "choose another name"),
    );
    return undefined;
  }
  return node.value;
}

function nodeOf(item: unknown): Node | null {
  return item === null || item === undefined ? null : (item as Node);
}

function emptyAt(at: readonly [number, number]): Walked {
  const [line, column] = at;
  return {
    value: null,
    located: { line, column, keyLine: line, keyColumn: column, written: null, members: null },
  };
}

function positionOf(place: Place, offset: number): readonly [number, number] {
  const { line, col } = place.counter.linePos(offset);
  return [place.firstLine + Math.max(1, line) - 1, Math.max(1, col)];
}

function report(place: Place, offset: number, code: string, message: string, mend: string | null): void {
  const [line, column] = positionOf(place, offset);
  place.diagnostics.push(errorAt({ file: place.file, line, column, path: "" }, code, message, mend));
}

function tooDeep(
  origin: { file: string; line: number; column: number; path: string },
  depth: number,
): Diagnostic {
  return errorAt(origin, "too-deep", `nested deeper than ${depth} levels`, "write it flatter");
}
