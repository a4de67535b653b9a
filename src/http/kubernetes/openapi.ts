import { GROUP, VERSION } from "../../api/group.ts";
import { RESOURCES, type ResourceName } from "../../api/resources.ts";
import type { Json, JsonObject } from "../../model/values/json.ts";
import { sha256Hex } from "../../model/values/digest.ts";
import { isJsonObject } from "../../text/json-values.ts";

/** By kind: the JSON Schema of its manifests. */
export type ManifestSchemas = Readonly<Record<string, JsonObject>>;

const PATH = `apis/${GROUP}/${VERSION}`;

/** What `kubectl explain` prints above the fields. */
const DESCRIPTIONS: { readonly [R in ResourceName]?: string } = {
  accountsets: "Declares many accounts from one template, and observes those of an organization.",
  awsaccounts: "An account in AWS, and how far Grantkeeper may change it.",
  bindings:
    "One function in one account and region, or one policy in one account: what Git declares and what AWS has.",
  drifts: "One difference between Git and AWS.",
  functionpermissions: "The permissions of a function and its callers.",
  holds: "A pending approval.",
  managedpolicies: "A policy that several functions use.",
  plans: "The last plan of a key with its verdict.",
  suspensions: "What is suspended, why and until when.",
  teams: "What a namespace may do at all.",
  waivers: "An exception from one rule for one binding until it expires.",
};

const COMPUTED = "The controller computes it, and it is read-only.";

/** The list of documents: there is one. */
export function openApiIndex(document: string): object {
  const hash = sha256Hex(document).slice(0, 32);
  return { paths: { [PATH]: { serverRelativeURL: `/openapi/v3/${PATH}?hash=${hash}` } } };
}

/** The document of the group, as text. @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3 */
export function openApiDocument(manifests: ManifestSchemas): string {
  const resources = Object.entries(RESOURCES).filter(
    ([name, { verbs }]) => name !== "events" && verbs.includes("get"),
  );
  const schemas = resources.map(([name, { kind }]) => [
    `dev.grantkeeper.${VERSION}.${kind}`,
    kindSchema(name as ResourceName, manifests[kind]),
  ]);
  return JSON.stringify({
    openapi: "3.0.0",
    info: { title: "Grantkeeper", version: VERSION },
    paths: Object.fromEntries(resources.map(([name, resource]) => pathOf(name, resource))),
    components: { schemas: Object.fromEntries(schemas) as JsonObject },
  });
}

/** kubectl apply, create and edit ask whether the server checks fields: it answers each of them, with 405. */
function pathOf(
  name: string,
  { kind, namespaced }: { readonly kind: string; readonly namespaced: boolean },
): readonly [string, JsonObject] {
  const place = namespaced ? `namespaces/{namespace}/${name}` : name;
  const parameters = [{ name: "fieldValidation", in: "query", schema: { type: "string" } }];
  const responses = { "200": { description: "OK" } };
  const patch = { "x-kubernetes-group-version-kind": kindOf(kind), parameters, responses };
  return [`/${PATH}/${place}/{name}`, { patch }];
}

function kindOf(kind: string): JsonObject {
  return { group: GROUP, version: VERSION, kind };
}

function kindSchema(name: ResourceName, manifest: JsonObject | undefined): JsonObject {
  const { kind } = RESOURCES[name];
  const computed = WITH_SPEC.has(name) ? { spec: { ...ANY, description: COMPUTED } } : {};
  const fields = manifest === undefined ? computed : specOf(manifest);
  return {
    type: "object",
    description: [DESCRIPTIONS[name] ?? `A ${kind}.`, manifest === undefined ? COMPUTED : DECLARED].join(" "),
    properties: {
      apiVersion: { type: "string", description: `${GROUP}/${VERSION}` },
      kind: { type: "string", description: kind },
      metadata: METADATA,
      ...fields,
      status: { ...ANY, description: COMPUTED },
    },
    "x-kubernetes-group-version-kind": [kindOf(kind)],
  };
}

/** Computed objects with more than a status. */
const WITH_SPEC: ReadonlySet<ResourceName> = new Set(["alertroutes", "bindings", "sources", "suspensions"]);
const DECLARED = "A manifest in Git declares it, and it is changed there.";
const ANY: JsonObject = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
const TEXT: JsonObject = { type: "string" };
const TEXTS: JsonObject = { type: "object", additionalProperties: TEXT };

const METADATA: JsonObject = {
  type: "object",
  description: "Name, namespace, labels and annotations are those of the manifest.",
  properties: {
    name: TEXT,
    namespace: TEXT,
    labels: TEXTS,
    annotations: TEXTS,
    uid: TEXT,
    resourceVersion: TEXT,
    generation: { type: "integer" },
    creationTimestamp: { type: "string", format: "date-time" },
  },
};

function specOf(manifest: JsonObject): JsonObject {
  const { properties } = manifest;
  const spec = isJsonObject(properties) ? properties["spec"] : undefined;
  return spec === undefined ? {} : { spec: openApiSchema(spec) };
}

/** What OpenAPI 3.0 does not have, or kubectl does not read. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "examples",
  "markdownEnumDescriptions",
  "pattern",
  "propertyNames",
  "title",
]);

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
