import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../../src/api/group.ts";
import { getAs } from "../../../support/kubernetes/requests.ts";
import {
  bearer,
  LOCAL_TOKEN,
  startTestServer,
  type TestServer,
} from "../../../support/screens/http-server.ts";
import { Watching } from "../../../support/kubernetes/watching.ts";

/*
 * The requests that k9s sends from its start until a list is shown, as its source has them (v0.50.18 and 142 commits, 24cf4628:
 * internal/client/client.go, internal/dao/registry.go and table.go, internal/watch/factory.go). They only read: one server for all.
 */

const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
const DISCOVERY = `${AGGREGATED},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json`;
const TYPED = "application/vnd.kubernetes.protobuf,application/json";
const LIST =
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
const ONE = "application/json;as=Table;v=v1;g=meta.k8s.io, application/json";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

test.each([
  {
    path: "/version?timeout=15s",
    accept: "application/json, */*",
    kind: undefined,
    why: "whether it is reachable",
  },
  { path: "/api?timeout=15s", accept: DISCOVERY, kind: "APIGroupDiscoveryList", why: "the core resources" },
  { path: "/apis?timeout=15s", accept: DISCOVERY, kind: "APIGroupDiscoveryList", why: "all others" },
  { path: "/api", accept: "application/json, */*", kind: "APIVersions", why: "the same, in the old form" },
  { path: "/apis", accept: "application/json, */*", kind: "APIGroupList", why: "whether there are metrics" },
  {
    path: "/api/v1",
    accept: "application/json",
    kind: "APIResourceList",
    why: "the old form of the core group",
  },
  { path: BASE_PATH, accept: "application/json", kind: "APIResourceList", why: "the old form of the group" },
  {
    path: "/api/v1/namespaces",
    accept: TYPED,
    kind: "NamespaceList",
    why: "the namespaces that can be chosen",
  },
  {
    path: `${BASE_PATH}/functionpermissions?includeObject=Metadata`,
    accept: LIST,
    kind: "Table",
    why: "the list, over all namespaces",
  },
  {
    path: `${BASE_PATH}/namespaces/orders/bindings?includeObject=Object&labelSelector=tier%3D1`,
    accept: LIST,
    kind: "Table",
    why: "the list of one namespace, with the objects and a filter",
  },
  {
    path: `${BASE_PATH}/namespaces/orders/functionpermissions/orders-api`,
    accept: ONE,
    kind: "Table",
    why: "one object, as a row",
  },
  {
    path: `${BASE_PATH}/namespaces/orders/functionpermissions/orders-api`,
    accept: "application/json",
    kind: "FunctionPermission",
    why: "one object, for its YAML",
  },
  {
    path: "/api/v1/namespaces/orders/events?fieldSelector=involvedObject.name%3Dorders-api%2CinvolvedObject.namespace%3Dorders&limit=500",
    accept: TYPED,
    kind: "EventList",
    why: "the events of its description",
  },
])("k9s gets $path: $why", async ({ path, accept, kind }) => {
  const { status, json, headers } = await getAs(server, path, { accept });

  expect([status, json.kind]).toEqual([200, kind]);
  expect(headers.get("content-type")).toContain("application/json");
});

test("the version is one that k9s can read", async () => {
  expect((await getAs(server, "/version")).json.gitVersion).toMatch(/^v\d+\.\d+\.\d+/);
});

test.each([
  { group: "", resource: "namespaces", verb: "list", allowed: true, without: "choosing a namespace" },
  {
    group: "grantkeeper.dev",
    resource: "functionpermissions",
    verb: "watch",
    allowed: true,
    without: "the list",
  },
  {
    group: "apiextensions.k8s.io",
    resource: "customresourcedefinitions",
    verb: "list",
    allowed: false,
    without: "what it adds to resources that can be scaled",
  },
  { group: "", resource: "nodes", verb: "list", allowed: false, without: "the load of the nodes" },
  {
    group: "",
    resource: "pods",
    verb: "list",
    allowed: false,
    without: "the first screen, if none is named",
  },
  { group: "metrics.k8s.io", resource: "pods", verb: "list", allowed: false, without: "metrics" },
])("k9s asks whether it may $verb $resource: $allowed", async ({ group, resource, verb, allowed }) => {
  const resourceAttributes = { verb, group, version: "v1", resource };
  const { status, json } = await server.request("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
    method: "POST",
    headers: { ...bearer(LOCAL_TOKEN), "content-type": "application/json", accept: TYPED },
    body: JSON.stringify({ kind: "SelfSubjectAccessReview", spec: { resourceAttributes } }),
  });

  expect(status).toBe(201);
  expect(json.status.allowed).toBe(allowed);
});

test("k9s keeps a copy of a resource by a watch that begins with its objects", async () => {
  const query = `watch=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&timeoutSeconds=420`;

  const watching = await Watching.open(server, `/functionpermissions?${query}`);
  const events = await watching.take(4);
  watching.close();

  expect([watching.status, ...events.map(({ type }) => type)]).toEqual([
    200,
    "ADDED",
    "ADDED",
    "ADDED",
    "BOOKMARK",
  ]);
});
