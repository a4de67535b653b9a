import { NormalizedSchema } from "@smithy/core/schema";

/** One API operation from the schemas of the SDK's client. */
export interface ApiOperation {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Names of the required members. */
  readonly required: readonly string[];
  /** Only for REST protocols. */
  readonly http?: { readonly method: string; readonly path: string; readonly status: number };
}

/** The request or the answer does not match the published schema. */
export class SchemaMismatch extends Error {}

type Published = Readonly<Record<string, unknown>>;

/**
 * Finds the operations in the exports of a client module. They have the form `[9, namespace, name, traits, input,
 * output]`, which is not documented: the version is pinned, and the codec's tests check it.
 */
export function publishedOperations(client: Published): ReadonlyMap<string, ApiOperation> {
  const found = new Map<string, ApiOperation>();
  for (const value of Object.values(client)) {
    if (!Array.isArray(value) || value[0] !== 9) continue;
    const operation = toOperation(value);
    found.set(operation.name, operation);
  }
  return found;
}

function toOperation(published: readonly unknown[]): ApiOperation {
  const [, , name, traits, inputRef, outputRef] = published;
  const input = structOf(inputRef);
  const http = (traits as { http?: [string, string, number] }).http;
  return {
    name: String(name),
    input,
    output: structOf(outputRef),
    required: requiredMembers(input),
    ...(http !== undefined && { http: { method: http[0], path: http[1], status: http[2] } }),
  };
}

function structOf(ref: unknown): NormalizedSchema {
  return NormalizedSchema.of(ref as Parameters<typeof NormalizedSchema.of>[0]);
}

/** Required members come first; the seventh element of a structure's schema is their number. */
function requiredMembers(struct: NormalizedSchema): readonly string[] {
  const raw: unknown = struct.getSchema();
  if (!Array.isArray(raw)) return [];
  const names: unknown = raw[4];
  const count: unknown = raw[6];
  if (!Array.isArray(names) || typeof count !== "number") return [];
  return names.slice(0, count).map(String);
}

/** The members of a structure; none for an operation without input or output. */
export function schemaMembers(schema: NormalizedSchema): ReadonlyMap<string, NormalizedSchema> {
  return schema.isUnitSchema() ? new Map() : new Map(schema.structIterator());
}

/**
 * Checks a value against the schema and returns it without undefined members. Unknown members and wrong types are
 * refused.
 */
export function conform(schema: NormalizedSchema, value: unknown, where: string): unknown {
  if (schema.isUnitSchema() || schema.isStructSchema()) return conformStruct(schema, value, where);
  if (schema.isListSchema()) return conformList(schema, value, where);
  if (schema.isMapSchema()) return conformMap(schema, value, where);
  const expected = scalarType(schema);
  if (expected === "timestamp" && (typeof value === "number" || !Number.isNaN(Date.parse(String(value)))))
    return value;
  if (expected === "any" || typeof value === expected) return value;
  throw new SchemaMismatch(`${where} is ${describe(value)}, expected ${expected}`);
}

function conformStruct(schema: NormalizedSchema, value: unknown, where: string): Record<string, unknown> {
  const members = schemaMembers(schema);
  const result: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(objectAt(value, where))) {
    const member = members.get(name);
    if (member === undefined) throw new SchemaMismatch(`${where} has no member "${name}"`);
    if (each !== undefined && each !== null) result[name] = conform(member, each, `${where}.${name}`);
  }
  return result;
}

function conformList(schema: NormalizedSchema, value: unknown, where: string): unknown[] {
  if (!Array.isArray(value)) throw new SchemaMismatch(`${where} is ${describe(value)}, expected list`);
  const member = schema.getValueSchema();
  return value.map((each, index) => conform(member, each, `${where}[${index}]`));
}

function conformMap(schema: NormalizedSchema, value: unknown, where: string): Record<string, unknown> {
  const member = schema.getValueSchema();
  const entries = Object.entries(objectAt(value, where));
  return Object.fromEntries(entries.map(([key, each]) => [key, conform(member, each, `${where}["${key}"]`)]));
}

function objectAt(value: unknown, where: string): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new SchemaMismatch(`${where} is ${describe(value)}, expected structure`);
}

export type Scalar = "string" | "number" | "boolean" | "timestamp" | "any";

export function scalarType(schema: NormalizedSchema): Scalar {
  if (schema.isStringSchema() || schema.isBlobSchema()) return "string";
  if (schema.isNumericSchema()) return "number";
  if (schema.isBooleanSchema()) return "boolean";
  if (schema.isTimestampSchema()) return "timestamp";
  return "any";
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return "list";
  return value === null ? "null" : typeof value;
}

/** A copy in which every sensitive value of the schema is replaced by "***". */
export function withoutSecrets(schema: NormalizedSchema, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (schema.getMergedTraits().sensitive) return "***";
  if (schema.isListSchema() && Array.isArray(value))
    return value.map((each) => withoutSecrets(schema.getValueSchema(), each));
  if (typeof value !== "object" || Array.isArray(value)) return value;
  const members = schema.isStructSchema() ? schemaMembers(schema) : undefined;
  const memberOf = (name: string): NormalizedSchema | undefined =>
    schema.isMapSchema() ? schema.getValueSchema() : members?.get(name);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const member = memberOf(name);
      return [name, member === undefined ? each : withoutSecrets(member, each)];
    }),
  );
}

/** The name of the message member of each published error, by error code: `message` or `Message`. */
export function messageMembers(client: Published): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const value of Object.values(client)) {
    if (!Array.isArray(value) || value[0] !== -3) continue;
    const members = (value[4] as readonly unknown[]).map(String);
    const message = members.find((name) => name.toLowerCase() === "message");
    if (message !== undefined) found.set(String(value[2]), message);
  }
  return found;
}
