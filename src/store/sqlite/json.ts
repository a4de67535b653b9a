import type { Json } from "../../model/values/json.ts";
import { byKey } from "../../text/order.ts";

/**
 * JSON with sorted member names, so that equal records have equal texts. It is not RFC 8785, which cannot represent a
 * lone surrogate: one such string in a manifest must not prevent the state of other keys from being stored.
 */
export function storedText(value: object | null): string {
  return JSON.stringify(value, (_name, member: Json) => sorted(member));
}

function sorted(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(byKey));
}
