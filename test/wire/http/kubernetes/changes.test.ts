import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../../src/api/group.ts";
import { RESOURCES } from "../../../../src/api/resources.ts";
import { change, type ChangeRequest } from "../../../support/kubernetes/requests.ts";
import { createHash } from "node:crypto";
import { ORDERS_TOKEN, startTestServer, type TestServer } from "../../../support/screens/http-server.ts";

const COMMANDER_TOKEN = "commander-token";
const ORDERS_API = `${BASE_PATH}/namespaces/orders/functionpermissions/orders-api`;
const PLACE =
  'functionpermission "orders-api" is read-only here: Git is the only source. Change teams/orders/orders-api.yaml:1 and merge it';

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

describe("a change of what Git declares is refused with the place to change it:", () => {
  test.each<ChangeRequest & { readonly as: string }>([
    { as: "kubectl delete", method: "DELETE", path: ORDERS_API },
    { as: "kubectl replace", method: "PUT", path: ORDERS_API, type: "application/json" },
    { as: "kubectl patch", method: "PATCH", path: ORDERS_API, body: '{"spec":{"mode":"observe"}}' },
    {
      as: "kubectl patch --type=json",
      method: "PATCH",
      path: ORDERS_API,
      type: "application/json-patch+json",
      body: "[]",
    },
    {
      as: "kubectl patch --type=strategic",
      method: "PATCH",
      path: ORDERS_API,
      type: "application/strategic-merge-patch+json",
    },
    {
      as: "kubectl apply --server-side",
      method: "PATCH",
      path: ORDERS_API,
      type: "application/apply-patch+yaml",
      body: "a: b",
    },
    { as: "kubectl label", method: "PATCH", path: ORDERS_API, body: '{"metadata":{"labels":{"a":"b"}}}' },
    {
      as: "another annotation",
      method: "PATCH",
      path: ORDERS_API,
      body: '{"metadata":{"annotations":{"a":"b"}}}',
    },
    { as: "kubectl scale", method: "PATCH", path: `${ORDERS_API}/scale` },
    { as: "a status", method: "PUT", path: `${ORDERS_API}/status` },
    { as: "a dry run", method: "DELETE", path: `${ORDERS_API}?dryRun=All` },
  ])("$as", async (row) => {
    const { as: _, ...request } = row;
    const { status, json } = await change(server, request);

    expect(status).toBe(405);
    expect(json).toMatchObject({ kind: "Status", reason: "MethodNotAllowed", code: 405, message: PLACE });
    expect(server.control.commands).toEqual([]);
    expect(server.control.refusals).toMatchObject([{ actor: "local", method: request.method, status: 405 }]);
  });

  test.each(["functionpermissions", "namespaces/orders/functionpermissions"])(
    "kubectl create at %s",
    async (path) => {
      const request = {
        method: "POST",
        path: `${BASE_PATH}/${path}`,
        type: "application/yaml",
        body: "x",
      } as const;

      expect(await change(server, request)).toMatchObject({
        status: 405,
        json: {
          message:
            "functionpermissions are read-only here: Git is the only source. Change the manifests and merge them",
        },
      });
    },
  );
});

describe("what the controller computes is read-only", () => {
  const digits = "b".repeat(64);
  test.each([
    { path: "/namespaces/orders/drifts", message: "drifts are computed by the controller and are read-only" },
    {
      path: `/holds/${digits}`,
      message:
        "holds are computed by the controller and are read-only; to answer one: grantkeeper approve DIGEST --reason TEXT",
    },
    {
      path: "/namespaces/orders/bindings/orders-api.111122223333.eu-west-1",
      message:
        "bindings are computed by the controller and are read-only: change teams/orders/orders-api.yaml:1 and merge it",
    },
  ])("$path", async ({ path, message }) => {
    expect(await change(server, { method: "DELETE", path: `${BASE_PATH}${path}` })).toMatchObject({
      status: 405,
      json: { message },
    });
  });

  test.each(Object.keys(RESOURCES))("no change of %s is accepted", async (name) => {
    const path = `${BASE_PATH}/${RESOURCES[name as keyof typeof RESOURCES].namespaced ? "namespaces/orders/" : ""}${name}`;
    const statuses = [
      (await change(server, { method: "DELETE", path })).status,
      (await change(server, { method: "PUT", path: `${path}/none` })).status,
      (await change(server, { method: "PATCH", path: `${path}/none`, body: '{"spec":{}}' })).status,
    ];

    expect(statuses.filter((status) => status !== 404 && status !== 405)).toEqual([]);
    expect(server.control.commands).toEqual([]);
  });
});

test.each(["POST", "PUT", "PATCH", "DELETE"] as const)(
  "%s of a namespace is refused, with a token",
  async (method) => {
    const path = `/api/v1/namespaces${method === "POST" ? "" : "/orders"}`;
    const message = "namespaces are those of the manifests in Git, and are read-only";

    expect(await change(server, { method, path })).toMatchObject({ status: 405, json: { message } });
    expect(await change(server, { method, path, token: "unknown" })).toMatchObject({ status: 401 });
  },
);

describe("the refusal shows nothing that the token may not read:", () => {
  test.each(["DELETE", "PUT", "PATCH"] as const)("%s in another namespace", async (method) => {
    const path = (namespace: string, name: string) =>
      `${BASE_PATH}/namespaces/${namespace}/functionpermissions/${name}`;
    const ask = (at: string) => change(server, { method, path: at, token: ORDERS_TOKEN });

    const existing = await ask(path("payments", "refunds"));
    const missing = await ask(path("unknown", "refunds"));

    expect([existing.status, missing.status]).toEqual([403, 403]);
    expect(existing.text.replaceAll("payments", "unknown")).toBe(missing.text);
  });

  test("the place in Git, to a token that may not read", async () => {
    await server.close();
    const sha256 = createHash("sha256").update(COMMANDER_TOKEN).digest("hex");
    const token = {
      name: "commander",
      sha256,
      scopes: ["reconcile"],
      namespaces: ["*"],
      expires: "2027-01-01T00:00:00Z",
    } as const;
    server = await startTestServer({ options: { tokens: [token] } });

    const { status, text } = await change(server, {
      method: "DELETE",
      path: ORDERS_API,
      token: COMMANDER_TOKEN,
    });

    expect(status).toBe(405);
    expect(text).not.toContain("teams/");
  });

  test("an object that does not exist", async () => {
    expect(await change(server, { method: "DELETE", path: `${ORDERS_API}-none` })).toMatchObject({
      status: 404,
    });
  });
});

test("a body that is too large is refused before it is read completely", async () => {
  const body = "x".repeat(300_000);

  expect(await change(server, { method: "PATCH", path: ORDERS_API, body })).toMatchObject({ status: 413 });
});
