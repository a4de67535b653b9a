import { PLATFORM } from "../../model/aws/ids.ts";
import type { Json } from "../../model/values/json.ts";
import type { Key } from "../../model/keys/key.ts";
import { placeOfDocument } from "../../text/located/located.ts";
import { byText, byTextOf } from "../../text/order.ts";
import type { ManifestDocument, ParsedFile } from "../parse/parsed.ts";
import type { Kind } from "../schema/document.ts";
import type { PlacedDocument } from "./placed.ts";
import { templateVersion, type PlacedDocuments } from "./placed-documents.ts";
import { joinedLists, NONE } from "../../model/values/lists.ts";
import { namespaceOfPath, type Paths } from "../folder-owner.ts";

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

type KeysByDocument = ReadonlyMap<ManifestDocument, readonly Key[]>;

export function namedObjects(world: PlacedDocuments, keys: KeysByDocument): readonly ManifestObject[] {
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
    keys: keys.get(document) ?? NONE,
  };
}

function byPlace(a: ManifestObject, b: ManifestObject): number {
  return byText(a.file, b.file) || a.line - b.line;
}

/** The keys of the documents of each file that parsed, sorted. */
export function keysByFile(
  files: readonly ParsedFile[],
  keys: KeysByDocument,
): Readonly<Record<string, readonly Key[]>> {
  const readable = files.filter((file) => file.readable).sort(byTextOf(({ path }) => path));
  return Object.fromEntries(
    readable.map(({ path, documents }) => {
      const inFile = keysOfDocuments(documents, keys);
      return [path, inFile.length < 2 ? inFile : [...new Set(inFile)].sort()];
    }),
  );
}

function keysOfDocuments(documents: readonly ManifestDocument[], keys: KeysByDocument): readonly Key[] {
  const [only] = documents;
  // Most files have one document.
  if (only !== undefined && documents.length === 1) return keys.get(only) ?? NONE;
  return joinedLists(...documents.map((document) => keys.get(document) ?? NONE));
}

/** Files with keys that cannot be read. Sorted. */
export function brokenFiles(world: PlacedDocuments, unknown: readonly string[]): readonly string[] {
  const nameless = world.invalid
    .filter(
      ({ document }) => document.of === null || (document.of === "ManagedPolicy" && document.name === null),
    )
    .map(({ document }) => document.file);
  return [...new Set([...world.brokenFiles, ...unknown, ...nameless])].sort();
}

/** By namespace: the first of its files that can't be read completely, and may declare anything of it. */
export function unreadByNamespace(files: readonly string[], paths: Paths): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const file of files) {
    const namespace = namespaceOfPath(file, paths);
    if (namespace !== null && namespace !== PLATFORM && !found.has(namespace)) found.set(namespace, file);
  }
  return found;
}
