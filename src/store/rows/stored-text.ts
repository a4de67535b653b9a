import type { Json, JsonObject } from "../../model/values/json.ts";
import { byText, sortedList } from "../../text/order.ts";

/**
 * JSON with sorted member names, so that equal records have equal texts. It is not RFC 8785, which cannot represent a
 * lone surrogate: one such string in a manifest must not prevent the state of other keys from being stored.
 */
export function storedText(value: object | null): string {
  return JSON.stringify(sorted(value as Json));
}

/** A copy: V8 writes its text a third faster than with a function that sorts each object on the way. */
function sorted(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  const copy: Record<string, Json> = {};
  for (const name of sortedList(Object.keys(value), byText)) {
    const member = (value as JsonObject)[name];
    if (member === undefined) continue;
    // An assignment would not create a member of this name.
    if (name !== "__proto__") copy[name] = sorted(member);
    else Object.defineProperty(copy, name, { value: sorted(member), enumerable: true });
  }
  return copy;
}
