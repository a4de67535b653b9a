import type { Json, JsonObject } from "../../../model/values/json.ts";
import { byText } from "../../../text/order.ts";
import { isJsonObject, stableText } from "../../../text/json-values.ts";

/** More of them would not fit into a line that people read. */
const MOST = 6;

/**
 * The fields in which two documents differ: `functions: + orders-b, - orders-c; mode: observe → enforce`. Empty if they are
 * equal, or if one of them is not known.
 */
export function changedFields(before: Json | undefined, after: Json | undefined): string {
  const parts = fieldsThatDiffer(specOf(before), specOf(after), "");
  const more = parts.length - MOST;
  return [...parts.slice(0, MOST), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

function specOf(document: Json | undefined): JsonObject {
  const spec = isJsonObject(document) ? document["spec"] : undefined;
  return isJsonObject(spec) ? spec : {};
}

function fieldsThatDiffer(before: JsonObject, after: JsonObject, path: string): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(byText);
  return names.flatMap((name) => {
    const [then, now] = [before[name], after[name]];
    if (then !== undefined && now !== undefined && stableText(then) === stableText(now)) return [];
    if (isJsonObject(then) && isJsonObject(now)) return fieldsThatDiffer(then, now, `${path}${name}.`);
    return [`${path}${name}: ${difference(then, now)}`];
  });
}

function difference(then: Json | undefined, now: Json | undefined): string {
  if (isFlatList(then ?? []) && isFlatList(now ?? [])) {
    const [earlier, later] = [textsOf(then), textsOf(now)];
    const added = later.filter((one) => !earlier.includes(one)).map((one) => `+ ${one}`);
    const removed = earlier.filter((one) => !later.includes(one)).map((one) => `- ${one}`);
    const all = [...added, ...removed];
    return all.length === 0 ? "another order" : all.join(", ");
  }
  if (!isScalar(then) || !isScalar(now)) return "changes";
  if (then === undefined) return `+ ${String(now)}`;
  return now === undefined ? `- ${String(then)}` : `${String(then)} → ${String(now)}`;
}

function textsOf(list: Json | undefined): readonly string[] {
  return Array.isArray(list) ? (list as readonly (string | number | boolean)[]).map(String) : [];
}

function isFlatList(value: Json): boolean {
  return Array.isArray(value) && (value as readonly Json[]).every((one) => isScalar(one));
}

function isScalar(value: Json | undefined): value is string | number | boolean | undefined {
  return value === undefined || ["string", "number", "boolean"].includes(typeof value);
}
