import { errorAt, type Diagnostic } from "../../model/diagnostic.ts";
import type { Json } from "../../model/values/json.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { decodeFile } from "../../text/file-text.ts";
import type { ValuePath } from "../../text/located/value-path.ts";
import { chunksOf, hasContent, tokensOf } from "../../text/yaml/chunks.ts";
import { readYamlDocument } from "../../text/yaml/document.ts";
import { laidOutDocument, type FieldOrder } from "../../text/yaml/laid-out.ts";
import { bytesProblem, documentsProblem, partsProblem, type ExceededLimit } from "../parse/file-limits.ts";
import type { ManifestLimits } from "../parse/parsed.ts";
import { KINDS } from "../schema/document.ts";
import { SCHEMAS } from "../schema/json-schema.ts";
import { fieldNames } from "../schema/shape.ts";

/**
 * The text of a file of manifests in the one style: two spaces, double quotes, fields in the order of the reference.
 * Comments, lists and what the documents mean stay as they are, and so do line ends of CRLF. Documents need not be valid
 * manifests, only YAML that is read without a problem; otherwise all problems of reading are the answer.
 */
export function formatFile(
  { path, bytes }: { readonly path: string; readonly bytes: Uint8Array },
  limits: ManifestLimits,
): Result<string, readonly Diagnostic[]> {
  const size = bytesProblem(bytes.length, limits);
  if (size !== null) return err([exceeded(path, size)]);
  const decoded = decodeFile(path, bytes);
  if (decoded.kind === "err") return err([decoded.error]);
  const text = decoded.value;
  const documents = valuesOf(path, text, limits);
  if (documents.kind === "err") return documents;
  const values = [...documents.value];
  const segments = segmentsOf(text).map((segment) => {
    const isDocument = segment.lines.some(hasContent);
    return isDocument ? formattedDocument(path, segment, values.shift()) : ok(withoutContent(segment));
  });
  const lost = segments.flatMap((one) => (one.kind === "err" ? [one.error] : []));
  if (lost.length > 0) return err(lost);
  const formatted = segments.map((one) => (one.kind === "ok" ? one.value : "")).join("");
  return ok(hasCrlfOnly(bytes) ? formatted.replaceAll("\n", "\r\n") : formatted);
}

/** The values of the documents, within the limits of a source: it refuses the file too, and each document takes its time. */
function valuesOf(
  path: string,
  text: string,
  limits: ManifestLimits,
): Result<readonly (Json | undefined)[], readonly Diagnostic[]> {
  const chunks = chunksOf(text);
  const tooMany = documentsProblem(chunks.length, limits);
  if (tooMany !== null) return err([exceeded(path, tooMany)]);
  const values: (Json | undefined)[] = [];
  const problems: Diagnostic[] = [];
  let all = 0;
  for (const chunk of chunks) {
    const tokens = tokensOf(chunk.text);
    all += tokens.length;
    const parts = partsProblem(all, limits);
    if (parts !== null) return err([exceeded(path, parts)]);
    const { value, diagnostics } = readYamlDocument(path, { ...chunk, tokens }, limits.depth);
    values.push(value);
    problems.push(...diagnostics);
  }
  return problems.length > 0 ? err(problems) : ok(values);
}

function exceeded(path: string, { code, mistake }: ExceededLimit): Diagnostic {
  return errorAt({ file: path, line: 1, column: 1, path: "" }, code, mistake);
}

/** The lines of a document, and comments without a document. */
interface Segment {
  readonly firstLine: number;
  /** It begins with the line `---`. */
  readonly isSeparated: boolean;
  /** Without that line; what was behind the dashes is the first one. */
  readonly lines: readonly string[];
}

/** With the same boundaries as `chunksOf`. */
function segmentsOf(text: string): readonly Segment[] {
  const lines = text.split("\n");
  const starts = [...lines.keys()].filter((at) => at === 0 || isSeparator(lines[at] ?? ""));
  return starts.map((start, at) => {
    const [first = "", ...rest] = lines.slice(start, starts[at + 1] ?? lines.length);
    if (!isSeparator(first)) return { firstLine: start + 1, isSeparated: false, lines: [first, ...rest] };
    const behind = first.slice(3).trimStart();
    return { firstLine: start + 1, isSeparated: true, lines: behind === "" ? rest : [behind, ...rest] };
  });
}

function isSeparator(line: string): boolean {
  return /^---([ \t]|$)/.test(line);
}

function formattedDocument(
  path: string,
  { firstLine, isSeparated, lines }: Segment,
  value: Json | undefined,
): Result<string, Diagnostic> {
  const laidOut = laidOutDocument(`${lines.join("\n").trimEnd()}\n`, orderOf(value));
  if (laidOut !== null) return ok(`${isSeparated ? "---\n" : ""}${laidOut.trim()}\n`);
  const message = "the document cannot be formatted without a loss";
  const fix = "move its comments to lines of their own";
  return err(
    errorAt({ file: path, line: firstLine, column: 1, path: "" }, "not-formatted", { message, fix }),
  );
}

/** Empty documents are dropped: they mean nothing. */
function withoutContent({ isSeparated, lines }: Segment): string {
  const kept = lines.map((line) => line.trim()).filter((line) => line.startsWith("#"));
  return kept.length === 0 ? "" : `${isSeparated ? "---\n" : ""}${kept.join("\n")}\n`;
}

const DOCUMENT_FIELDS: readonly string[] = ["apiVersion", "kind", "metadata", "spec"];

/** By the schema of the document's kind, which the reference follows too. */
function orderOf(value: Json | undefined): FieldOrder {
  const kindText = value !== null && typeof value === "object" && "kind" in value ? value.kind : undefined;
  const kind = KINDS.find((known) => known === kindText);
  return (path: ValuePath) => {
    if (path.length === 0) return DOCUMENT_FIELDS;
    return kind === undefined ? [] : fieldNames(SCHEMAS[kind], path);
  };
}

function hasCrlfOnly(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString("latin1");
  return text.includes("\r\n") && !/(^|[^\r])\n/.test(text);
}
