import { PLATFORM } from "../../model/aws/ids.ts";
import type { Json } from "../../model/values/json.ts";
import type { Key } from "../../model/keys/key.ts";
import { placeOfDocument } from "../../text/located/located.ts";
import { byText } from "../../text/order.ts";
import type { ManifestDocument } from "../parse/parsed.ts";
import type { Kind } from "../schema/document.ts";
import { templateVersion, type PlacedDocuments } from "./placed-documents.ts";
import type { PlacedDocument } from "./placed.ts";

/** A document and its identity. */
export interface ManifestObject {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly sourceText: string;
  /** Metadata and spec as in the file. */
  readonly document: Json;
  /** Sorted. */
  readonly keys: readonly Key[];
}

export type KeysByDocument = ReadonlyMap<ManifestDocument, readonly Key[]>;

export function objectsOf(world: PlacedDocuments, keys: KeysByDocument): readonly ManifestObject[] {
  const all: readonly PlacedDocument<ManifestDocument>[] = [
    ...world.accounts.filter((placed) => placed.namespace === PLATFORM),
    ...world.accountSets.filter((placed) => placed.namespace === PLATFORM),
    ...world.functions,
    ...world.policies,
    ...world.teams.filter((placed) => placed.namespace === PLATFORM),
    ...world.waivers,
    ...world.profiles,
    ...world.templates,
    ...world.invalid,
  ];
  const objects = all.map((placed) => objectOf(placed, keys)).filter((object) => object !== null);
  return objects.sort(byPlace);
}

/** null: its kind or name could not be read. */
function objectOf(
  { document, namespace }: PlacedDocument<ManifestDocument>,
  keys: KeysByDocument,
): ManifestObject | null {
  const kind = document.kind === "invalid" ? document.of : document.kind;
  const { name, file, located, sourceText } = document;
  if (kind === null || name === null) return null;
  return {
    kind,
    namespace,
    // Several versions of one template may exist, and each is an object of its own.
    name: kind === "GrantTemplate" ? `${name}@${templateVersion(document) ?? "?"}` : name,
    file,
    line: placeOfDocument(located).line,
    sourceText,
    document: document.document,
    keys: keys.get(document) ?? [],
  };
}

function byPlace(a: ManifestObject, b: ManifestObject): number {
  return byText(a.file, b.file) || a.line - b.line;
}
