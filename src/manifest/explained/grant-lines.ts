import { z } from "zod";
import { GRANT_ENTRIES } from "../grants/catalogue.ts";

/**
 * The grant of a service of IAM (`dynamodb` of `dynamodb:*`) as a line of a manifest, with its verbs. null if it has none, or one
 * whose resource may be in several fields.
 */
export function grantLine(service: string): string | null {
  const entry = GRANT_ENTRIES.find(({ actions }) =>
    [...(actions?.values() ?? [])].some(({ action }) => action.startsWith(`${service}:`)),
  );
  if (!(entry?.fields instanceof z.ZodObject)) return null;
  const shape: Readonly<Record<string, z.ZodType>> = entry.fields.shape;
  const fields = Object.keys(shape).filter((name) => name !== "allow" && !shape[name]?.isOptional());
  if (fields.length === 0) return null;
  const names = fields.map((name) => `${name}: ${name.toUpperCase()}`);
  return `${entry.grant}: {${[...names, "allow: [VERB]"].join(", ")}}, with VERB of ${Object.keys(entry.verbs).join(", ")}`;
}
