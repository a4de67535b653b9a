import { specEntryOf } from "../statements/entry-path.ts";
import type { ValuePath } from "../../text/located/value-path.ts";
import type { Key } from "../../model/keys/key.ts";
import type { Origin } from "../../model/values/origin.ts";
import type { PlaceOfClaim } from "./conflicts.ts";
import { originOfKey, originOfValue, placeAt } from "../../text/located/located.ts";
import type { ManifestDocument } from "../parse/parsed.ts";

const FIELDS: Readonly<Record<"function" | "role", readonly ValuePath[]>> = {
  function: [
    ["spec", "function"],
    ["metadata", "name"],
  ],
  role: [
    ["spec", "role", "name"],
    ["spec", "function"],
    ["metadata", "name"],
  ],
};

/** The first of these fields that a document has: a missing name is derived from the next field. */
export function placesOfClaims(keys: ReadonlyMap<ManifestDocument, readonly Key[]>): PlaceOfClaim {
  let byKey: ReadonlyMap<Key, ManifestDocument> | undefined;
  return (key, field) => {
    // Computed on demand: very few revisions have a conflict, and every revision has thousands of keys.
    byKey ??= new Map([...keys].flatMap(([document, own]) => own.map((each) => [each, document] as const)));
    const document = byKey.get(key);
    if (document === undefined) throw new Error(`no document claims for ${key}`);
    return placeOfField(document, FIELDS[field]);
  };
}

function placeOfField(document: ManifestDocument, paths: readonly ValuePath[]): Origin {
  const path = paths.find((each) => placeAt(document.located, each) !== undefined);
  return originOfValue(document, path ?? []);
}

/** The place of the `until` of a grant or statement, by the path of its entry. */
export function placeOfEnd(document: ManifestDocument, statement: Origin): Origin {
  const entry = specEntryOf(statement.path);
  if (entry === null) return statement;
  const path = ["spec", entry.list, entry.at, "until"];
  return placeAt(document.located, path) === undefined ? statement : originOfKey(document, path);
}
