import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { describedSchema } from "../../../../src/manifest/explained/described-schema.ts";
import { exampleManifests } from "../../../../src/manifest/explained/example-manifests.ts";
import { explained } from "../../../../src/manifest/explained/explain.ts";
import { allFields, fieldType, valuesOf } from "../../../../src/manifest/explained/fields.ts";
import { KINDS, type Kind } from "../../../../src/manifest/schema/document.ts";
import { kindSchemas } from "../../../../src/manifest/schema/json-schema.ts";
import type { JsonObject } from "../../../../src/model/values/json.ts";
import { parseText } from "../../../support/manifests.ts";

const FIELDS = KINDS.flatMap((kind) =>
  allFields(kindSchemas()[kind] ?? {}, "").map(({ path }) => ({ kind, path })),
);

function fieldAt(text: string) {
  const answer = explained(text);
  if (answer.kind !== "field") throw new Error(`${text} is unknown`);
  return answer.field;
}

/** Once for all tests: each needs the schema of its kind. */
const EXPLAINED = FIELDS.map(({ kind, path }) => fieldAt(`${kind}.${path}`));

describe("every field of every kind", () => {
  test("has a meaning without links", () => {
    const wrong = EXPLAINED.filter(({ meaning }) => meaning === "" || meaning.includes("]("));

    expect(wrong.map(({ path }) => path)).toEqual([]);
    expect(EXPLAINED.length).toBeGreaterThan(500);
  });

  test("is found by its path, with an example that has a value", () => {
    const namesOf = (path: string): readonly string[] =>
      path.split(".").map((part) => (part === "KEY" ? "" : part.replace("[]", "")));
    const without = EXPLAINED.filter(
      ({ path, example }) => namesOf(path).some((name) => !example.includes(name)) || / null$/m.test(example),
    );

    expect(without.map(({ path }) => path)).toEqual([]);
    expect(EXPLAINED.map(({ kind, path }) => ({ kind, path }))).toEqual(FIELDS);
  });

  test("has an example that its kind accepts in a manifest", () => {
    const texts = new Set(
      EXPLAINED.map(({ kind, example }) => manifestWith(kind, parse(example) as JsonObject)),
    );
    const problems = [...texts].flatMap((text) =>
      parseText("a.yaml", text).documents.filter(({ kind }) => kind === "invalid"),
    );

    expect(problems).toEqual([]);
  });

  test("is described in the schema for editors", () => {
    const { oneOf } = describedSchema() as unknown as {
      readonly oneOf: readonly (JsonObject & { title: string })[];
    };
    const without = oneOf.flatMap((schema) =>
      allFields(schema, "").filter(
        (field) => typeof field.schema["description"] !== "string" && field.name !== "KEY",
      ),
    );

    expect(without.map(({ path }) => path)).toEqual([]);
    expect(oneOf.map(({ title }) => title)).toEqual(KINDS);
  });
});

/** A part of a manifest, together with the fields that its kind requires. */
function manifestWith(kind: Kind, part: JsonObject): string {
  const [general = {}, ...others] = exampleManifests(kind);
  const { document: _document, template: _template, ...spec } = general["spec"] as JsonObject;
  const made = { ...general, spec: { ...spec, ...(part["spec"] as JsonObject) } };
  return JSON.stringify([general, ...others].find((one) => hasAll(one, part)) ?? made);
}

function hasAll(manifest: unknown, part: unknown): boolean {
  if (typeof part !== "object" || part === null) return manifest === part;
  if (typeof manifest !== "object" || manifest === null) return false;
  if (Array.isArray(part))
    return part.every((one) => (manifest as readonly unknown[]).some((other) => hasAll(other, one)));
  return Object.entries(part).every(([name, member]) => hasAll((manifest as JsonObject)[name], member));
}

test("the schema for editors accepts what the schema accepts, and shows the actions of verbs", () => {
  const schema = describedSchema();
  const validate = new Ajv2020({ strict: false }).compile(schema);

  for (const kind of KINDS)
    for (const manifest of exampleManifests(kind))
      expect([manifest, validate(manifest), validate.errors]).toEqual([manifest, true, null]);
  expect(JSON.stringify(schema)).toContain("delete items: `dynamodb:DeleteItem`");
});

describe("explained", () => {
  test("a grant has its verbs with their exact actions, its fields and an entry", () => {
    const field = fieldAt("binding.spec.grants.dynamodb");

    expect(field).toMatchObject({
      kind: "FunctionPermission",
      path: "spec.grants[].dynamodb",
      type: "object",
      required: false,
    });
    expect(field.verbs.find(({ verb }) => verb === "write")).toEqual({
      verb: "write",
      allows: "put and update items",
      leavesOut: "write has no DeleteItem; BatchWriteItem can delete all the same",
      actions: [
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DescribeTable",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
      ],
      single: ["ConditionCheckItem", "DescribeTable", "BatchWriteItem", "PutItem", "UpdateItem"],
    });
    expect(field.example).toMatch(/^spec:\n {2}grants:\n {4}- dynamodb:/);
  });

  test.each([
    ["fp.spec.mode", { values: ["observe", "enforce", "release"], type: "string" }],
    ["functionpermissions.spec.logs", { type: "boolean or object", values: [] }],
    ["policies.spec.use", { kind: "ManagedPolicy", values: ["attach", "boundary"] }],
    [
      "fp.spec.targets[0].regions",
      { path: "spec.targets[].regions", type: "list of strings", required: true },
    ],
    ["fp.spec.grants.sqs.allow", { values: [], verbs: [{ verb: "send" }, { verb: "consume" }] }],
    ["team.spec.grants.sqs", { meaning: "the verbs of the grant `sqs`", verbs: [{}, {}] }],
    ["account.spec.vars.ordersTable", { path: "spec.vars.KEY", type: "string" }],
    ["accountset.spec.template.writer", { meaning: "the role that writes; required before `enforce`" }],
    [
      "fp.spec.invokedBy.s3",
      { meaning: expect.stringMatching(/^lets in a bucket's notifications/), verbs: [] },
    ],
    [
      "fp",
      {
        path: "",
        type: "object",
        fields: [{ name: "apiVersion" }, { name: "kind" }, { name: "metadata" }, { name: "spec" }],
      },
    ],
  ])("%s", (text, expected) => {
    expect(fieldAt(text)).toMatchObject(expected);
  });

  test.each([
    ["fp.spec.gants", "fp.spec.grants"],
    ["fp.spec.gants.dynamodb", "fp.spec.grants.dynamodb"],
    ["fp.spec.grants.secretsmanager", "fp.spec.grants.secrets"],
    ["fp.spec.grants.ddb", "fp.spec.grants.dynamodb"],
    ["fp.spec.grants.sfn", "fp.spec.grants.states"],
    ["fp.spec.invokedBy.alarm", "fp.spec.invokedBy.cloudwatch"],
    ["fp.spec.grants.dynamodb.tabel", "fp.spec.grants.dynamodb.table"],
    ["FunctionPermision.spec", "FunctionPermission"],
    ["dynamodb", "FunctionPermission.spec.grants.dynamodb"],
    ["grants.s3", "FunctionPermission.spec.grants.s3"],
    ["spec.role", "FunctionPermission.spec.role"],
    ["fp.spec.nothing-like-it", undefined],
    ["constructor", undefined],
    ["fp.spec.constructor", undefined],
  ])("%s is unknown, and %s is near", (text, near) => {
    expect(explained(text)).toMatchObject({ kind: "unknown", near });
  });
});

test.each([
  [{ anyOf: [{ const: false }, { const: "x" }] }, "boolean or string", ["false", "x"]],
  [{ additionalProperties: { type: "number" } }, "map of numbers", []],
  [{}, "object", []],
])("the type and the values of %j", (schema, type, values) => {
  expect([fieldType(schema), valuesOf(schema)]).toEqual([type, values]);
});
