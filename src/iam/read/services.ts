import { looseValue } from "./decode.ts";
import { isObject } from "../../text/json-values.ts";
import { sortedSet } from "../../text/order.ts";

/**
 * The service prefixes that the documents' actions name, lower-case, sorted: what the action data must be loaded for.
 * A prefix that is a pattern names none; neither does a text that can't be read.
 */
export function servicesUsed(texts: readonly string[]): readonly string[] {
  const actions = texts
    .flatMap(statementsOf)
    .flatMap((statement) => [...membersOf(statement["Action"]), ...membersOf(statement["NotAction"])]);
  const prefixes = actions
    .filter((action) => typeof action === "string" && action.includes(":"))
    .map((action) => String(action).slice(0, String(action).indexOf(":")).toLowerCase());
  return sortedSet(prefixes.filter((prefix) => /^[a-z0-9-]+$/.test(prefix)));
}

function statementsOf(text: string): readonly Readonly<Record<string, unknown>>[] {
  const value = looseValue(text);
  return isObject(value) ? membersOf(value["Statement"]).filter(isObject) : [];
}

function membersOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}
