import type { Json, JsonObject } from "../model/values/json.ts";
import { byKey } from "./order.ts";

/** JSON with sorted names, for data of bounded depth from JSON.parse. Unlike RFC 8785 it accepts numbers of any size. */
export function stableText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stableText).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).sort(byKey);
  return `{${entries.map(([name, member]) => `${JSON.stringify(name)}:${stableText(member)}`).join(",")}}`;
}

/** True for a value that JSON writes as `{…}`. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The same for plain data. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return isObject(value);
}

/**
 * True for the same value, and for arrays and plain objects with equal members, in any order of their names. Another
 * object, such as a Map, equals only itself.
 */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((one, at) => isEqual(one, b[at]));
  return isPlain(a) && isPlain(b) && hasEqualMembers(a, b);
}

type Plain = Readonly<Record<string, unknown>>;

function isPlain(value: unknown): value is Plain {
  return isObject(value) && Object.getPrototypeOf(value) === Object.prototype;
}

function hasEqualMembers(a: Plain, b: Plain): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isEqual(a[name], b[name]))
  );
}

export function toList(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}

/** undefined for a text that is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Plain data without the places of its parts in Git, which a comment in the file moves. A label or a key of a condition
 * may have the name of a place: only what has the form of one is left out.
 */
export function withoutPlaces(value: Json): Json {
  if (Array.isArray(value)) return value.map((each: Json) => withoutPlaces(each));
  if (value === null || typeof value !== "object") return value;
  const members = Object.entries(value).filter(([name, member]) => !isPlace(name, member));
  return Object.fromEntries(members.map(([name, member]) => [name, withoutPlaces(member)]));
}

function isPlace(name: string, member: unknown): boolean {
  if (!isObject(member)) return false;
  return name === "tagOrigins" || (/^origin$|Origin$/.test(name) && "file" in member && "line" in member);
}
