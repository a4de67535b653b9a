import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ORDERS_API, ORDERS_JOBS, REFUNDS } from "../../support/screens/world-keys.ts";
import { ORDERS_TOKEN, startTestServer, type TestServer } from "../../support/screens/http-server.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

describe("a reconciliation", () => {
  test("of keys is asked for each once and answered with a token to ask again with", async () => {
    const made = await server.post("/reconciliations", { keys: [REFUNDS, ORDERS_API, REFUNDS] });
    const asked = await server.get(`/reconciliations/${made.json.metadata.name}`);

    expect(made.status).toBe(202);
    expect(server.control.commands).toMatchObject([
      { request: { kind: "keys", keys: [ORDERS_API, REFUNDS] } },
    ]);
    expect(asked.json).toMatchObject({ kind: "Reconciliation", status: { done: false } });
    expect(asked.json).toEqual(made.json);
  });

  test("is asked for again and again without a read of the record", async () => {
    const made = await server.post("/reconciliations", { keys: [ORDERS_API] });
    const readsBefore = server.control.recordReads;

    server.control.state.version += 1;
    const asked = await server.get(`/reconciliations/${made.json.metadata.name}`);

    expect(asked.status).toBe(200);
    expect(server.control.recordReads).toBe(readsBefore);
  });
});

describe("a rollback", () => {
  const body = { revision: "main@9c1d04e", reason: "INC-4410", for: "2h" };

  test("of the platform source or of a namespace's has an end, and is ended", async () => {
    const made = await server.post("/rollbacks", body);
    const ended = await server.post("/rollbacks/end", { namespace: "orders", reason: "over" });

    expect([made.status, ended.status]).toEqual([201, 200]);
    expect(made.json).toMatchObject({ kind: "Rollback", spec: { namespace: null, actor: "local" } });
    expect(server.control.commands).toMatchObject([
      { request: { namespace: null, revision: "main@9c1d04e", until: "2026-11-25T14:00:00.000Z" } },
      { request: { namespace: "orders", reason: "over" } },
    ]);
  });

  test.each([
    { path: "/rollbacks", change: {}, because: "the platform source is not the team's" },
    { path: "/rollbacks", change: { namespace: "payments" }, because: "the source is of another team" },
  ])("is refused for a token of one namespace: $because", async ({ path, change }) => {
    const answer = await server.post(path, { ...body, ...change }, ORDERS_TOKEN);

    expect(answer.status).toBe(403);
    expect(server.control.commands).toEqual([]);
  });
});

describe("a suspension", () => {
  test("by duration ends that long from now", async () => {
    const { status, json } = await server.post("/suspensions", {
      scope: { key: ORDERS_JOBS },
      reason: " INC-4410 ",
      for: "2h",
    });

    expect(status).toBe(201);
    expect(json).toMatchObject({
      kind: "Suspension",
      metadata: { name: "s-new" },
      spec: {
        scope: { key: ORDERS_JOBS, namespace: null, accountId: null },
        reason: "INC-4410",
        actor: "local",
        until: "2026-11-25T14:00:00.000Z",
      },
    });
  });

  test("with an end time ends then, in every time zone", async () => {
    const until = "2026-11-25T14:00:00+01:00";

    const { json } = await server.post("/suspensions", { scope: { everything: true }, reason: "x", until });

    expect(json.spec.until).toBe("2026-11-25T13:00:00.000Z");
  });

  test("that ended before it began is refused", async () => {
    const until = "2026-11-25T12:00:00Z";

    expect(
      (await server.post("/suspensions", { scope: { everything: true }, reason: "x", until })).status,
    ).toBe(400);
  });

  test("ends early by resume, with a reason", async () => {
    const { status, json } = await server.post("/suspensions/s-everything/resume", { reason: "over" });

    expect(status).toBe(200);
    expect(json.metadata.name).toBe("s-everything");
    expect(server.control.commands).toEqual([
      { name: "resume", actor: "local", request: { id: "s-everything", reason: "over" } },
    ]);
  });
});

test.each([
  { given: {}, forMs: 3_600_000, because: "for an hour by default" },
  { given: { for: "30m" }, forMs: 1_800_000, because: "for the given duration" },
])("an approval is valid $because", async ({ given, forMs }) => {
  const { status, json } = await server.post("/approvals", { subject: "7f3a91c2", reason: "seen", ...given });

  expect(status).toBe(201);
  expect(json.kind).toBe("Approval");
  expect(server.control.commands).toMatchObject([
    { request: { subject: "7f3a91c2", reason: "seen", forMs } },
  ]);
});

describe("a body", () => {
  const scope = { everything: true };
  test.each([
    { path: "/reconciliations", body: {}, field: "" },
    { path: "/reconciliations", body: { keys: [ORDERS_API], all: true }, field: "" },
    { path: "/reconciliations", body: { all: false }, field: "all" },
    { path: "/reconciliations", body: { keys: [] }, field: "keys" },
    { path: "/reconciliations", body: { keys: [ORDERS_API, "orders/orders-api"] }, field: "keys[1]" },
    { path: "/reconciliations", body: { all: true, force: true }, field: "force" },
    { path: "/suspensions", body: { scope: {}, reason: "x", for: "1h" }, field: "scope" },
    {
      path: "/suspensions",
      body: { scope: { everything: true, namespace: "a" }, reason: "x", for: "1h" },
      field: "scope",
    },
    {
      path: "/suspensions",
      body: { scope: { accountId: 1 }, reason: "x", for: "1h" },
      field: "scope.accountId",
    },
    { path: "/suspensions", body: { scope: { acount: "1" }, reason: "x", for: "1h" }, field: "scope.acount" },
    { path: "/suspensions", body: { scope, for: "1h" }, field: "reason" },
    { path: "/suspensions", body: { scope, reason: "  ", for: "1h" }, field: "reason" },
    { path: "/suspensions", body: { scope, reason: "a\nb", for: "1h" }, field: "reason" },
    { path: "/suspensions", body: { scope, reason: "x".repeat(501), for: "1h" }, field: "reason" },
    { path: "/suspensions", body: { scope, reason: "x" }, field: "" },
    {
      path: "/suspensions",
      body: { scope, reason: "x", for: "1h", until: "2027-01-01T00:00:00Z" },
      field: "",
    },
    { path: "/suspensions", body: { scope, reason: "x", until: "2027-01-01" }, field: "until" },
    { path: "/suspensions", body: { scope, reason: "x", for: "0s" }, field: "for" },
    { path: "/suspensions", body: { scope, reason: "x", for: "999999999d" }, field: "for" },
    { path: "/suspensions/s-orders/resume", body: {}, field: "reason" },
    { path: "/approvals", body: { reason: "x" }, field: "subject" },
    { path: "/approvals", body: { subject: "", reason: "x" }, field: "subject" },
    { path: "/approvals", body: { subject: "7f3a91c2", reason: "x", for: "soon" }, field: "for" },
  ])("$body at $path is refused for $field", async ({ path, body, field }) => {
    const { status, json } = await server.post(path, body);

    expect(status).toBe(400);
    expect(json.reason).toBe("BadRequest");
    expect(json.details.causes.map((cause: { field: string }) => cause.field)).toContain(field);
    expect(server.control.commands).toEqual([]);
    expect(server.control.refusals).toMatchObject([{ actor: "local", status: 400 }]);
  });
});

test.each([
  { code: "not-found", status: 404, reason: "NotFound" },
  { code: "invalid", status: 422, reason: "Invalid" },
  { code: "conflict", status: 409, reason: "Conflict" },
  { code: "ambiguous", status: 409, reason: "Conflict" },
] as const)("what the controller refuses as $code is $status $reason", async ({ code, status, reason }) => {
  server.control.state.refusal = { code, message: "7f3a91c2 is not held any more" };

  const answer = await server.post("/approvals", { subject: "7f3a91c2", reason: "x" });

  expect(answer.status).toBe(status);
  expect(answer.json).toMatchObject({
    kind: "Status",
    reason,
    code: status,
    message: "7f3a91c2 is not held any more",
  });
});
