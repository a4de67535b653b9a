import type { Key } from "../../model/keys/key.ts";
import type { Origin } from "../../model/values/origin.ts";
import type { PlaceOfClaim } from "./conflicts.ts";
import { memberAt, originOfKey, originOfValue, type ValuePath } from "../../text/located.ts";
import type { ManifestDocument } from "../parse/parsed.ts";
import { documentOrigin } from "./placed-documents.ts";

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
  const { located, file } = document;
  const path = located === null ? undefined : paths.find((each) => memberAt(located, each) !== undefined);
  return located === null || path === undefined
    ? documentOrigin(document)
    : originOfValue(located, file, path);
}

/** The place of the `until` of a grant or statement, by the path of its entry. */
export function placeOfEnd({ located, file }: ManifestDocument, statement: Origin): Origin {
  const found = /^spec\.(grants|statements)\[(\d+)\]/.exec(statement.path);
  if (located === null || found === null) return statement;
  const path = ["spec", String(found[1]), Number(found[2]), "until"];
  return memberAt(located, path) === undefined ? statement : originOfKey(located, file, path);
}
