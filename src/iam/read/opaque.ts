import { isObject } from "../../text/json-values.ts";

/**
 * The effect that a statement which is not understood (its JSON) states exactly: one that says Deny allows nothing, and
 * the reverse. null for all else: it may do either.
 */
export function opaqueEffect(text: string): "Allow" | "Deny" | null {
  const value: unknown = text.startsWith("{") ? JSON.parse(text) : null;
  const effect = isObject(value) ? value["Effect"] : undefined;
  return effect === "Allow" || effect === "Deny" ? effect : null;
}

/** What is not understood and speaks of Deny anywhere is taken as one, unless it is an Allow. */
export function mayBeDenial(text: string): boolean {
  return text.includes("Deny") && opaqueEffect(text) !== "Allow";
}
