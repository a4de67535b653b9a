import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BASE_PATH, NAMESPACES_HEADER } from "../../../src/api/group.ts";
import {
  LOCAL_TOKEN,
  ORDERS_TOKEN,
  READER_TOKEN,
  startTestServer,
  type Answer,
  type TestServer,
} from "../../support/screens/http-server.ts";

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

function limited(path: string, namespaces: string, token = READER_TOKEN): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, [NAMESPACES_HEADER]: namespaces };
  return server.request(`${BASE_PATH}${path}`, { headers });
}

describe("a request that names namespaces", () => {
  test.each([
    "/overview",
    "/bindings",
    "/drifts",
    "/events",
    "/waivers",
    "/sources",
    "/teams",
    "/exposed",
    "/permissions",
    "/plans",
    "/awsaccounts",
    "/suspensions",
    "/orphans",
    "/alertroutes",
    "/livefunctions",
    "/functionpermissions",
  ])("gets of %s what a token with these namespaces gets", async (path) => {
    // Which approvals it may answer depends on its scopes, which ORDERS_TOKEN has more of.
    const withoutAnswers = (text: string): string => text.replaceAll(/"approvable":(true|false)/g, "");

    const own = withoutAnswers((await server.get(path, ORDERS_TOKEN)).text);
    const answer = await limited(path, "orders");

    expect(answer.status).toBe(200);
    expect(withoutAnswers(answer.text)).toBe(own);
  });

  test("may not see another namespace", async () => {
    expect((await limited("/namespaces/payments/bindings", "orders")).status).toBe(403);
    expect((await limited("/namespaces/payments/bindings", "orders, payments")).status).toBe(200);
  });

  test("does nothing outside of them, also with a token that may", async () => {
    const answer = await server.request(`${BASE_PATH}/suspensions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${LOCAL_TOKEN}`,
        [NAMESPACES_HEADER]: "orders",
        "content-type": "application/json",
      },
      body: JSON.stringify({ scope: { namespace: "payments" }, reason: "x", for: "1h" }),
    });

    expect(answer.status).toBe(403);
    expect(server.control.commands).toEqual([]);
  });

  test.each([
    { namespaces: "payments", because: "its token does not have it" },
    { namespaces: "orders,payments", because: "its token has only one of them" },
    { namespaces: "unknown", because: "it does not exist: the answer is the same" },
  ])("is refused: $because", async ({ namespaces }) => {
    const answer = await limited("/bindings", namespaces, ORDERS_TOKEN);

    expect(answer.status).toBe(403);
    expect(answer.json.message).toMatch(/^token "ci-orders" may not see namespace "(payments|unknown)"$/);
    expect(server.control.refusals).toMatchObject([{ actor: "ci-orders", status: 403 }]);
  });

  test.each(["", "orders,", "*", "Orders", "a b", "x".repeat(64), Array(101).fill("a").join(",")])(
    "is refused for the text %j",
    async (namespaces) => {
      expect((await limited("/bindings", namespaces)).status).toBe(400);
    },
  );
});
