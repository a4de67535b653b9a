import { LineCounter, parseAllDocuments, type Document } from "yaml";
import type { Diagnostic } from "../model/diagnostic.ts";
import { characterName, refusedInText } from "../model/file-text.ts";
import type { Json } from "../model/json.ts";
import { hasContent, hasTooManyTokens, MAX_TOKENS, type Chunk } from "./chunks.ts";
import { errorAt } from "./diagnostics.ts";
import type { Located } from "./located.ts";
import { positionOf, report, tooDeep, walk, type Place } from "./nodes.ts";

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

export function parseDocument(file: string, chunk: Chunk, depth: number): YamlDocument {
  const place: Place = {
    file,
    counter: new LineCounter(),
    firstLine: chunk.firstLine,
    depth,
    diagnostics: [],
  };
  if (hasTooManyTokens(chunk.text)) {
    const [line, column] = startOf(chunk, undefined, place);
    const message = `the document has more than ${MAX_TOKENS} parts`;
    const tooLarge = errorAt({ file, line, column, path: "" }, "too-large", message, "split it");
    return { line, column, sourceText: chunk.text, content: null, diagnostics: [tooLarge] };
  }
  return parseChunk(chunk, place);
}

function parseChunk(chunk: Chunk, place: Place): YamlDocument {
  checkText(chunk, place);
  // Unique keys are checked in the walk below: the parser's own check takes the square of their number.
  const [document, second] = [
    ...parseAllDocuments(chunk.text, {
      version: "1.2",
      schema: "core",
      merge: false,
      strict: true,
      uniqueKeys: false,
      logLevel: "silent",
      prettyErrors: false,
      lineCounter: place.counter,
    }),
  ];
  const [line, column] = startOf(chunk, document, place);
  const shared = { line, column, sourceText: chunk.text };
  if (document !== undefined) reportParserErrors(document, [line, column], place);
  if (second !== undefined) {
    const mend = "write --- between two documents";
    report(place, second.range[0], "no-separator", "a second document begins here", mend);
  }
  const content = place.diagnostics.length > 0 ? null : contentOf(document, place);
  return {
    ...shared,
    content: place.diagnostics.length > 0 ? null : content,
    diagnostics: place.diagnostics,
  };
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
  const at = refusedInText(chunk.text);
  if (at < 0) return;
  const before = chunk.text.slice(0, at);
  const origin = {
    file: place.file,
    line: chunk.firstLine + before.split("\n").length - 1,
    column: at - before.lastIndexOf("\n"),
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
    report(place, error.pos[0], "yaml", error.message, mendOf(error.code));
  }
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
