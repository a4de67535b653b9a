import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { CHAIN_START, nextEntry } from "../../../../src/audit/chain.ts";
import type { AuditEntry, AuditFact } from "../../../../src/audit/entry.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { NO_DELTA } from "../../../../src/model/delta.ts";
import { DIGEST, intent, REVISION } from "../../../support/record/audit-facts.ts";
import { NOW } from "../../../support/fakes/fake-control.ts";
import { getAs, getTable, rowsOf } from "../../../support/kubernetes/requests.ts";
import { happen, named, Watching } from "../../../support/kubernetes/watching.ts";
import { manifest } from "../../../support/screens/api-world.ts";
import { ORDERS_API, REFUNDS } from "../../../support/screens/world-keys.ts";
import { ORDERS_TOKEN, startTestServer, type TestServer } from "../../../support/screens/http-server.ts";

const COVERED = { permissions: [], calls: [] };

const FACTS: readonly AuditFact[] = [
  {
    kind: "drift-found",
    key: ORDERS_API,
    revision: REVISION,
    fields: ["attachments"],
    changes: ["+ AdministratorAccess attached to its role"],
    risks: [],
    delta: NO_DELTA,
    severity: "security",
  },
  {
    kind: "approved",
    subject: DIGEST,
    actor: "dana",
    reason: "ORD-1 and payments",
    expiresAt: NOW,
    covers: [
      { key: ORDERS_API, ...COVERED },
      { key: REFUNDS, ...COVERED },
    ],
  },
  { kind: "suspended", id: "s-1", scope: ORDERS_API, actor: "dana", reason: "INC-4410", until: NOW },
  intent({ key: REFUNDS }),
  {
    kind: "write-finished",
    intent: 4,
    key: REFUNDS,
    requestId: null,
    outcome: "failed",
    error: "AccessDenied",
  },
  { kind: "stopped", version: "0.1.0", reason: "asked for payments" },
];

function chained(facts: readonly AuditFact[]): readonly AuditEntry[] {
  const entries: AuditEntry[] = [];
  for (const fact of facts) {
    const last = entries.at(-1);
    entries.push(nextEntry(last === undefined ? CHAIN_START : { seq: last.seq, hash: last.hash }, fact, NOW));
  }
  return entries;
}

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
  server.control.state.history = chained(FACTS);
});
afterEach(() => server.close());

interface ShownEvent {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly involvedObject: { readonly kind: string; readonly name: string; readonly uid: string };
  readonly reason: string;
  readonly message: string;
  readonly type: string;
}

async function events(path: string, token?: string): Promise<readonly ShownEvent[]> {
  const { json } = await getAs(server, path, token === undefined ? {} : { token });
  return json.items;
}

function of(selector: string, namespace = "orders"): string {
  return `/api/v1/namespaces/${namespace}/events?fieldSelector=${encodeURIComponent(selector)}`;
}

describe("core events", () => {
  test("name a held plan with its reason, and claim no approval where it waits for another function", async () => {
    const reason = "waits for orders/orders-db@prod/eu-west-1 (dependsOn): it is suspended";
    const plan = { key: ORDERS_API, revision: REVISION, planDigest: DIGEST, subject: DIGEST };
    server.control.state.history = chained([{ kind: "plan-held", ...plan, reason }]);

    const [held] = await events("/api/v1/events");

    expect(held?.message).toBe(`held as bbbbbbbb: ${reason}`);
  });

  test("are the audit entries about keys, newest first; others are only in the history", async () => {
    const found = await events("/api/v1/events");

    expect(found.map(({ reason, type, involvedObject }) => [reason, type, involvedObject.name])).toEqual([
      ["WriteFinished", "Warning", "refunds"],
      ["WriteIntended", "Normal", "refunds"],
      ["Suspended", "Warning", "orders-api"],
      ["Approved", "Normal", "orders-api"],
      ["Approved", "Normal", "refunds"],
      ["DriftFound", "Warning", "orders-api"],
    ]);
    expect(new Set(found.map(({ metadata }) => metadata.uid)).size).toBe(6);
  });

  test("have what describe prints, and name the entry", async () => {
    const [, , , drift] = await events("/api/v1/namespaces/orders/events");

    expect(drift).toBeUndefined();
    const [found] = await events(of("reason=DriftFound"));
    expect(found).toMatchObject({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "1", namespace: "orders", creationTimestamp: NOW },
      involvedObject: {
        apiVersion: "grantkeeper.dev/v1alpha1",
        kind: "FunctionPermission",
        name: "orders-api",
        uid: "uid-orders-orders-api",
      },
      message: "differs from Git: + AdministratorAccess attached to its role",
      firstTimestamp: NOW,
      lastTimestamp: NOW,
      count: 1,
      source: { component: "grantkeeper" },
    });
  });

  test("are of the binding if the selector asks for it, with the uid that the binding is served with", async () => {
    const name = "orders-api.111122223333.eu-west-1";
    const path = `/apis/grantkeeper.dev/v1alpha1/namespaces/orders/bindings/${name}`;
    const { json } = await getAs(server, path);

    const selector = `involvedObject.uid=${json.metadata.uid},involvedObject.kind=Binding,involvedObject.name=${name}`;
    const found = await events(of(selector));

    expect(found.map(({ reason }) => reason)).toEqual(["Suspended", "Approved", "DriftFound"]);
    expect(new Set(found.map(({ involvedObject }) => involvedObject.kind))).toEqual(new Set(["Binding"]));
  });

  test.each([
    { selector: "type=Warning,involvedObject.name=orders-api", count: 2 },
    { selector: "involvedObject.kind=Drift", count: 0 },
    {
      selector: "involvedObject.apiVersion=grantkeeper.dev/v1alpha1,involvedObject.namespace=orders",
      count: 3,
    },
    { selector: "metadata.name=1", count: 1 },
  ])("are selected by $selector", async ({ selector, count }) => {
    expect(await events(of(selector))).toHaveLength(count);
  });

  test("refuse another selector", async () => {
    expect((await getAs(server, of("source=x"))).status).toBe(400);
  });

  test.each([
    { labelSelector: "team=orders", count: 0 },
    { labelSelector: "team", count: 0 },
    { labelSelector: "!team", count: 2 },
    { labelSelector: "team!=orders", count: 2 },
  ])("have no labels: $labelSelector selects $count", async ({ labelSelector, count }) => {
    const selector = `labelSelector=${encodeURIComponent(labelSelector)}&limit=2`;

    expect((await getAs(server, `/api/v1/events?${selector}`)).json.items).toHaveLength(count);
  });

  test.each(["", "watch=true&"])("with a label selector that is none are refused: %s", async (watch) => {
    const answer = await getAs(server, `/api/v1/events?${watch}labelSelector=${encodeURIComponent("a b")}`);

    expect(answer).toMatchObject({ status: 400, json: { reason: "BadRequest" } });
  });

  test("are a table for kubectl get events, cut by limit", async () => {
    const answer = await getTable(server, "/api/v1/events?limit=2");

    expect(rowsOf(answer)).toEqual([
      {
        "Last Seen": "0s",
        Type: "Warning",
        Reason: "WriteFinished",
        Object: "functionpermission/refunds",
        Message: "failed: the call of entry 4: AccessDenied",
        Name: "5",
      },
      expect.objectContaining({ Reason: "WriteIntended" }),
    ]);
  });
});

describe("a token of one namespace", () => {
  test("sees the events of its own keys, without the names of others in their messages", async () => {
    const { text, json } = await getAs(server, "/api/v1/events", { token: ORDERS_TOKEN });

    expect(json.items.map(({ reason }: ShownEvent) => reason)).toEqual([
      "Suspended",
      "Approved",
      "DriftFound",
    ]);
    expect(text).not.toMatch(/payments|refunds/);
    expect(text).toContain("ORD-1 and (another namespace)");
  });

  test("is refused the events of another namespace, whether it exists or not", async () => {
    for (const namespace of ["payments", "unknown"])
      expect(await getAs(server, of("type=Normal", namespace), { token: ORDERS_TOKEN })).toMatchObject({
        status: 403,
      });
  });

  test("sees only its own namespaces", async () => {
    const list = await getTable(server, "/api/v1/namespaces", ORDERS_TOKEN);
    const [own, foreign, missing] = [
      await getAs(server, "/api/v1/namespaces/orders", { token: ORDERS_TOKEN }),
      await getAs(server, "/api/v1/namespaces/payments", { token: ORDERS_TOKEN }),
      await getAs(server, "/api/v1/namespaces/unknown", { token: ORDERS_TOKEN }),
    ];

    expect(rowsOf(list)).toEqual([{ Name: "orders", Status: "Active", Age: "0s" }]);
    expect(own.json).toMatchObject({ kind: "Namespace", status: { phase: "Active" } });
    expect([foreign.status, missing.status]).toEqual([403, 403]);
    expect(foreign.text.replaceAll("payments", "unknown")).toBe(missing.text);
  });
});

test("watches of one namespace get its own entries, and nothing of another namespace", async () => {
  const own = await startTestServer();
  own.control.state.history = chained(FACTS);
  const [entries, namespaces] = await Promise.all(
    ["events", "namespaces"].map((path) =>
      Watching.open(own, `/api/v1/${path}?watch=true`, { token: ORDERS_TOKEN }),
    ),
  );
  const before = await entries?.take(3);

  const of = (key: Key): AuditFact => intent({ key });
  happen(own, {
    history: chained([...FACTS, of(REFUNDS), of(ORDERS_API)]),
    objects: [...own.control.state.objects, manifest({ name: "new", namespace: "treasury" })],
  });
  const after = await entries?.take(1);
  await own.close();

  expect(after?.map(({ object }) => object.involvedObject.name)).toEqual(["orders-api"]);
  expect((await namespaces?.rest())?.map(named)).toEqual(["ADDED orders"]);
  expect(JSON.stringify([before, after, await entries?.rest()])).not.toMatch(/payments|refunds/);
});

test("a token of all namespaces gets 404 for a namespace that has nothing", async () => {
  expect(await getAs(server, "/api/v1/namespaces/unknown")).toMatchObject({
    status: 404,
    json: { reason: "NotFound" },
  });
});
