import type { z } from "zod";
import type { ValuePath } from "../../../text/located/value-path.ts";
import { durationSketch } from "../../fields/duration.ts";
import { fieldFacts } from "../../fields/field.ts";
import { GRANT_ENTRIES } from "../../grants/catalogue.ts";
import { validVerbs } from "./allow-hint.ts";
import { schemaAt, schemaParts } from "../shape.ts";

/** How to write a missing field: `write targets: [{accounts: [TEXT], regions: [TEXT]}]`. */
export function requiredHint(schema: z.core.$ZodType, path: ValuePath): string {
  const field = schemaAt(schema, path);
  const text = `write ${String(path.at(-1))}: ${field === undefined ? "…" : sketch(field)}`;
  const duration = field === undefined ? null : durationSketch(field);
  if (duration !== null) return `${text} (${duration.range})`;
  const verbs = validVerbs([...path, 0]);
  if (verbs !== null) return `${text}; ${verbs}`;
  const example = exampleOf(path);
  return example === undefined ? text : `${text}, such as ${example}`;
}

/** Of a text field of a grant. */
function exampleOf(path: ValuePath): string | undefined {
  const [field, grant, , list] = path.toReversed();
  const entry = list === "grants" ? GRANT_ENTRIES.find((one) => one.grant === grant) : undefined;
  const values = (entry?.examples ?? []).map((example) =>
    new Map(Object.entries(example)).get(String(field)),
  );
  return values.find((value) => typeof value === "string");
}

/** A value of a schema's type with its required fields alone. */
function sketch(schema: z.core.$ZodType): string {
  const { type, innerType, element, options, shape, entries } = schemaParts(schema);
  if (innerType !== undefined) return sketch(innerType);
  if (element !== undefined) return `[${sketch(element)}]`;
  const [option] = options ?? [];
  if (option !== undefined) return sketch(option);
  const [value] = Object.values(entries ?? {});
  if (value !== undefined) return String(value);
  if (shape !== undefined) {
    const required = Object.entries(shape).filter(([, field]) => !isOptional(field));
    return `{${required.map(([name, field]) => `${name}: ${sketch(field)}`).join(", ")}}`;
  }
  return durationSketch(schema)?.example ?? fieldFacts(schema)?.syntax.sketch ?? SKETCHES[type] ?? "…";
}

const SKETCHES: Readonly<Record<string, string>> = { string: "TEXT", number: "NUMBER", boolean: "true" };

function isOptional(field: z.core.$ZodType): boolean {
  const { type } = schemaParts(field);
  return type === "optional" || type === "default";
}
