import type { Key } from "../../model/keys/key.ts";
import { joinedLists } from "../../model/values/lists.ts";
import { byTextOf } from "../../text/order.ts";
import { homeOf, type Paths } from "../folder-owner.ts";
import type { ParsedFile } from "../parse/parsed.ts";
import type { KeysByDocument } from "./objects.ts";
import type { PlacedDocuments } from "./placed-documents.ts";

/** The keys of the documents of each file that parsed, sorted. */
export function keysByFile(
  files: readonly ParsedFile[],
  keys: KeysByDocument,
): Readonly<Record<string, readonly Key[]>> {
  const readable = files.filter((file) => file.readable).sort(byTextOf(({ path }) => path));
  return Object.fromEntries(
    readable.map(({ path, documents }) => {
      const inFile = joinedLists(...documents.map((document) => keys.get(document) ?? []));
      return [path, inFile.length < 2 ? inFile : [...new Set(inFile)].sort()];
    }),
  );
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

/** The namespace of a team's file; none for the platform's. */
export function namespaceOf(file: string, paths: Paths): readonly string[] {
  const home = homeOf(file, paths);
  return home.kind === "team" ? [home.namespace] : [];
}
