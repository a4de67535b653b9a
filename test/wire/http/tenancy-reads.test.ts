import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { CHAIN_START, nextEntry } from "../../../src/audit/chain.ts";
import type { AttributedChange, Attribution } from "../../../src/model/changes/attribution.ts";
import type { AuditFact } from "../../../src/audit/entry.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { RESOURCES } from "../../../src/api/resources.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { fakeState } from "../../support/screens/api-world.ts";
import { ORDERS_API, ORDERS_JOBS, REFUNDS } from "../../support/screens/world-keys.ts";
import { liveRole, record, view } from "../../support/screens/world-states.ts";
import {
  ORDERS_TOKEN,
  READER_TOKEN,
  startTestServer,
  type Answer,
  type TestServer,
} from "../../support/screens/http-server.ts";
import { NOW } from "../../support/fakes/fake-control.ts";
import { REVISION } from "../../support/record/audit-facts.ts";
import { leaks, hold, row } from "../../support/screens/tenancy.ts";
import { withFailingAccounts } from "../../support/screens/failing-accounts.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer({ state: withFailingAccounts(fakeState()) });
});
afterEach(() => server.close());

const get = (path: string): Promise<Answer> => server.get(path, ORDERS_TOKEN);

describe("a token of one namespace reads", () => {
  const byName = ["reaches", "reconciliations"];
  const readable = Object.entries(RESOURCES).filter(
    ([, { verbs }]) => verbs.includes("list") || verbs.includes("get"),
  );
  const paths = readable.filter(([name]) => !byName.includes(name)).map(([name]) => `/${name}`);

  test.each([...paths, "/events?limit=1000", "/reconciliations/token-1", "/"])(
    "no name of another namespace at %s",
    async (path) => {
      const answer = await get(path);

      expect(answer.status).toBe(200);
      expect(leaks(answer)).toEqual([]);
    },
  );

  test("no name of another namespace in why it is not known what its function reaches", async () => {
    const answer = await get("/namespaces/orders/reaches/orders-api.111122223333.eu-west-1");

    expect(answer.status).toBe(503);
    expect(leaks(answer)).toEqual([]);
  });

  test("its own Team, without the teams that share with it", async () => {
    const { json } = await get("/teams");

    expect(json.items).toHaveLength(1);
    expect(json.items[0].spec).toEqual({
      accounts: ["prod"],
      functions: ["orders-*"],
      resources: ["table/orders-*"],
      alerts: ["orders-chat"],
    });
    expect(json.items[0].status.fence).toMatchObject({
      given: [{ team: null, resources: ["table/orders-events"] }],
      received: [{ team: null, resources: ["invoices"] }],
    });
  });

  test("its own keys in full", async () => {
    const { json } = await get("/bindings");

    expect(json.items.map((item: { spec: { key: string } }) => item.spec.key)).toEqual([
      ORDERS_API,
      ORDERS_JOBS,
    ]);
  });

  test.each(Object.entries(RESOURCES).filter(([, { namespaced }]) => namespaced))(
    "nothing of %s in another namespace, whether it exists or not",
    async (name) => {
      const path = name !== "reaches" ? name : `${name}/refunds.111122223333.eu-west-1`;
      const existing = await get(`/namespaces/payments/${path}`);
      const missing = await get(`/namespaces/unknown/${path}`);

      expect([existing.status, missing.status]).toEqual([403, 403]);
      expect(existing.text.replaceAll("payments", "unknown")).toBe(missing.text);
    },
  );

  test.each([
    "/namespaces/payments/functionpermissions/refunds",
    "/namespaces/platform/managedpolicies/audit-read",
    `/events?key=${encodeURIComponent(REFUNDS)}`,
  ])("%s is Forbidden", async (path) => {
    expect((await get(path)).status).toBe(403);
  });

  test.each([
    "/waivers/ref-1",
    "/waivers/broken",
    `/holds/${"b".repeat(64)}`,
    "/suspensions/s-payments",
    "/orphans/role.refunds-old.111122223333",
  ])("%s is NotFound", async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test("of an account what its manifests need, and its own counts", async () => {
    const { json } = await get("/awsaccounts/prod");

    expect(json.spec).toEqual({ id: "111122223333", mode: "enforce" });
    expect(json.status.counts.bindings).toBe(2);
  });

  test("no count of the functions of an account, which are of every team", async () => {
    const counts = async (token: string) => {
      const account = (await server.get("/awsaccounts/prod", token)).json.status;
      const [shown] = (await server.get("/overview", token)).json.status.accounts;
      return [account, shown].map((one) => [one.functionsInGit, one.functionsSeen]);
    };

    expect(await counts(READER_TOKEN)).toEqual([
      [1204, 1388],
      [1204, 1388],
    ]);
    expect(await counts(ORDERS_TOKEN)).toEqual([
      [null, null],
      [null, null],
    ]);
  });

  test("no denied calls of an account, which name the roles of other teams", async () => {
    const { overview } = server.control.state;
    const deniedCalls = [
      { accountId: "111122223333", call: "iam:GetRole role/payments-refunds", sinceMs: 0 },
    ];
    const accounts = overview.accounts.map((account) => ({
      ...account,
      requests: { throttled: [], deniedCalls },
    }));
    await server.close();
    server = await startTestServer({ state: { overview: { ...overview, accounts } } });

    const theirs = await get("/awsaccounts/prod");
    const all = await server.get("/awsaccounts/prod");

    expect(theirs.json.status.deniedCalls).toEqual([]);
    expect(all.json.status.deniedCalls).toMatchObject([{ call: "iam:GetRole role/payments-refunds" }]);
  });

  test("messages about its own folder, without the other team's name", async () => {
    const { json } = await get("/overview");

    expect(json.status.diagnostics).toMatchObject([
      {
        origin: { file: "teams/orders/orders-jobs.yaml" },
        message: "the role is also claimed by (another namespace)",
      },
    ]);
  });

  test("its own folder as it is not read, and no other team's", async () => {
    const [first] = server.control.state.overview.diagnostics;
    if (first === undefined) throw new Error("the world of this test has no diagnostic");
    const at = (file: string) => ({ ...first, origin: { ...first.origin, file } });
    const diagnostics = [at("teams/orders"), at("teams/payments"), at("teams")];
    server.control.state.overview = { ...server.control.state.overview, diagnostics };

    const { json } = await get("/overview");

    expect(json.status.diagnostics).toMatchObject([{ origin: { file: "teams/orders" } }]);
  });

  test("suspensions that cover more than its namespace, for they stop its writes too", async () => {
    const { json } = await get("/suspensions");

    expect(json.items).toMatchObject([
      { metadata: { name: "s-everything" }, spec: { reason: "migration of (another namespace)" } },
      { metadata: { name: "s-orders" } },
    ]);
  });

  test("a pending approval together with others as far as its own keys go", async () => {
    const subject = digestOf("both");
    server.control.state.overview = {
      ...fakeState().overview,
      holds: [
        {
          ...hold(subject, [ORDERS_API, REFUNDS]),
          unlistedAuthors: "a force-push",
          newAccess: "of group security",
        },
      ],
    };

    const answer = await get("/holds");

    expect(answer.json.items[0].status).toMatchObject({
      keys: [ORDERS_API],
      calls: null,
      approvable: false,
    });
    expect(answer.json.items[0].status).not.toHaveProperty("unlistedAuthors");
    expect(answer.json.items[0].status).not.toHaveProperty("newAccess");
    expect(leaks(answer)).toEqual([]);
  });

  test.each([
    { changed: REFUNDS, isOutdated: [false, true], because: "no token learns of another team's function" },
    { changed: ORDERS_API, isOutdated: [true, true], because: "its own function changed in Git" },
  ])(
    "of a hold that it was planned before only what it may see: $because",
    async ({ changed, isOutdated }) => {
      const state = { ...fakeState().overview, holds: [hold(digestOf("both"), [ORDERS_API, REFUNDS])] };
      server.control.state.overview = state;
      server.control.state.uncompared = new Set([changed]);
      const asked = (token: string) =>
        Promise.all(["/holds", "/overview"].map((path) => server.get(path, token)));

      const answers = await Promise.all([ORDERS_TOKEN, READER_TOKEN].map(asked));

      const marks = answers.map(([holds, overview]) => [
        holds?.json.items[0].status.isOutdated === true,
        overview?.json.status.holds[0].status.isOutdated === true,
      ]);
      expect(marks).toEqual(isOutdated.map((mark) => [mark, mark]));
    },
  );

  test("nothing of a recorded difference before a pass shows whose role it is of", async () => {
    const delta = {
      ...NO_DELTA,
      allowed: [{ ...row("payments"), risk: "escalation", from: "payments" }],
    } as const;
    const inDrift = { since: "", fields: [], actor: null, delta };
    server.control.state.views = new Map();
    server.control.state.records = [record(ORDERS_API, { drift: inDrift })];

    for (const path of ["/bindings", "/overview", "/functionpermissions"])
      expect([path, leaks(await get(path))]).toEqual([path, []]);
    expect((await server.get("/bindings")).text).toContain("payments");
  });

  test.each([
    { of: "a role of another owner", fields: ["inline-extra"], owner: "payments/refunds" },
    { of: "the role that the function runs on", fields: ["function-role"], owner: "orders/orders-api" },
    { of: "a role before a pass of this process", fields: ["inline-extra"], owner: null },
  ])("no permissions of $of in the history of its key", async ({ fields, owner }) => {
    const allowed = [row("payments")];
    const found: AuditFact = {
      kind: "drift-found",
      key: ORDERS_API,
      revision: REVISION,
      fields,
      changes: ["+ s3:GetObject payments"],
      risks: [],
      delta: { ...NO_DELTA, allowed },
      severity: "security",
      authors: [
        { difference: "+ s3:GetObject payments", attribution: { kind: "unknown", reason: "payments" } },
        { difference: "+ s3:GetObject payments", attribution: byPayments() },
      ],
    };
    const views = owner === null ? [] : [view(ORDERS_API, { liveRole: liveRole(ORDERS_API, owner) })];
    server.control.state.views = new Map(views.map((one) => [ORDERS_API, one]));
    const { key, authors = [] } = found;
    const late: AuditFact = { kind: "drift-author-found", key, fields, found: 1, since: NOW, authors };
    const ended: AuditFact = {
      kind: "drift-ended",
      key,
      revision: REVISION,
      fields,
      how: "reverted",
      changes: ["+ s3:GetObject payments"],
      risks: [],
      since: NOW,
      lastCleanAt: null,
    };

    for (const fact of [found, late, ended]) {
      server.control.state.history = [nextEntry(CHAIN_START, fact, NOW)];

      expect(leaks(await get("/events"))).toEqual([]);
      // An empty page with a next one would show that the hidden part names someone.
      expect((await get("/events?by=payments&limit=1")).json).toMatchObject({ items: [], metadata: {} });
      expect((await get("/events?by=payments&limit=1")).json.metadata.continue).toBeUndefined();
      expect((await server.get("/events")).text).toContain("payments");
    }
  });
});

function byPayments(): Attribution {
  const actor = { kind: "principal", name: "role/payments-admin" };
  const change = { eventId: "e1", at: NOW, call: "iam:PutRolePolicy", aspect: { kind: "created" }, actor };
  return { kind: "named", change: change as unknown as AttributedChange };
}
