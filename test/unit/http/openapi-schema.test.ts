import { expect, test } from "@jest/globals";
import { openApiSchema } from "../../../src/http/kubernetes/openapi.ts";

test.each([
  { schema: { const: "a" }, expected: { enum: ["a"] }, because: "there is no const" },
  {
    schema: { type: "number", exclusiveMinimum: 0 },
    expected: { type: "number", minimum: 0, exclusiveMinimum: true },
    because: "a limit that is excluded is a flag",
  },
  {
    schema: { type: "array", items: { oneOf: [{ const: 1 }, { pattern: "^a$", type: "string" }] } },
    expected: { type: "array", items: { oneOf: [{ enum: [1] }, { type: "string" }] } },
    because: "members of lists are schemas too",
  },
  {
    schema: { properties: { const: { const: "x" }, pattern: { type: "string" }, title: { title: "T" } } },
    expected: { properties: { const: { enum: ["x"] }, pattern: { type: "string" }, title: {} } },
    because: "a field may have the name of a word of the language",
  },
  {
    schema: { additionalProperties: { propertyNames: {}, type: "string" }, required: ["a"] },
    expected: { additionalProperties: { type: "string" }, required: ["a"] },
    because: "propertyNames is left out at each depth",
  },
])("$because", ({ schema, expected }) => {
  expect(openApiSchema(schema)).toEqual(expected);
});
