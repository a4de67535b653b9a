import type { Json, JsonObject } from "../../src/model/values/json.ts";

/** One field of a JSON Schema as a table shows it. */
export interface FieldRow {
  /** `spec.targets[].regions`; `KEY` stands for any key. */
  readonly path: string;
  readonly isRequired: boolean;
  /** The allowed values, in Markdown. */
  readonly form: string;
}

/** Every field below an object's schema, in the order in which the schema has them; `leaves` are not looked into. */
export function fieldRows(
  schema: JsonObject,
  path: string,
  leaves: ReadonlySet<string>,
): readonly FieldRow[] {
  const required = new Set(schema["required"] as readonly string[] | undefined);
  return Object.entries(membersOf(schema)).flatMap(([name, member]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const row: FieldRow = { path: at, isRequired: required.has(name), form: formOf(member) };
    return leaves.has(at) ? [row] : [row, ...rowsBelow(member, at, leaves)];
  });
}

function rowsBelow(schema: JsonObject, path: string, leaves: ReadonlySet<string>): readonly FieldRow[] {
  const alternatives = listOf(schema["anyOf"]);
  if (alternatives.length > 0) return alternatives.flatMap((one) => rowsBelow(one, path, leaves));
  const items = objectOf(schema["items"]);
  if (items !== undefined) return rowsBelow(items, `${path}[]`, leaves);
  const values = objectOf(schema["additionalProperties"]);
  if (values !== undefined) return rowsBelow(values, `${path}.KEY`, leaves);
  return fieldRows(schema, path, leaves);
}

function membersOf(schema: JsonObject): Readonly<Record<string, JsonObject>> {
  return (schema["properties"] ?? {}) as Readonly<Record<string, JsonObject>>;
}

/** `a list of: an AWS region, such as eu-west-1`. */
function formOf(schema: JsonObject): string {
  const alternatives = listOf(schema["anyOf"]);
  if (alternatives.length > 0) return alternatives.map(formOf).join(" or ");
  if (schema["const"] !== undefined) return code(schema["const"]);
  if (schema["enum"] !== undefined) return (schema["enum"] as readonly Json[]).map(code).join(" ");
  const items = objectOf(schema["items"]);
  if (items !== undefined) return items["type"] === "object" ? "list of objects" : `list: ${formOf(items)}`;
  const values = objectOf(schema["additionalProperties"]);
  if (values !== undefined) return `names with values: ${formOf(values)}`;
  return describedForm(schema);
}

function describedForm(schema: JsonObject): string {
  const { type, description, examples } = schema;
  const [example] = (examples ?? []) as readonly string[];
  if (typeof description === "string") {
    const text = description.replace("; ${…} is substituted", " (`${…}`)");
    return example === undefined ? text : `${text}, such as ${code(example)}`;
  }
  return type === "string" ? "text" : type === "boolean" ? "`true` `false`" : numberForm(schema);
}

function numberForm({ type, minimum, exclusiveMinimum, maximum }: JsonObject): string {
  if (type === "object") return "object";
  if (type === "null") return code("null");
  const name = type === "integer" ? "whole number" : "number";
  const highest = typeof maximum === "number" && maximum < Number.MAX_SAFE_INTEGER ? ` up to ${maximum}` : "";
  if (typeof minimum === "number") return `${name} from ${minimum}${highest}`;
  return typeof exclusiveMinimum === "number" ? `${name} above ${exclusiveMinimum}${highest}` : name;
}

/** Code in a table's cell. */
export function code(value: Json): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return `\`${text}\``;
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonObject[]) : [];
}

function objectOf(value: Json | undefined): JsonObject | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && Object.keys(value).length > 0 ? (value as JsonObject) : undefined;
}

/** A table of Markdown; the formatter aligns it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
