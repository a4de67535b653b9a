import { isEqualData } from "./equal-data.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import { complete, mapSteps, type Steps } from "../../model/values/steps.ts";
import type { Json, JsonObject } from "../../model/values/json.ts";
import type { LocatedDocument } from "../../text/located/located.ts";
import type { InvalidDocument, Manifest, ManifestDocument, ParsedFile } from "./parsed.ts";

/** A document as JSON: the places of its values are not JSON. */
type DocumentText = Replaced<InvalidDocument> | StoredManifest;
type Replaced<Document> = Omit<Document, "located"> & { readonly located: LocatedText };
type StoredManifest = Omit<Replaced<Manifest>, "spec"> & { readonly spec: SpecText };

/** Most members of a spec are those of its document, in the order of the schema: they are stored, and restored, once. */
interface SpecText {
  readonly names: readonly string[];
  /** The members that the schema has changed. */
  readonly own: JsonObject;
}

interface LocatedText {
  readonly rows: RowsText;
  readonly names: readonly string[];
  readonly written: readonly (readonly [number, string])[];
}

/** The bytes of each number, and the numbers in base64: JSON.parse takes several times as long for a list of them. */
type RowsText = readonly [bytesOfNumber: number, base64: string];

/**
 * The text of a parsed file, from which a later process restores it. null: the restored file would not equal it, so it
 * must be parsed again.
 */
export function parsedFileText(file: ParsedFile): string | null {
  return complete(parsedFileTextSteps(file));
}

/** Like `parsedFileText`, with a pause after each document: a file may have thousands. */
export function* parsedFileTextSteps(file: ParsedFile): Steps<string | null> {
  const documents: string[] = [];
  for (const document of file.documents) {
    const text = documentText(document);
    if (text === null) return null;
    documents.push(text);
    yield;
  }
  const rest = { ...file, documents: [] };
  const text = JSON.stringify(rest);
  if (!isEqualData(parsedFileOf(text, new Map()), rest)) return null;
  return [text, ...documents].join(SEPARATOR);
}

/**
 * The file of a text that `parsedFileText` wrote.
 * @param names the names of fields so far: thousands of documents share one string for each
 */
export function parsedFileOf(text: string, names: Map<string, string>): ParsedFile {
  return complete(parsedFileOfSteps(text, names));
}

/** Like `parsedFileOf`, with a pause after each document. */
export function* parsedFileOfSteps(text: string, names: Map<string, string>): Steps<ParsedFile> {
  const [first = "", ...texts] = text.split(SEPARATOR);
  const { path, readable, diagnostics, parts } = JSON.parse(first) as Omit<ParsedFile, "documents">;
  const documents = yield* mapSteps(texts, (one) => documentOf(JSON.parse(one) as DocumentText, names));
  return { path, readable, diagnostics, documents, parts };
}

/** Between the JSON of the file, which has no documents, and that of each document: JSON escapes it. */
const SEPARATOR = "\n";

/** null: the restored document would not equal it. */
function documentText(document: ManifestDocument): string | null {
  const located = locatedText(document.located);
  const rest = document.kind === "invalid" ? {} : { spec: specText(document) };
  const text = JSON.stringify({ ...document, located, ...rest });
  return isEqualData(documentOf(JSON.parse(text) as DocumentText, new Map()), document) ? text : null;
}

function specText({ spec, document }: Manifest): SpecText {
  const members = Object.entries(spec) as readonly (readonly [string, Json])[];
  const ofDocument = specIn(document);
  const own = members.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(ofDocument[name]));
  return { names: members.map(([name]) => name), own: Object.fromEntries(own) };
}

function specOf({ names, own }: SpecText, document: Json): JsonObject {
  const spec: Record<string, Json> = {};
  const ofDocument = specIn(document);
  for (const name of names) {
    const value = own[name] ?? ofDocument[name];
    if (value !== undefined) spec[name] = value;
  }
  return spec;
}

function specIn(document: Json): JsonObject {
  return (document as { readonly spec?: JsonObject }).spec ?? {};
}

function locatedText({ rows, names, sourceTexts: written }: LocatedDocument): LocatedText {
  return { rows: rowsText(rows), names, written: [...written] };
}

function rowsText(rows: Uint32Array): RowsText {
  const largest = rows.reduce((max, number) => Math.max(max, number), 0);
  const numbers = largest < 0x100 ? new Uint8Array(rows) : largest < 0x10000 ? new Uint16Array(rows) : rows;
  const bytes = Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return [numbers.BYTES_PER_ELEMENT, bytes.toString("base64")];
}

function rowsOf([bytesOfNumber, base64]: RowsText): Uint32Array {
  const bytes = Buffer.from(base64, "base64");
  if (bytesOfNumber === 1) return new Uint32Array(bytes);
  // A copy: small buffers begin anywhere in a shared one.
  const { buffer } = new Uint8Array(bytes);
  return bytesOfNumber === 2 ? new Uint32Array(new Uint16Array(buffer)) : new Uint32Array(buffer);
}

/** Each field is listed, in the order of the parser: V8 then uses one object shape for parsed and restored documents. */
function documentOf(text: DocumentText, names: Map<string, string>): ManifestDocument {
  const located: LocatedDocument = {
    rows: rowsOf(text.located.rows),
    names: text.located.names.map((name) => getOrAdd(names, name, () => name)),
    sourceTexts: new Map(text.located.written),
  };
  const { file, sourceText } = text;
  if (text.kind === "invalid") {
    const { kind, of, name, namespace, diagnostics, targets, accountId, boundaries, document } = text;
    const identity = { kind, of, name, namespace, diagnostics, targets, accountId, boundaries, document };
    return { file, located, sourceText, ...identity };
  }
  const { kind, name, namespace, labels, annotations, hasTemplates, document } = text;
  const spec = specOf(text.spec, document);
  return {
    file,
    sourceText,
    kind,
    name,
    namespace,
    labels,
    annotations,
    spec,
    hasTemplates,
    located,
    document,
  } as Manifest;
}
