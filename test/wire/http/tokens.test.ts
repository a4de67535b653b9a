import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../src/api/group.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import {
  EXPIRED_TOKEN,
  LOCAL_TOKEN,
  ORDERS_TOKEN,
  READER_TOKEN,
  startTestServer,
  type TestServer,
} from "../../support/screens/http-server.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

describe("without a known token", () => {
  test.each([
    { authorization: undefined, because: "there is none" },
    { authorization: "", because: "it is empty" },
    { authorization: `Basic ${LOCAL_TOKEN}`, because: "only Bearer is known" },
    { authorization: "Bearer", because: "nothing follows" },
    { authorization: "Bearer unknown", because: "no token matches it" },
    { authorization: `Bearer ${LOCAL_TOKEN.slice(0, -1)}`, because: "a prefix is no token" },
    { authorization: `Bearer ${LOCAL_TOKEN} x`, because: "more follows" },
    { authorization: `Bearer ${"x".repeat(5_000)}`, because: "it is too long" },
  ])("the API is Unauthorized: $because", async ({ authorization }) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };

    const answer = await server.request(`${BASE_PATH}/bindings`, { headers });

    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ kind: "Status", reason: "Unauthorized" });
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(server.control.refusals).toMatchObject([
      { actor: "anonymous", status: 401, path: `${BASE_PATH}/bindings` },
    ]);
  });

  test("even an unknown path below the API reveals nothing", async () => {
    expect((await server.get("/nothing", null)).status).toBe(401);
  });

  test("a command is not carried out", async () => {
    await server.post("/reconciliations", { all: true }, "unknown");

    expect(server.control.commands).toEqual([]);
  });
});

test("an expired token is refused by its name", async () => {
  const { status, json } = await server.get("/bindings", EXPIRED_TOKEN);

  expect(status).toBe(401);
  expect(json.message).toBe("the token has expired");
  expect(server.control.refusals).toMatchObject([{ actor: "old" }]);
});

test("the local token may do everything, as local", async () => {
  await server.post("/reconciliations", { all: true }, LOCAL_TOKEN);

  expect(server.control.commands).toEqual([{ name: "reconcile", actor: "local", request: { kind: "all" } }]);
});

test("a token's name is the actor", async () => {
  await server.post("/reconciliations", { keys: [ORDERS_API] }, ORDERS_TOKEN);

  expect(server.control.commands).toMatchObject([{ actor: "ci-orders" }]);
});

test.each([
  { path: "/reconciliations", scope: "reconcile" },
  { path: "/suspensions", scope: "suspend" },
  { path: "/suspensions/s-orders/resume", scope: "suspend" },
  { path: "/approvals", scope: "approve" },
])("POST $path needs the scope $scope, before the body is looked at", async ({ path, scope }) => {
  const { status, json } = await server.post(path, "no object", READER_TOKEN);

  expect(status).toBe(403);
  expect(json).toMatchObject({ reason: "Forbidden", message: `token "reader" lacks the scope ${scope}` });
  expect(server.control.refusals).toMatchObject([{ actor: "reader", method: "POST", status: 403 }]);
});
