import type { Json } from "../../../model/values/json.ts";
import type { ManifestDocument } from "../../../manifest/parse/parsed.ts";
import type { Kind } from "../../../manifest/schema/document.ts";
import { placeOfDocument } from "../../../text/located/located.ts";
import type { Position } from "../../../text/located/positions.ts";
import { valueAtPosition } from "../../../text/located/value-at-position.ts";
import { valueAt, type ValuePath } from "../../../text/located/value-path.ts";
import type { Analysis } from "../analysis.ts";
import { wordEnd } from "./ranges.ts";

/** The name or the value at a position of a manifest. */
export interface ManifestCursor {
  readonly file: string;
  readonly document: ManifestDocument;
  readonly kind: Kind;
  readonly path: ValuePath;
  readonly part: "name" | "value";
  /** undefined: `kind` and `apiVersion`, which the parsed document does not keep. */
  readonly value: Json | undefined;
  readonly start: Position;
}

/** null: nothing of a manifest is at this position, or its document cannot be read. */
export function cursorAt(analysis: Analysis, file: string, at: Position): ManifestCursor | null {
  const documents = analysis.files.find(({ path }) => path === file)?.documents ?? [];
  const document = documents.findLast(({ located }) => placeOfDocument(located).line <= at.line);
  if (document === undefined) return null;
  const kind = document.kind === "invalid" ? document.of : document.kind;
  const found = valueAtPosition(document.located, at);
  if (kind === null || found === null || found.path.length === 0 || found.start.line !== at.line) return null;
  const line = analysis.linesOf(file)?.[at.line - 1] ?? "";
  // The next character belongs to it too, as the cursor of an editor may be behind a word.
  if (at.column - 1 > wordEnd(line, found.start.column - 1)) return null;
  return {
    file,
    document,
    kind,
    ...found,
    value: valueAt(document.document, found.path) as Json | undefined,
  };
}

/** `spec.targets[].accounts[]`: the path without the places in lists. */
export function fieldPath(path: ValuePath): string {
  return path
    .map((step) => (typeof step === "number" ? "[]" : `.${step}`))
    .join("")
    .slice(1);
}
