import type { Json, JsonObject } from "../../model/values/json.ts";

/** A field of the JSON Schema of a kind. */
export interface SchemaField {
  /** Its last part; `KEY` is any key. */
  readonly name: string;
  /** `spec.targets[].regions`; "" for the document. */
  readonly path: string;
  readonly schema: JsonObject;
  readonly isRequired: boolean;
}

/** What any name may take the place of. */
export const ANY_KEY = "KEY";

/** The fields directly below a part of a schema; members of lists have their list's name with `[]`. */
export function fieldsBelow(schema: JsonObject, path: string): readonly SchemaField[] {
  const alternatives = listOf(schema["anyOf"]);
  if (alternatives.length > 0) return alternatives.flatMap((one) => fieldsBelow(one, path));
  const items = objectOf(schema["items"]);
  if (items !== undefined) return fieldsBelow(items, `${path}[]`);
  const values = objectOf(schema["additionalProperties"]);
  if (values !== undefined) return [fieldOf(ANY_KEY, { path, schema: values, isRequired: false })];
  const required = new Set(schema["required"] as readonly string[] | undefined);
  return Object.entries((schema["properties"] ?? {}) as Readonly<Record<string, JsonObject>>).map(
    ([name, member]) => fieldOf(name, { path, schema: member, isRequired: required.has(name) }),
  );
}

function fieldOf(name: string, { path, ...field }: Omit<SchemaField, "name">): SchemaField {
  return { name, path: path === "" ? name : `${path}.${name}`, ...field };
}

/** Every field below, with those below them. */
export function allFields(schema: JsonObject, path: string): readonly SchemaField[] {
  return fieldsBelow(schema, path).flatMap((field) => [field, ...allFields(field.schema, field.path)]);
}

/** The type of a value, such as `list of strings` or `boolean or object`. */
export function fieldType(schema: JsonObject): string {
  const alternatives = listOf(schema["anyOf"]);
  if (alternatives.length > 0) return [...new Set(alternatives.map(fieldType))].join(" or ");
  const items = objectOf(schema["items"]);
  if (items !== undefined) return `list of ${fieldType(items)}s`;
  const values = objectOf(schema["additionalProperties"]);
  if (values !== undefined) return `map of ${fieldType(values)}s`;
  const { type, const: constant } = schema;
  return typeof type === "string" ? type : constant === undefined ? "object" : typeof constant;
}

/** The only values that a part of a schema takes, also as members of its list; empty if others are possible. */
export function valuesOf(schema: JsonObject): readonly string[] {
  const alternatives = listOf(schema["anyOf"]);
  if (alternatives.length > 0) {
    const all = alternatives.map(valuesOf);
    return all.some((values) => values.length === 0) ? [] : [...new Set(all.flat())];
  }
  const items = objectOf(schema["items"]);
  if (items !== undefined) return valuesOf(items);
  if (schema["const"] !== undefined) return [fieldText(schema["const"])];
  return Array.isArray(schema["enum"]) ? schema["enum"].map(fieldText) : [];
}

/** The form of a text, also of the members of a list: `an AWS region, such as eu-west-1`. */
export function formOf(schema: JsonObject): string | null {
  const items = objectOf(schema["items"]) ?? objectOf(schema["additionalProperties"]);
  if (items !== undefined) return formOf(items);
  const { description, examples } = schema;
  if (typeof description !== "string") return null;
  const [example] = (examples ?? []) as readonly Json[];
  return example === undefined ? description : `${description}, such as ${fieldText(example)}`;
}

/** A value as people write it. */
export function fieldText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonObject[]) : [];
}

function objectOf(value: Json | undefined): JsonObject | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && Object.keys(value).length > 0 ? (value as JsonObject) : undefined;
}
