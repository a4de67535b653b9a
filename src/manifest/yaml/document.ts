import { parseAllDocuments, type Document } from "yaml";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { characterName, refusedInText } from "../../text/characters.ts";
import { positionsIn } from "../../text/positions.ts";
import type { Json } from "../../model/values/json.ts";
import { hasContent, MAX_TOKENS, type Chunk } from "./chunks.ts";
import { errorAt } from "../diagnostics.ts";
import type { Located } from "../../text/located.ts";
import { positionOf, report, tooDeep, walk, type NodeContext } from "./nodes.ts";

/** One document of a file as data with positions, or its problems. */
export interface YamlDocument {
  /** The line of its first content. */
  readonly line: number;
  readonly column: number;
  readonly sourceText: string;
  /** null if nothing of it could be read. */
  readonly content: { readonly value: Json; readonly located: Located } | null;
  readonly diagnostics: readonly Diagnostic[];
}

/** @param parts of the chunk, as `countTokens` counts them */
export function parseDocument(
  { file, chunk, parts }: { readonly file: string; readonly chunk: Chunk; readonly parts: number },
  depth: number,
): YamlDocument {
  const place: NodeContext = {
    file,
    positionAt: positionsIn(chunk.text),
    firstLine: chunk.firstLine,
    depth,
    diagnostics: [],
  };
  if (parts > MAX_TOKENS) {
    const [line, column] = startOf(chunk, undefined, place);
    const message = `the document has more than ${MAX_TOKENS} parts`;
    const tooLarge = errorAt({ file, line, column, path: "" }, "too-large", message, "split it");
    return { line, column, sourceText: chunk.text, content: null, diagnostics: [tooLarge] };
  }
  return parseChunk(chunk, place);
}

function parseChunk(chunk: Chunk, place: NodeContext): YamlDocument {
  const marker = conflictMarker(chunk, place);
  if (marker !== null) {
    const [line, column] = startOf(chunk, undefined, place);
    return { line, column, sourceText: chunk.text, content: null, diagnostics: [marker] };
  }
  checkText(chunk, place);
  // Unique keys are checked in the walk below: the parser's own check takes quadratic time.
  const [document, second] = [
    ...parseAllDocuments(chunk.text, {
      version: "1.2",
      schema: "core",
      merge: false,
      strict: true,
      uniqueKeys: false,
      logLevel: "silent",
      prettyErrors: false,
    }),
  ];
  const [line, column] = startOf(chunk, document, place);
  const shared = { line, column, sourceText: chunk.text };
  if (document !== undefined) reportParserErrors(document, [line, column], place);
  if (second !== undefined) {
    const fix = "write --- between two documents";
    report(place, second.range[0], "no-separator", "a second document begins here", fix);
  }
  const content = place.diagnostics.length > 0 ? null : contentOf(document, place);
  return {
    ...shared,
    content: place.diagnostics.length > 0 ? null : content,
    diagnostics: place.diagnostics,
  };
}

/** Git's conflict markers: nothing else of the document can be trusted then. */
function conflictMarker(chunk: Chunk, { file }: NodeContext): Diagnostic | null {
  const index = chunk.text.split("\n").findIndex((line) => /^(<{7}|>{7})( |$)/.test(line));
  if (index < 0) return null;
  const origin = { file, line: chunk.firstLine + index, column: 1, path: "" };
  const fix = "resolve the conflict, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>";
  return errorAt(origin, "merge-conflict", "merge conflict marker", fix);
}

function startOf(
  chunk: Chunk,
  document: Document.Parsed | undefined,
  place: NodeContext,
): readonly [number, number] {
  if (document?.contents) return positionOf(place, document.contents.range[0]);
  const index = chunk.text.split("\n").findIndex(hasContent);
  return [chunk.firstLine + Math.max(0, index), 1];
}

function checkText(chunk: Chunk, place: NodeContext): void {
  if (chunk.directive !== null) {
    const origin = { file: place.file, line: chunk.directive, column: 1, path: "" };
    place.diagnostics.push(
      errorAt(origin, "directive", "YAML directives are not allowed", "remove the line that begins with %"),
    );
  }
  const at = refusedInText(chunk.text);
  if (at < 0) return;
  const [line, column] = positionOf(place, at);
  const origin = { file: place.file, line, column, path: "" };
  const message = `the character ${characterName(chunk.text, at)} is not allowed`;
  place.diagnostics.push(errorAt(origin, "control-character", message, "remove it"));
}

function reportParserErrors(
  document: Document.Parsed,
  start: readonly [number, number],
  place: NodeContext,
): void {
  const errors = [...document.errors, ...document.warnings];
  if (errors.some((error) => error.code === "RESOURCE_EXHAUSTION")) {
    // The depth of the parser's stack differs from run to run, so the place is that of the document.
    const origin = { file: place.file, line: start[0], column: start[1], path: "" };
    place.diagnostics.push(tooDeep(origin, place.depth));
    return;
  }
  // Unresolved tags are reported with their fix where the node is visited.
  const cause = firstCause(errors.filter(({ code }) => code !== "TAG_RESOLVE_FAILED"));
  if (cause === undefined) return;
  report(place, cause.pos[0], "yaml", messageOf(cause), fixOf(cause.code));
}

type ParserError = Document.Parsed["errors"][number] | Document.Parsed["warnings"][number];

/**
 * After a mistake the parser misreads the rest and reports that as well: only the cause is reported. A tab or an open
 * quote is always a cause; otherwise the first error is.
 */
function firstCause(errors: readonly ParserError[]): ParserError | undefined {
  const inOrder = errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  const isCause = ({ code, message }: ParserError): boolean =>
    code === "TAB_AS_INDENT" || (code === "MISSING_CHAR" && message.includes("quote"));
  return inOrder.find(isCause) ?? inOrder[0];
}

/** In the form of all messages: the parser's own messages begin with a capital letter. */
function messageOf({ code, message }: ParserError): string {
  if (code === "TAB_AS_INDENT") return "tabs are not allowed as indentation";
  return message.charAt(0).toLowerCase() + message.slice(1);
}

function fixOf(code: string): string {
  if (code === "TAB_AS_INDENT") return "indent with spaces";
  if (code === "MISSING_CHAR") return "close the quote or bracket that was opened";
  return "check the indentation and the brackets of this part";
}

function contentOf(document: Document.Parsed | undefined, place: NodeContext): YamlDocument["content"] {
  const node = document?.contents;
  if (!node) return null;
  const at = positionOf(place, node.range[0]);
  return walk(node, at, [], place);
}
