/** A JSON Schema, or a part of a published description in the form of one. */
export type Schema = Readonly<Record<string, unknown>>;
/** A schema by the reference that names it. */
export type Resolve = (reference: string) => Schema;

type Fields = ReadonlyMap<string, readonly string[]>;

/**
 * The part of a schema that describes these fields, without texts and examples. An object has no field but these, so that
 * an answer with an invented field is not valid.
 *
 * @throws Error if the schema does not describe one of the fields
 */
export function keptOf(schema: Schema, paths: readonly string[], resolve: Resolve): Schema {
  const found = resolved(schema, resolve);
  if (paths.length === 0) return leafOf(found, resolve);
  const { items, properties } = found;
  if (items !== undefined)
    return withNull(found, { type: "array", items: keptOf(items as Schema, paths, resolve) });
  const choices = choicesOf(found);
  if (choices.length > 0) return oneForm(choices.map((one) => keptOrEmpty(one, paths, resolve)));
  if (properties === undefined) throw new Error(`no object with ${paths.join(", ")}`);
  return withNull(found, objectOf(found, fieldsOf(paths), resolve));
}

/** All of a schema, with everything that it refers to. */
export function completeOf(schema: Schema, resolve: Resolve): Schema {
  const found = resolved(schema, resolve);
  const { items, properties } = found;
  if (items !== undefined)
    return withNull(found, { type: "array", items: completeOf(items as Schema, resolve) });
  const choices = choicesOf(found);
  if (choices.length > 0) return oneForm(choices.map((one) => completeOf(one, resolve)));
  if (properties === undefined) return leafOf(found, resolve);
  const names = Object.keys(properties as object);
  return withNull(found, objectOf(found, new Map(names.map((name) => [name, null])), resolve));
}

function objectOf(
  { properties, required }: Schema,
  fields: Fields | ReadonlyMap<string, null>,
  resolve: Resolve,
): Schema {
  const described = properties as Readonly<Record<string, Schema>>;
  const entries = [...fields].map(([name, below]) => {
    const one = described[name];
    if (one === undefined) throw new Error(`no field ${name}`);
    return [name, below === null ? completeOf(one, resolve) : keptOf(one, below, resolve)] as const;
  });
  const names = ((required ?? []) as readonly string[]).filter((name) => fields.has(name));
  return {
    type: "object",
    properties: Object.fromEntries(entries),
    ...(names.length > 0 && { required: names }),
    additionalProperties: false,
  };
}

/** An alternative without these fields is an object without any: that of a commit without an account. */
function keptOrEmpty(schema: Schema, paths: readonly string[], resolve: Resolve): Schema {
  const { properties, additionalProperties } = resolved(schema, resolve);
  const isEmpty = additionalProperties === false && Object.keys(properties ?? {}).length === 0;
  return isEmpty
    ? { type: "object", properties: {}, additionalProperties: false }
    : keptOf(schema, paths, resolve);
}

function fieldsOf(paths: readonly string[]): Fields {
  const fields = new Map<string, readonly string[]>();
  for (const path of paths) {
    const [name = "", ...rest] = path.split(".");
    fields.set(name, [...(fields.get(name) ?? []), ...(rest.length > 0 ? [rest.join(".")] : [])]);
  }
  return fields;
}

function leafOf(schema: Schema, resolve: Resolve): Schema {
  const { type, enum: values } = schema;
  const choices = choicesOf(schema);
  if (choices.length > 0) return oneForm(choices.map((one) => leafOf(resolved(one, resolve), resolve)));
  return withNull(schema, {
    ...(type !== undefined && { type }),
    ...(values !== undefined && { enum: values }),
  });
}

function choicesOf({ anyOf, oneOf }: Schema): readonly Schema[] {
  return (anyOf ?? oneOf ?? []) as readonly Schema[];
}

/** Alternatives that differ only in fields that are left out are one. */
function oneForm(choices: readonly Schema[]): Schema {
  const different = [...new Map(choices.map((one) => [JSON.stringify(one), one])).values()];
  const [only] = different;
  return different.length === 1 && only !== undefined ? only : { anyOf: different };
}

/** OpenAPI 3.0 has a field for it, and JSON Schema a type. */
export function withNull({ nullable }: Schema, schema: Schema): Schema {
  return nullable === true ? { anyOf: [schema, { type: "null" }] } : schema;
}

/** `anyOf` a schema and null is the schema, nullable. */
export function withoutNull(schema: Schema): { readonly schema: Schema; readonly isNullable: boolean } {
  const choices = (schema["anyOf"] ?? []) as readonly Schema[];
  const [first] = choices.filter((one) => one["type"] !== "null");
  return first === undefined ? { schema, isNullable: false } : { schema: first, isNullable: true };
}

function resolved(schema: Schema, resolve: Resolve): Schema {
  const { $ref: reference, allOf } = schema;
  if (typeof reference === "string") return resolved(resolve(reference), resolve);
  const [only, ...rest] = (allOf ?? []) as readonly Schema[];
  if (only === undefined) return schema;
  if (rest.length > 0) throw new Error("a schema that combines several is not read");
  return resolved(only, resolve);
}
