import { isEqualData } from "./equal-data.ts";
import { getOrAdd } from "../../model/values/lists.ts";
import type { Located } from "../../text/located/located.ts";
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
  const documents = file.documents.map((one) => ({ ...one, located: locatedText(one.located) }));
  const text = JSON.stringify({ ...file, documents });
  return isEqualData(parsedFileOf(text, new Map()), file) ? text : null;
}

/**
 * The file of a text that `parsedFileText` wrote.
 * @param names the names of fields so far: thousands of documents share one string for each
 */
export function parsedFileOf(text: string, names: Map<string, string>): ParsedFile {
  const { path, readable, diagnostics, documents, parts } = JSON.parse(text) as Omit<
    ParsedFile,
    "documents"
  > & {
    readonly documents: readonly DocumentText[];
  };
  return {
    path,
    readable,
    diagnostics,
    documents: documents.map((document) => documentOf(document, names)),
    parts,
  };
}

function locatedText({ rows, names, sourceTexts: written }: Located): LocatedText {
  return { rows: [...rows], names, written: [...written] };
}

/** Each field is listed, in the order of the parser: V8 then uses one object shape for parsed and restored documents. */
function documentOf(text: DocumentText, names: Map<string, string>): ManifestDocument {
  const located: Located = {
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
