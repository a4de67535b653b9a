import { afterEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { BASE_PATH } from "../../../../src/api/group.ts";
import type { TokenScope } from "../../../../src/model/values/api-token.ts";
import { OWN_PAGE } from "../../../support/screens/browser.ts";
import { startTestServer, type Answer, type TestServer } from "../../../support/screens/http-server.ts";
import { hold } from "../../../support/screens/tenancy.ts";
import { LEDGER, ORDERS_API, PAYMENTS_SUBJECT, REFUNDS } from "../../../support/screens/world-keys.ts";
import { pageWith } from "../../../support/sign-in/granted.ts";

type Pair = Parameters<typeof pageWith>[0][number];

let server: TestServer;
let cookie: string;
let grant: Awaited<ReturnType<typeof pageWith>>["grant"];
afterEach(() => server.close());

async function start(grants: readonly Pair[]): Promise<void> {
  const granted = await pageWith(grants);
  ({ cookie, grant } = granted);
  const { page } = granted;
  server = await startTestServer({ options: { page, limits: { requestsPerMinute: 100_000 } } });
}

function get(path: string): Promise<Answer> {
  return server.request(`${BASE_PATH}${path}`, { headers: { cookie } });
}

function send(method: "POST" | "PATCH", path: string, body: unknown): Promise<Answer> {
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  return server.request(`${BASE_PATH}${path}`, {
    method,
    headers: { cookie, ...OWN_PAGE, "content-type": type },
    body: JSON.stringify(body),
  });
}

const READS_ALL: Pair = { scopes: ["read"], namespaces: ["*"] };

describe("to read everything and to approve in orders", () => {
  const approves: Pair = { scopes: ["approve"], namespaces: ["orders"] };

  test("is not to approve in payments, which no list shows as possible", async () => {
    await start([READS_ALL, approves]);

    const { json } = await get("/holds");
    const answer = await send("POST", "/approvals", { subject: PAYMENTS_SUBJECT, reason: "CHG-88" });

    expect(json.items.map(({ status }: { status: object }) => status)).toMatchObject([{ approvable: false }]);
    expect(answer.status).toBe(404);
    expect(server.control.commands).toEqual([]);
  });

  test("is to approve in orders", async () => {
    await start([READS_ALL, approves]);
    const { overview } = server.control.state;
    server.control.state.overview = { ...overview, holds: [hold(PAYMENTS_SUBJECT, [ORDERS_API])] };

    const { json } = await get("/holds");
    const answer = await send("POST", "/approvals", { subject: PAYMENTS_SUBJECT, reason: "CHG-88" });

    expect(json.items).toMatchObject([{ status: { approvable: true } }]);
    expect(answer.status).toBe(201);
    expect(server.control.commands).toMatchObject([
      { name: "approve", actor: "Dana Ruiz <https://login.example.com#00u1>" },
    ]);
  });

  test("is not to approve a plan that also covers payments, or a revision of every namespace", async () => {
    await start([READS_ALL, approves]);
    const { overview } = server.control.state;
    for (const keys of [[ORDERS_API, REFUNDS], []]) {
      server.control.state.overview = { ...overview, holds: [hold(PAYMENTS_SUBJECT, keys)] };

      const { json } = await get("/holds");
      const answer = await send("POST", "/approvals", { subject: PAYMENTS_SUBJECT, reason: "CHG-88" });

      expect(json.items).toMatchObject([{ status: { approvable: false } }]);
      expect([403, 404]).toContain(answer.status);
    }
    expect(server.control.commands).toEqual([]);
  });
});

describe("an annotation", () => {
  const annotations = (change: object) => ({ metadata: { annotations: change } });
  const SUSPEND = annotations({ "grantkeeper.dev/suspend": "2h", "grantkeeper.dev/reason": "INC-4410" });
  const RECONCILE = annotations({ "grantkeeper.dev/requestedAt": "now" });
  const path = (namespace: string, name: string) => `/namespaces/${namespace}/functionpermissions/${name}`;

  test("acts only where the person may act, not where they may read", async () => {
    await start([READS_ALL, { scopes: ["suspend", "reconcile"], namespaces: ["orders"] }]);

    for (const change of [SUSPEND, RECONCILE])
      expect((await send("PATCH", path("payments", "refunds"), change)).status).toBe(403);
    expect(server.control.commands).toEqual([]);
    for (const change of [SUSPEND, RECONCILE])
      expect((await send("PATCH", path("orders", "orders-api"), change)).status).toBe(200);
    expect(server.control.commands.map(({ name }) => name)).toEqual(["suspend-all", "reconcile"]);
  });

  test("needs to read what it acts on", async () => {
    await start([
      { ...READS_ALL, namespaces: ["payments"] },
      { scopes: ["suspend"], namespaces: ["*"] },
    ]);

    expect((await send("PATCH", path("orders", "orders-api"), SUSPEND)).status).toBe(403);
  });
});

const SCOPES: readonly TokenScope[] = ["read", "reconcile", "suspend", "approve"];
const PLACES = [
  { namespace: "orders", key: ORDERS_API },
  { namespace: "payments", key: REFUNDS },
  { namespace: "payments", key: LEDGER },
] as const;

const grants = fc.array(
  fc.record({
    scopes: fc.uniqueArray(fc.constantFrom(...SCOPES), { minLength: 1 }),
    namespaces: fc.uniqueArray(fc.constantFrom("orders", "payments", "*"), { minLength: 1 }),
  }),
  { minLength: 1, maxLength: 3 },
);

/** Each request with the scope that it needs in the namespace of the key. */
const REQUESTS = [
  { scope: "read", ask: ({ namespace }: Place) => get(`/namespaces/${namespace}/bindings`) },
  { scope: "read", ask: ({ namespace }: Place) => get(`/namespaces/${namespace}/events`) },
  { scope: "reconcile", ask: ({ key }: Place) => send("POST", "/reconciliations", { keys: [key] }) },
  {
    scope: "suspend",
    ask: ({ key }: Place) => send("POST", "/suspensions", { scope: { key }, for: "1h", reason: "x" }),
  },
  {
    scope: "suspend",
    ask: ({ namespace }: Place) =>
      send("POST", "/suspensions", { scope: { namespace }, for: "1h", reason: "x" }),
  },
] as const;
type Place = (typeof PLACES)[number];

test("a thousand requests of people with random grants are answered as a model of one grant at a time answers", async () => {
  await start([READS_ALL]);
  await fc.assert(
    fc.asyncProperty(grants, async (pairs) => {
      grant(pairs);
      for (const place of PLACES)
        for (const { scope, ask } of REQUESTS) {
          const allowed = pairs.some(
            ({ scopes, namespaces }) =>
              scopes.includes(scope) && (namespaces.includes("*") || namespaces.includes(place.namespace)),
          );
          const { status } = await ask(place);
          const outcome = status < 300 ? "answered" : status;
          expect({ pairs, place, scope, outcome }).toMatchObject({ outcome: allowed ? "answered" : 403 });
        }
    }),
    { numRuns: 67 },
  );
});
