import { Composer, Parser, type CST, type Document } from "yaml";
import type { Diagnostic, Mistake } from "../../model/diagnostic.ts";
import { characterName, refusedInText } from "../characters.ts";
import type { Json } from "../../model/values/json.ts";
import { packed, type LocatedDocument } from "../located/located.ts";
import type { Position } from "../located/positions.ts";
import { locatedAt } from "../located/tree.ts";
import { hasContent, MAX_TOKENS, type Chunk } from "./chunks.ts";
import { type LocatedJson, NodeReader } from "./nodes.ts";
import { missingColon, nameBeforeBrace } from "./missing-colon.ts";
import { readSimple } from "./simple.ts";

/** One document of a file as data with positions, or its problems. */
export interface YamlDocument {
  readonly sourceText: string;
  /** undefined: nothing of it could be read. */
  readonly value: Json | undefined;
  /** Of the values; without a value, only the line of its first content. */
  readonly located: LocatedDocument;
  readonly diagnostics: readonly Diagnostic[];
}

interface TokenizedChunk extends Chunk {
  /** The result of `tokensOf` for its text. */
  readonly tokens: readonly string[];
}

/** @param depth of nested lists and objects that are read */
export function readYamlDocument(file: string, chunk: TokenizedChunk, depth: number): YamlDocument {
  const reader = new NodeReader(file, chunk, depth);
  const refused = refusal(chunk, reader);
  if (refused !== null) {
    const start = startOf(chunk, undefined, reader);
    reader.report(refused.at ?? start, refused.code, refused.problem);
    return unreadable(chunk, start, reader);
  }
  const simple = readSimple(chunk.tokens, chunk.firstLine, depth);
  return simple === null ? readWithParser(chunk, reader) : valid(chunk, simple);
}

/** Reads also what is not simple, and reports every problem. */
export function readWithParser(chunk: TokenizedChunk, reader: NodeReader): YamlDocument {
  const [document, second] = parsedDocuments(chunk.tokens);
  const start = startOf(chunk, document, reader);
  if (document !== undefined) reportParserErrors(document, chunk, reader);
  if (second !== undefined) {
    const problem = { message: "a second document begins here", fix: "write --- between two documents" };
    reader.report(reader.positionAt(second.range[0]), "no-separator", problem);
  }
  const root = reader.diagnostics.length === 0 ? document?.contents : undefined;
  const content = root ? reader.read(root, null, []) : undefined;
  if (content === undefined || reader.diagnostics.length > 0) return unreadable(chunk, start, reader);
  return valid(chunk, content);
}

function valid({ text }: Chunk, { value, located }: LocatedJson): YamlDocument {
  return { value, located: packed(located), sourceText: text, diagnostics: [] };
}

/** The same as `parseAllDocuments`, which would split the text into its tokens a second time. */
function parsedDocuments(tokens: readonly string[]): readonly Document.Parsed[] {
  // Unique keys are checked by the reader of the nodes: the parser's own check takes quadratic time.
  const composer = new Composer({
    version: "1.2",
    schema: "core",
    merge: false,
    strict: true,
    uniqueKeys: false,
    logLevel: "silent",
    prettyErrors: false,
  });
  return [...composer.compose(parsedTokens(tokens))];
}

function* parsedTokens(tokens: readonly string[]): Generator<CST.Token, void> {
  const parser = new Parser();
  for (const token of tokens) yield* parser.next(token);
  yield* parser.end();
}

function unreadable({ text }: Chunk, at: Position, { diagnostics }: NodeReader): YamlDocument {
  return { sourceText: text, value: undefined, located: packed(locatedAt(at)), diagnostics };
}

interface YamlRefusal {
  /** null: the start of the document. */
  readonly at: Position | null;
  readonly code: string;
  readonly problem: Mistake;
}

/** Why a document is not parsed: nothing else in it can be trusted. */
function refusal(
  { text, tokens, firstLine, directive }: TokenizedChunk,
  reader: NodeReader,
): YamlRefusal | null {
  if (tokens.length > MAX_TOKENS) {
    const message = `the document has more than ${MAX_TOKENS} parts`;
    return { at: null, code: "too-large", problem: { message, fix: "split it" } };
  }
  const marker = conflictMarker(text);
  if (marker >= 0) {
    const fix = "resolve the conflict, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>";
    const at = { line: firstLine + marker, column: 1 };
    return { at, code: "merge-conflict", problem: { message: "merge conflict marker", fix } };
  }
  if (directive !== null) {
    const message = "YAML directives are not allowed";
    const problem = { message, fix: "remove the line that begins with %" };
    return { at: { line: directive, column: 1 }, code: "directive", problem };
  }
  const wrong = refusedInText(text);
  if (wrong < 0) return null;
  const message = `the character ${characterName(text, wrong)} is not allowed`;
  const problem = { message, fix: "remove it" };
  return { at: reader.positionAt(wrong), code: "control-character", problem };
}

/** The index of the first line that is a merge conflict marker; -1 if there is none. */
function conflictMarker(text: string): number {
  if (!text.includes("<<<<<<<") && !text.includes(">>>>>>>")) return -1;
  return text.split("\n").findIndex((line) => /^(<{7}|>{7})( |$)/.test(line));
}

function startOf(chunk: Chunk, document: Document.Parsed | undefined, reader: NodeReader): Position {
  if (document?.contents) return reader.positionAt(document.contents.range[0]);
  const index = chunk.text.split("\n").findIndex(hasContent);
  return { line: chunk.firstLine + Math.max(0, index), column: 1 };
}

function reportParserErrors(document: Document.Parsed, chunk: Chunk, reader: NodeReader): void {
  const start = startOf(chunk, document, reader);
  const errors = [...document.errors, ...document.warnings];
  if (errors.some(({ code }) => code === "RESOURCE_EXHAUSTION")) {
    // The depth of the parser's stack differs from run to run, so the place is that of the document.
    reader.reportDepth(start);
    return;
  }
  // Unresolved tags are reported with their fix where the node is read.
  const cause = firstCause(errors.filter(({ code }) => code !== "TAG_RESOLVE_FAILED"));
  if (cause === undefined) return;
  const at = reader.positionAt(cause.pos[0]);
  const named = nameBeforeBrace(chunk.text.split("\n")[at.line - chunk.firstLine] ?? "");
  if (cause.code === "BLOCK_AS_IMPLICIT_KEY" && named !== null) {
    reader.report({ line: at.line, column: named.column }, "yaml", missingColon(named.name));
    return;
  }
  reader.report(at, "yaml", { message: messageOf(cause), fix: fixOf(cause.code) });
}

type ParserError = Document.Parsed["errors"][number] | Document.Parsed["warnings"][number];

/**
 * After a mistake the parser misreads the rest and reports that as well: only the cause is reported. A tab or an open
 * quote is always a cause; otherwise the first error is.
 */
function firstCause(errors: readonly ParserError[]): ParserError | undefined {
  const inOrder = errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  const isCause = ({ code, message }: ParserError): boolean =>
    // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a text of the YAML parser, whose code is the same for other mistakes
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
