import type { Json } from "../../model/json.ts";
import { byKey } from "../../text/order.ts";

/**
 * JSON with sorted member names: equal records are equal texts. Not RFC 8785, which has no text for a lone
 * surrogate: one odd string in a manifest must not keep the others' state from being kept.
 */
export function storedText(value: object | null): string {
  return JSON.stringify(value, (_name, member: Json) => sorted(member));
}

function sorted(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(byKey));
}
