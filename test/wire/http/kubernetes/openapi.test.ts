import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openApiDocument } from "../../../../src/http/kubernetes/openapi.ts";
import { describedKinds } from "../../../../src/manifest/explained/described-schema.ts";
import { meaningOf } from "../../../../src/manifest/explained/meaning.ts";
import { getAs } from "../../../support/kubernetes/requests.ts";
import {
  ORDERS_TOKEN,
  startTestServer,
  type Answer,
  type TestServer,
} from "../../../support/screens/http-server.ts";

const DOCUMENT = "/openapi/v3/apis/grantkeeper.dev/v1alpha1";

let server: TestServer;
let document: Answer;
beforeAll(async () => {
  server = await startTestServer();
  document = await getAs(server, DOCUMENT, { token: ORDERS_TOKEN });
});
afterAll(() => server.close());

interface Schema {
  readonly "x-kubernetes-group-version-kind": readonly unknown[];
  readonly description: string;
  readonly properties: Readonly<Record<string, object>>;
}

function schemaOf(kind: string): Schema {
  return document.json.components.schemas[`dev.grantkeeper.v1alpha1.${kind}`];
}

interface Field {
  readonly description: string;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly items?: Field;
}

function fieldAt(schema: object, path: string): Field {
  return path.split(".").reduce<Field>((field, part) => {
    const found = field.properties?.[part.replace("[]", "")];
    if (found === undefined) throw new Error(`no field ${part}`);
    return part.endsWith("[]") && found.items !== undefined ? found.items : found;
  }, schema as Field);
}

describe("the OpenAPI document", () => {
  test("is listed with a hash of its content, with which clients keep it", async () => {
    const { json } = await getAs(server, "/openapi/v3");

    const { serverRelativeURL } = json.paths["apis/grantkeeper.dev/v1alpha1"];
    expect(serverRelativeURL).toMatch(/^\/openapi\/v3\/apis\/grantkeeper\.dev\/v1alpha1\?hash=[0-9a-f]{32}$/);
    expect((await getAs(server, serverRelativeURL)).text).toBe(document.text);
  });

  test("has the fields of the manifests, from the schemas that check them", () => {
    const { properties } = schemaOf("FunctionPermission");

    expect(properties["spec"]).toMatchObject({
      type: "object",
      properties: { mode: { type: "string", enum: ["observe", "enforce", "release"] } },
    });
  });

  test.each([
    { kind: "FunctionPermission", path: "spec.grants" },
    { kind: "FunctionPermission", path: "spec.grants[].dynamodb" },
    { kind: "FunctionPermission", path: "spec.grants[].dynamodb.allow" },
    { kind: "FunctionPermission", path: "spec.invokedBy[].apigateway" },
    { kind: "AwsAccount", path: "spec.adoptableRoles" },
    { kind: "Team", path: "spec.grants.sqs" },
  ] as const)("explains $kind.$path as `explain` does", ({ kind, path }) => {
    const meaning = meaningOf(kind, path) ?? "no meaning";

    expect(fieldAt(schemaOf(kind), path).description.slice(0, meaning.length)).toBe(meaning);
  });

  test.each(["FunctionPermission", "ManagedPolicy", "AwsAccount", "Binding", "Drift", "Hold", "Team"])(
    "has %s with its group, and a PATCH that takes fieldValidation, without which kubectl apply stops",
    (kind) => {
      const known = { group: "grantkeeper.dev", version: "v1alpha1", kind };
      const patches = Object.values(
        document.json.paths as Record<string, { patch: Record<string, unknown> }>,
      );
      const patch = patches.find(
        (path) => JSON.stringify(path.patch["x-kubernetes-group-version-kind"]) === JSON.stringify(known),
      );

      expect(schemaOf(kind)["x-kubernetes-group-version-kind"]).toEqual([known]);
      expect(schemaOf(kind).description).toMatch(/\.$/);
      expect(patch?.patch["parameters"]).toMatchObject([{ name: "fieldValidation", in: "query" }]);
    },
  );

  test("uses nothing that OpenAPI 3.0 does not have", () => {
    expect(document.headers.get("content-type")).toContain("application/json");
    expect(document.json.openapi).toBe("3.0.0");
    expect(document.text).not.toMatch(
      /"(const|propertyNames|examples|markdownEnumDescriptions|\$defs|\$ref|prefixItems)":/,
    );
    expect(document.text).not.toMatch(/"exclusive(Minimum|Maximum)":-?\d/);
  });

  test("needs a token, and has nothing of an installation", async () => {
    expect((await getAs(server, DOCUMENT, { token: "unknown" })).status).toBe(401);
    expect(document.text).toBe(openApiDocument(describedKinds()));
  });
});
