import { schemaParts } from "../../manifest/schema/shape.ts";
import { ENTRIES, type GrantOf } from "./grant-units.ts";

/** Fields and verbs in the order of the reference. */
export function entryOf({ grant, fields }: GrantOf): GrantOf {
  const entry = ENTRIES.get(grant);
  if (entry === undefined) return { grant, fields };
  const order = Object.keys(schemaParts(entry.fields).shape ?? {});
  const verbs = Object.keys(entry.verbs);
  const ordered = order.flatMap((name) => {
    const value = fields[name];
    if (value === undefined) return [];
    if (name !== "allow" || !Array.isArray(value)) return [[name, value] as const];
    return [[name, verbs.filter((verb) => value.includes(verb))] as const];
  });
  return { grant, fields: Object.fromEntries(ordered) };
}
