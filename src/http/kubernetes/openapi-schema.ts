import type { Json, JsonObject } from "../../model/values/json.ts";
import { isObject } from "../../text/json-values.ts";

/** What OpenAPI 3.0 does not have, or kubectl does not read. */
const LEFT_OUT: ReadonlySet<string> = new Set(["examples", "pattern", "propertyNames", "title"]);

/** A JSON Schema of 2020-12 as one of OpenAPI 3.0, which has no `const` and other limits of numbers. */
export function openApiSchema(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(openApiSchema);
  if (!isJsonObject(schema)) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => !LEFT_OUT.has(name))
      .flatMap(([name, value]) => member(name, value)),
  );
}

function member(name: string, value: Json): readonly (readonly [string, Json])[] {
  if (name === "const") return [["enum", [value]]];
  if (name === "exclusiveMinimum")
    return [
      ["minimum", value],
      [name, true],
    ];
  if (name === "exclusiveMaximum")
    return [
      ["maximum", value],
      [name, true],
    ];
  // The names of fields are free: one may be called as a word of the language.
  if (name === "properties" && isJsonObject(value))
    return [[name, Object.fromEntries(Object.entries(value).map(([key, one]) => [key, openApiSchema(one)]))]];
  return [[name, openApiSchema(value)]];
}

function isJsonObject(value: Json): value is JsonObject {
  return isObject(value) && !Array.isArray(value);
}
