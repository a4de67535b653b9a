import {
  allAuthors,
  unknownAuthors,
  type Authors,
  type ChangeAuthors,
  type PendingAuthors,
} from "../model/authors.ts";
import type { Key } from "../model/keys/key.ts";
import { prefixOf } from "../model/keys/source-prefix.ts";
import { mayHoldPlatform, type Paths } from "./folder-owner.ts";

export interface ManifestSide {
  /** By path: the keys of the file's documents. */
  readonly fileKeys: Readonly<Record<string, readonly Key[]>>;
  readonly objects: readonly { readonly kind: string; readonly file: string }[];
  /** Files whose documents are not all known. */
  readonly brokenFiles: readonly string[];
}

/** Kinds that decide only about the keys of their own document. */
const OWN_KEYS_ONLY: ReadonlySet<string> = new Set(["FunctionPermission", "ManagedPolicy"]);

/**
 * Who made a change, by key. A change of any other document of the platform counts for every key: it may decide what each
 * of them is allowed.
 */
export function changeAuthorsByKey(
  change: ChangeAuthors,
  sides: readonly ManifestSide[],
  paths: Paths,
): PendingAuthors {
  if (change.kind === "unknown") return { all: unknownAuthors(change.reason, change.people), byKey: {} };
  const all: Authors[] = [];
  const byKey = new Map<Key, Authors[]>();
  const decides = decidingFiles(change.byFile, sides, paths);
  for (const [file, authors] of change.byFile) {
    if (decides(file)) all.push(authors);
    for (const key of new Set(sides.flatMap(({ fileKeys }) => keysIn(fileKeys, file))))
      byKey.set(key, [...(byKey.get(key) ?? []), authors]);
  }
  return {
    all: all.length === 0 ? null : allAuthors(all),
    byKey: Object.fromEntries([...byKey].map(([key, parts]) => [key, authorsOfAll(parts)])),
  };
}

/** One file alone keeps its value, so that many keys of a file share it. */
function authorsOfAll(parts: readonly Authors[]): Authors {
  const [first] = parts;
  return first !== undefined && parts.length === 1 ? first : allAuthors(parts);
}

export function keysIn(fileKeys: ManifestSide["fileKeys"], file: string): readonly Key[] {
  return Object.hasOwn(fileKeys, file) ? (fileKeys[file] ?? []) : [];
}

/** A file that is in neither side, or that can't be read, may have held anything. */
function decidingFiles(
  changed: ReadonlyMap<string, Authors>,
  sides: readonly ManifestSide[],
  paths: Paths,
): (file: string) => boolean {
  const inChanged = sides.flatMap(({ objects }) => objects.filter(({ file }) => changed.has(file)));
  const byFile = Map.groupBy(inChanged, ({ file }) => file);
  const broken = new Set(sides.flatMap(({ brokenFiles }) => brokenFiles));
  return (file) => {
    // The compiler refuses a document of the platform in the repository of a team.
    if (prefixOf(file) !== null) return false;
    const objects = byFile.get(file) ?? [];
    if (objects.some(({ kind }) => !OWN_KEYS_ONLY.has(kind))) return true;
    return (objects.length === 0 || broken.has(file)) && mayHoldPlatform(file, paths);
  };
}
