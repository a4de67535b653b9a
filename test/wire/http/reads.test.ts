import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { RESOURCES } from "../../../src/api/resources.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import {
  AUDIT_READ,
  condition,
  LEDGER,
  ORDERS_API,
  ORDERS_JOBS,
  record,
  REFUNDS,
} from "../../support/screens/api-world.ts";
import {
  ORDERS_TOKEN,
  startTestServer,
  type Answer,
  type TestServer,
} from "../../support/screens/http-server.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

const names = ({ json }: Answer): readonly string[] =>
  json.items.map((item: { metadata: { name: string } }) => item.metadata.name);

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
        resourceVersion: "17",
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
      metadata: { resourceVersion: "42" },
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
    { query: "watch=true", field: "watch" },
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

describe("what is made from keys", () => {
  test("bindings are one row per key, with AWS's message", async () => {
    const { json } = await server.get("/namespaces/orders/bindings/orders-api.111122223333.eu-west-1");

    expect(json).toMatchObject({
      kind: "Binding",
      spec: { key: ORDERS_API, desired: { functionName: "orders-api" }, source: { line: 1 } },
      status: {
        live: {
          readAt: NOW,
          role: { roleId: "AROAEXAMPLE" },
          function: { policies: { "": { kind: "present", value: { text: "{}" } } } },
        },
      },
    });
  });

  test("a ManagedPolicy's key is a binding too", async () => {
    const { json } = await server.get("/namespaces/payments/bindings/ledger.111122223333");

    expect(json.spec.key).toBe(LEDGER);
  });

  test("a key that left git is still there, without a document", async () => {
    server.control.state.objects = [];

    const { json } = await server.get("/namespaces/orders/bindings/orders-api.111122223333.eu-west-1");

    expect(json.spec.source).toBeNull();
  });

  test("functions show which published versions run on another role", async () => {
    const { json } = await server.get("/namespaces/orders/functions");

    expect(json.items).toMatchObject([
      {
        kind: "Function",
        status: { functionName: "orders-api", live: { versionsOnOtherRoles: ["40"], edge: false } },
      },
    ]);
  });

  test("a drift shows since when it exists", async () => {
    const { json } = await server.get("/namespaces/orders/drifts");

    expect(json.items).toMatchObject([
      { kind: "Drift", status: { key: ORDERS_API, change: { policyName: "hotfix" }, since: NOW } },
    ]);
  });

  test("a drift that the record has not got yet has no since", async () => {
    const { json } = await server.get("/namespaces/payments/drifts");

    expect(json.items).toMatchObject([{ status: { key: REFUNDS, since: null } }]);
  });

  test("plans carry verdict and findings", async () => {
    const { json } = await server.get("/namespaces/payments/plans/refunds.111122223333.eu-west-1");

    expect(json).toMatchObject({
      kind: "Plan",
      status: { key: REFUNDS, verdict: { kind: "hold", code: "limit-deletes" }, findings: [] },
    });
  });
});

describe("what is of the cluster", () => {
  test("an account has its spec and its coverage", async () => {
    const { json } = await server.get("/awsaccounts/prod");

    expect(json).toMatchObject({
      kind: "AwsAccount",
      spec: { id: "111122223333", vars: { paymentsTable: "payments-prod" } },
      status: {
        mode: "enforce",
        functionsSeen: 1388,
        functionsInGit: 1204,
        lastSweepAt: "2026-11-25T11:59:19.000Z",
        counts: { bindings: 3, synced: 1, drifted: 0, held: 1, broken: 0 },
      },
    });
    expect(json.metadata.namespace).toBeUndefined();
  });

  test.each([
    { reason: "ReconciliationFailed", is: "broken" },
    { reason: "OwnershipConflict", is: "broken" },
    { reason: "AwaitingApproval", is: "held" },
    { reason: "DependencyNotReady", is: "neither" },
  ] as const)("a binding that is not ready for $reason counts as $is", async ({ reason, is }) => {
    const conditions = [condition({ status: "False", reason })];
    server.control.state.records = [record(ORDERS_API, { conditions })];

    const { counts } = (await server.get("/awsaccounts/prod")).json.status;

    expect({ broken: counts.broken, held: counts.held }).toEqual({
      broken: is === "broken" ? 1 : 0,
      held: is === "held" ? 1 : 0,
    });
  });

  test("stalled and drifted bindings are counted", async () => {
    const conditions = [
      condition({ type: "Drifted", reason: "DriftDetected" }),
      condition({ type: "Stalled", reason: "QuotaExceeded" }),
    ];
    server.control.state.records = [record(ORDERS_API, { conditions })];

    const { counts } = (await server.get("/awsaccounts/prod")).json.status;

    expect(counts).toMatchObject({ drifted: 1, broken: 1 });
  });

  test("an account document in a team's folder is no account", async () => {
    server.control.state.objects = server.control.state.objects.map((object) => ({
      ...object,
      namespace: "orders",
    }));

    expect(names(await server.get("/awsaccounts"))).toEqual([]);
  });

  test("waivers show the key for which they lift a rule, null for one that does not compile", async () => {
    const { json } = await server.get("/waivers");

    expect(
      json.items.map((item: { metadata: { name: string }; status: { binding: string | null } }) => [
        item.metadata.name,
        item.status.binding,
      ]),
    ).toEqual([
      ["broken", null],
      ["ord-77", ORDERS_API],
      ["ref-1", REFUNDS],
    ]);
  });

  test("holds, suspensions and orphans are lists", async () => {
    expect(names(await server.get("/holds"))).toEqual(["b".repeat(64)]);
    expect(names(await server.get("/suspensions"))).toEqual(["s-everything", "s-orders", "s-payments"]);
    expect(names(await server.get("/orphans"))).toEqual([
      "role.orders-old.111122223333",
      "role.refunds-old.111122223333",
      "role.unknown-ledger.111122223333",
    ]);
  });

  test("a pending approval that is asked for by its first digits is not called a changed plan", async () => {
    server.control.state.formerlyHeld = new Map([["b".repeat(8), [REFUNDS]]]);

    expect((await server.get("/holds/bbbbbbbb")).status).toBe(404);
    expect((await server.get(`/holds/${"b".repeat(64)}`)).status).toBe(200);
  });

  test("the overview has everything that needs a person", async () => {
    const { json } = await server.get("/overview");

    expect(json).toMatchObject({
      kind: "Overview",
      status: {
        instance: "prod-1",
        now: NOW,
        source: { name: "main", held: { reason: "removes teams/payments/refunds.yaml" } },
        accounts: [{ name: "prod" }],
        holds: [{ status: { keys: [REFUNDS], calls: 4, bindings: 1, approvable: true } }],
      },
    });
    expect(json.status.diagnostics).toHaveLength(2);
    expect(json.status.suspensions).toHaveLength(3);
    expect(json.status.orphans).toHaveLength(3);
  });
});

describe("events", () => {
  test("are the record, newest first", async () => {
    const { json } = await server.get("/events");

    expect(json.items.map((item: { event: { seq: number } }) => item.event.seq)).toEqual([3, 2, 1]);
    expect(json.items[0]).toMatchObject({
      kind: "Event",
      metadata: { name: "3", namespace: "payments" },
      event: { kind: "write-intended", key: REFUNDS },
    });
  });

  test("are those of a key, of a namespace, and at most so many", async () => {
    const ofKey = await server.get(`/events?key=${encodeURIComponent(ORDERS_API)}`);
    const ofNamespace = await server.get("/namespaces/payments/events");
    const one = await server.get("/events?limit=1");

    expect(names(ofKey)).toEqual(["2"]);
    expect(names(ofNamespace)).toEqual(["3"]);
    expect(names(one)).toEqual(["3"]);
  });

  test.each(["key=orders", "limit=1001", "limit=0", "labelSelector=a"])(
    "refuse the query %s",
    async (query) => {
      expect((await server.get(`/events?${query}`)).status).toBe(400);
    },
  );
});

describe("discovery", () => {
  test("names every resource with its kind", async () => {
    const { json } = await server.get("/");

    expect(json.kind).toBe("APIResourceList");
    expect(json.resources.map((resource: { name: string }) => resource.name)).toEqual(
      Object.keys(RESOURCES).sort(),
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
