import { isJsonObject } from "../../text/json-values.ts";
import type { Json, JsonObject } from "../../model/values/json.ts";
import { KINDS, type Kind } from "../schema/document.ts";
import { jsonSchema, kindSchemas } from "../schema/json-schema.ts";
import { fieldsBelow, formOf, fieldText } from "./fields.ts";
import { meaningOf } from "./meaning.ts";
import { verbFactsAt } from "./verbs.ts";

/** The JSON Schema of all manifests with the meaning of every field, which editors show next to it. */
export function describedSchema(): JsonObject {
  const oneOf = Object.entries(describedKinds()).map(([kind, schema]) => ({ title: kind, ...schema }));
  return { ...(jsonSchema() as JsonObject), oneOf };
}

/** The same by kind, which `kubectl explain` prints. */
export function describedKinds(): Readonly<Record<string, JsonObject>> {
  const kinds = kindSchemas();
  return Object.fromEntries(
    KINDS.map((kind) => [
      kind,
      described(kinds[kind] ?? {}, { kind, path: "", meaning: meaningOf(kind, "") }),
    ]),
  );
}

interface FieldDescription {
  readonly kind: Kind;
  readonly path: string;
  readonly meaning: string | undefined;
}

/** Copies the schema: parts of it that occur in several places have a meaning in each. */
function described(schema: JsonObject, { kind, path, meaning }: FieldDescription): JsonObject {
  const form = formOf(schema);
  const text = [meaning, form]
    .filter((part) => part !== undefined && part !== null && part !== "")
    .join(". Form: ");
  return {
    ...withMembers(schema, kind, path),
    ...(text !== "" && { description: text }),
  };
}

function withMembers(schema: JsonObject, kind: Kind, path: string): JsonObject {
  const { anyOf, items, additionalProperties, properties } = schema;
  const inside = (part: Json, at: string): Json =>
    isJsonObject(part) ? described(part, { kind, path: at, meaning: undefined }) : part;
  const fields = fieldsBelow({ ...schema, anyOf: [], items: null }, path);
  const verbs = verbFactsAt(path);
  return {
    ...schema,
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map((one: Json) => inside(one, path)) }),
    ...(isJsonObject(items) && { items: withMembers(items, kind, `${path}[]`) }),
    ...(isJsonObject(additionalProperties) && {
      additionalProperties: inside(additionalProperties, `${path}.KEY`),
    }),
    ...(isJsonObject(properties) && {
      properties: Object.fromEntries(
        fields.map((field) => [
          field.name,
          described(field.schema, { kind, path: field.path, meaning: meaningOf(kind, field.path) }),
        ]),
      ),
    }),
    ...(Array.isArray(schema["enum"]) &&
      verbs.length > 0 && {
        markdownEnumDescriptions: schema["enum"].map((name: Json) => descriptionOf(fieldText(name), verbs)),
      }),
  };
}

/** An exact action needs no description: its name is all of it. */
function descriptionOf(name: string, verbs: ReturnType<typeof verbFactsAt>): string {
  const verb = verbs.find((one) => one.verb === name);
  return verb === undefined
    ? "this action alone"
    : `${verb.allows}: ${verb.actions.map((one) => `\`${one}\``).join(", ")}`;
}
