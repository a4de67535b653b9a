import { isEqualData } from "./equal-data.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import { complete, mapSteps, type Steps } from "../../model/values/steps.ts";
import type { LocatedDocument } from "../../text/located/located.ts";
import type { InvalidDocument, Manifest, ManifestDocument, ParsedFile } from "./parsed.ts";

/** A document as JSON: the places of its values are not JSON. */
type DocumentText = Replaced<InvalidDocument> | Replaced<Manifest>;
type Replaced<Document> = Omit<Document, "located"> & { readonly located: LocatedText };

interface LocatedText {
  readonly rows: readonly number[];
  readonly names: readonly string[];
  readonly written: readonly (readonly [number, string])[];
}

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
  const text = JSON.stringify({ ...document, located: locatedText(document.located) });
  return isEqualData(documentOf(JSON.parse(text) as DocumentText, new Map()), document) ? text : null;
}

function locatedText({ rows, names, sourceTexts: written }: LocatedDocument): LocatedText {
  return { rows: [...rows], names, written: [...written] };
}

/** Each field is listed, in the order of the parser: V8 then uses one object shape for parsed and restored documents. */
function documentOf(text: DocumentText, names: Map<string, string>): ManifestDocument {
  const located: LocatedDocument = {
    rows: Uint32Array.from(text.located.rows),
    names: text.located.names.map((name) => getOrAdd(names, name, () => name)),
    sourceTexts: new Map(text.located.written),
  };
  const { file, sourceText } = text;
  if (text.kind === "invalid") {
    const { kind, of, name, namespace, diagnostics, targets, accountId, boundaries, document } = text;
    const identity = { kind, of, name, namespace, diagnostics, targets, accountId, boundaries, document };
    return { file, located, sourceText, ...identity };
  }
  const { kind, name, namespace, labels, annotations, spec, hasTemplates, document } = text;
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
