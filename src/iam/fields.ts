import { isObject } from "../text/json-values.ts";

/** Members of JSON that AWS or a tool wrote: any of them may be missing, or of another type. */
export interface Fields {
  readonly [name: string]: unknown;
}

export function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

/** null for what is no text, and for the empty one. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
