import { schemaParts } from "../../manifest/schema/shape.ts";
import { ENTRIES, type GrantOf } from "./candidate-compiler.ts";

/** Fields, verbs and actions in the order of the reference. */
export function entryOf({ grant, fields }: GrantOf): GrantOf {
  const entry = ENTRIES.get(grant);
  if (entry === undefined) return { grant, fields };
  const order = Object.keys(schemaParts(entry.fields).shape ?? {});
  const names = [...Object.keys(entry.verbs), ...(entry.actions?.keys() ?? [])];
  const ordered = order.flatMap((name) => {
    const value = fields[name];
    if (value === undefined) return [];
    if (name !== "allow" || !Array.isArray(value)) return [[name, value] as const];
    return [[name, names.filter((one) => value.includes(one))] as const];
  });
  return { grant, fields: Object.fromEntries(ordered) };
}
