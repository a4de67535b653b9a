import type { Json } from "../../model/values/json.ts";
import { parse } from "yaml";

/** A value in YAML's flow style, on one line, with the spacing of the example manifests: `{ table: orders, allow: [read] }`. */
export function flowText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(", ")}]`;
  if (typeof value === "string") return scalarText(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{ ${pairs(value).join(", ")} }`;
}

/** A member of a list: its first line begins with a dash, further members of the object follow below. */
export function memberLines(value: { readonly [name: string]: Json }): readonly string[] {
  return pairs(value).map((pair, at) => `${at === 0 ? "- " : "  "}${pair}`);
}

function pairs(value: object): readonly string[] {
  return Object.entries(value as Readonly<Record<string, Json>>).map(
    ([name, member]) => `${scalarText(name)}: ${flowText(member)}`,
  );
}

/** Plain if YAML reads it back as the same text, even inside brackets; else quoted as JSON, which YAML reads as well. */
function scalarText(text: string): string {
  const isBare = /^[A-Za-z0-9_./][\w./@+-]*(:[\w./@+-]+)*$/.test(text) && parse(text) === text;
  return isBare ? text : JSON.stringify(text);
}
