/**
 * JSON text, also of maps, sets and numbers without an end. An object with a member of one of the names that mark them is
 * written as its members, so that no text of a user is read as a map.
 */
export function collectionsText(value: object): string {
  return JSON.stringify(value, encoded);
}

/** The value of such a text. @throws SyntaxError if it is not JSON */
export function parsedCollections(text: string): unknown {
  return JSON.parse(text, decoded);
}

const MARKS = ["$map", "$set", "$object", "$number"];

function encoded(_name: string, value: unknown): unknown {
  if (typeof value === "number") return Number.isFinite(value) ? value : { $number: String(value) };
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Map) return { $map: [...value] };
  if (value instanceof Set) return { $set: [...value] };
  return MARKS.some((mark) => Object.hasOwn(value, mark)) ? { $object: Object.entries(value) } : value;
}

function decoded(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$map" in value) return isEntries(value.$map) ? new Map(value.$map) : value;
  if ("$set" in value) return Array.isArray(value.$set) ? new Set(value.$set) : value;
  if ("$object" in value) return isEntries(value.$object) ? Object.fromEntries(value.$object) : value;
  return "$number" in value ? Number(value.$number) : value;
}

/** The keys of all maps are texts. */
function isEntries(value: unknown): value is readonly (readonly [string, unknown])[] {
  return (
    Array.isArray(value) &&
    value.every((entry) => Array.isArray(entry) && entry.length === 2 && typeof entry[0] === "string")
  );
}
