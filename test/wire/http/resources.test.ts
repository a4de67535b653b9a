import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Finding } from "../../../src/model/finding.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { LEDGER, ORDERS_API, REFUNDS } from "../../support/screens/world-keys.ts";
import { condition, record, view } from "../../support/screens/world-states.ts";
import { startTestServer, type TestServer, names } from "../../support/screens/http-server.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

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

  test("teams show what each of them allows, with the shares of both sides, and null for one with an error", async () => {
    const { json } = await server.get("/teams");

    expect(
      json.items.map((item: { metadata: { name: string }; status: object }) => [
        item.metadata.name,
        item.status,
      ]),
    ).toEqual([
      [
        "orders",
        expect.objectContaining({
          fence: {
            accounts: ["prod"],
            functions: ["orders-*"],
            resources: ["table/orders-*"],
            alerts: ["orders-chat"],
            given: [{ team: "payments", resources: ["table/orders-events"], grants: null }],
            received: [{ team: "payments", resources: ["invoices"], grants: { dynamodb: ["read"] } }],
          },
          counts: expect.objectContaining({ bindings: 2 }),
          source: { file: "platform/all.yaml", line: 1 },
        }),
      ],
      ["payments", expect.objectContaining({ fence: expect.objectContaining({ accounts: null }) })],
      ["search", expect.objectContaining({ fence: null })],
    ]);
  });

  test("a team shows which rules refuse how many of its functions and policies", async () => {
    const broken = (rule: string, severity: "block" | "warn"): Finding => ({
      rule,
      severity,
      key: ORDERS_API,
      origin: { file: "teams/orders/orders-api.yaml", line: 1, column: 1, path: "" },
      evidence: "",
      why: "x",
      fix: "y",
      waiver: { kind: "none" },
    });
    const findings = [broken("TEN-004", "block"), broken("TEN-004", "block"), broken("SID-001", "warn")];
    server.control.state.views = new Map([[ORDERS_API, view(ORDERS_API, { findings })]]);
    const { json } = await server.get("/teams/orders");

    expect(json.status.refused).toEqual({ "TEN-004": 1 });
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

  test("are those of a kind, of a person and of a period", async () => {
    const at = async (query: string): Promise<readonly string[]> =>
      names(await server.get(`/events?${query}`));

    expect(await at("kind=operation")).toEqual(["1"]);
    expect(await at("kind=writes,stopped&limit=2")).toEqual(["3", "2"]);
    expect(await at("by=dana")).toEqual([]);
    expect(await at("since=2026-01-01&until=2026-01-02")).toEqual([]);
    expect(await at("since=2026-01-01&kind=write-intended")).toEqual(["3", "2"]);
  });

  test.each([
    "key=orders",
    "limit=1001",
    "limit=0",
    "labelSelector=a",
    "kind=reverted",
    "by=",
    "since=yesterday",
    "since=2026-01-02&until=2026-01-02",
  ])("refuse the query %s", async (query) => {
    expect((await server.get(`/events?${query}`)).status).toBe(400);
  });
});
