import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { RESOURCES } from "../../../src/api/resources.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { AUDIT_READ, ORDERS_API, ORDERS_JOBS, REFUNDS } from "../../support/screens/world-keys.ts";
import { ORDERS_TOKEN, startTestServer, type TestServer, names } from "../../support/screens/http-server.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

describe("an object of git", () => {
  test("has Kubernetes' shape, its spec as written and a status with each binding", async () => {
    const { status, json } = await server.get("/namespaces/orders/functionpermissions/orders-api");

    expect(status).toBe(200);
    expect(json).toMatchObject({
      apiVersion: "grantkeeper.dev/v1alpha1",
      kind: "FunctionPermission",
      metadata: {
        name: "orders-api",
        namespace: "orders",
        uid: "uid-orders-orders-api",
        generation: 3,
        resourceVersion: expect.stringMatching(/^\d+$/),
        creationTimestamp: NOW,
        labels: { tier: "1", team: "orders" },
      },
      spec: { mode: "enforce" },
      status: {
        observedGeneration: 3,
        source: { file: "teams/orders/orders-api.yaml", line: 1 },
        bindings: [{ key: ORDERS_API, sync: "OutOfSync", lastVerifiedAt: "2026-11-25T11:59:19.000Z" }],
      },
    });
  });

  test("whose key no pass has settled is Unknown and Progressing", async () => {
    const { json } = await server.get("/namespaces/orders/functionpermissions/orders-jobs");

    expect(json.status.bindings).toMatchObject([
      { key: ORDERS_JOBS, account: "prod", region: "eu-west-1", sync: "Unknown", health: "Progressing" },
    ]);
  });

  test("with metadata and spec of the wrong type is shown without them", async () => {
    server.control.state.objects = server.control.state.objects.map((object) => ({
      ...object,
      document: JSON.stringify({ metadata: ["x"], spec: "y" }),
    }));

    const { json } = await server.get("/namespaces/orders/functionpermissions/orders-api");

    expect(json.spec).toEqual({});
    expect(json.metadata.labels).toBeUndefined();
  });
});

describe("a list", () => {
  test("over all namespaces is sorted by namespace, then name", async () => {
    const answer = await server.get("/functionpermissions");

    expect(answer.json).toMatchObject({
      kind: "FunctionPermissionList",
      metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
    });
    expect(names(answer)).toEqual(["orders-api", "orders-jobs", "refunds"]);
  });

  test("of one namespace has that one's only", async () => {
    expect(names(await server.get("/namespaces/payments/functionpermissions"))).toEqual(["refunds"]);
  });

  test("of an unknown namespace is empty", async () => {
    expect(names(await server.get("/namespaces/unknown/functionpermissions"))).toEqual([]);
  });

  test("is selected by label, also for kinds that are made from a key", async () => {
    expect(names(await server.get("/bindings?labelSelector=team%3Dorders"))).toEqual([
      "orders-api.111122223333.eu-west-1",
      "orders-jobs.111122223333.eu-west-1",
    ]);
  });

  test("is read page by page with limit and continue, nothing twice and nothing lost", async () => {
    const first = await server.get("/bindings?limit=2");
    const second = await server.get(`/bindings?limit=2&continue=${first.json.metadata.continue}`);
    const third = await server.get(`/bindings?limit=2&continue=${second.json.metadata.continue}`);

    expect(first.json.metadata.remainingItemCount).toBe(3);
    expect([first, second, third].flatMap(names)).toEqual([
      "orders-api.111122223333.eu-west-1",
      "orders-jobs.111122223333.eu-west-1",
      "ledger.111122223333",
      "refunds.111122223333.eu-west-1",
      "audit-read.111122223333",
    ]);
    expect(third.json.metadata.continue).toBeUndefined();
  });

  test.each([
    { query: "limit=0", field: "limit" },
    { query: "limit=x", field: "limit" },
    { query: "limit=1&limit=2", field: "limit" },
    { query: "watch=yes", field: "watch" },
  ])("refuses the query $query by name", async ({ query, field }) => {
    const { status, json } = await server.get(`/bindings?${query}`);

    expect(status).toBe(400);
    expect(json.details.causes[0].field).toBe(field);
  });

  test.each(["continue=QUFB", "continue=%00", "labelSelector=a%3D%3D%3Db"])(
    "refuses the query %s",
    async (query) => {
      expect((await server.get(`/bindings?${query}`)).status).toBe(400);
    },
  );

  test("reads the record once while the store does not move on", async () => {
    await server.get("/bindings");
    await server.get("/plans");
    expect(server.control.recordReads).toBe(1);

    server.control.state.version += 1;
    await server.get("/bindings");
    expect(server.control.recordReads).toBe(2);
  });
});

describe("discovery", () => {
  test("names every resource with its kind, except the events, which the core group has", async () => {
    const { json } = await server.get("/");

    expect(json.kind).toBe("APIResourceList");
    expect(json.resources.map((resource: { name: string }) => resource.name)).toEqual(
      Object.keys(RESOURCES)
        .filter((name) => name !== "events")
        .sort(),
    );
  });

  test.each(Object.entries(RESOURCES).filter(([, { verbs }]) => verbs.includes("list")))(
    "%s can be listed as it declares",
    async (name, { kind, namespaced }) => {
      const list = await server.get(`/${name}`);
      const inNamespace = await server.get(`/namespaces/orders/${name}`);

      expect(list.json.kind).toBe(`${kind}List`);
      expect(inNamespace.status).toBe(namespaced ? 200 : 404);
    },
  );
});

test.each([
  "/functionpermissions/orders-api",
  "/namespaces/orders/functionpermissions/nothing",
  "/namespaces/payments/functionpermissions/orders-api",
  "/awsaccounts/nothing",
  "/nothing",
  `/namespaces/orders/bindings/${"x".repeat(600)}`,
  "/reconciliations/nothing",
])("%s is a Status NotFound", async (path) => {
  const { status, json } = await server.get(path);

  expect(status).toBe(404);
  expect(json).toMatchObject({
    apiVersion: "v1",
    kind: "Status",
    status: "Failure",
    reason: "NotFound",
    code: 404,
  });
});

test("a platform policy has the namespace platform", async () => {
  const { json } = await server.get("/namespaces/platform/managedpolicies/audit-read");

  expect(json.status.bindings[0].key).toBe(AUDIT_READ);
});

describe("a list of keys", () => {
  test("has those keys alone, and of them what the token may see", async () => {
    const world = await startTestServer();
    const path = `/bindings?keys=${ORDERS_API},${REFUNDS}`;
    const all = await world.get(path);
    const own = await world.get(path, ORDERS_TOKEN);
    await world.close();

    const names = (answer: typeof all): readonly string[] =>
      (answer.json as { readonly items: readonly { readonly spec: { readonly key: string } }[] }).items.map(
        ({ spec }) => spec.key,
      );
    expect(names(all)).toEqual([ORDERS_API, REFUNDS]);
    expect(names(own)).toEqual([ORDERS_API]);
  });

  test.each([
    { path: "/bindings?keys=nothing", because: "that is no key" },
    { path: "/drifts?keys=x", because: "that is no key" },
    { path: `/holds?keys=${ORDERS_API}`, because: "holds have other names" },
    {
      path: `/bindings?keys=${Array.from({ length: 51 }, () => ORDERS_API).join(",")}`,
      because: "51 are too many",
    },
  ])("is refused: $because", async ({ path }) => {
    const world = await startTestServer();
    const { status } = await world.get(path);
    await world.close();

    expect(status).toBe(400);
  });
});
