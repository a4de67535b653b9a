import { looseValue } from "./decode.ts";
import { isObject } from "../../text/json-values.ts";
import { sortedSet } from "../../text/order.ts";

/** The services of documents' texts: what the action data must be loaded for. Sorted; a text that can't be read names none. */
export function servicesUsed(texts: readonly string[]): readonly string[] {
  return sortedSet(texts.flatMap(statementsOf).flatMap(servicesOf));
}

/** The service prefixes of a statement's actions, in lower case, not sorted. A prefix that is a pattern names none. */
export function servicesOf({ Action, NotAction }: ActionElements): readonly string[] {
  return [Action, NotAction].flatMap(membersOf).flatMap((action) => {
    if (typeof action !== "string" || !action.includes(":")) return [];
    const prefix = action.slice(0, action.indexOf(":")).toLowerCase();
    return /^[a-z0-9-]+$/.test(prefix) ? [prefix] : [];
  });
}

interface ActionElements {
  readonly Action?: unknown;
  readonly NotAction?: unknown;
}

function statementsOf(text: string): readonly Readonly<Record<string, unknown>>[] {
  const value = looseValue(text);
  return isObject(value) ? membersOf(value["Statement"]).filter(isObject) : [];
}

function membersOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
