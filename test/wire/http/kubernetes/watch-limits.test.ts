import { afterEach, describe, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../../src/api/group.ts";
import { bearer, ORDERS_TOKEN, READER_TOKEN, startTestServer } from "../../../support/screens/http-server.ts";
import type { TestServer } from "../../../support/screens/http-server.ts";
import { happen, Watching } from "../../../support/kubernetes/watching.ts";
import { NOW } from "../../../support/fakes/fake-control.ts";
import { change } from "../../../support/kubernetes/requests.ts";
import { OWN_PAGE, signedIn } from "../../../support/screens/browser.ts";
import { MemorySessions } from "../../../support/fakes/memory-sessions.ts";
import { manifest } from "../../../support/screens/api-world.ts";

let server: TestServer;
const open: Watching[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) one.close();
  await server.close();
});

async function watch(path: string, token?: string): Promise<Watching> {
  const watching = await Watching.open(server, path, token === undefined ? {} : { token });
  open.push(watching);
  return watching;
}

describe("the limits of watches", () => {
  test("are those of one token, of all tokens, and none of others", async () => {
    server = await startTestServer({ options: { limits: { perToken: 2, inAll: 3 } } });

    const first = [await watch("/holds?watch=true"), await watch("/holds?watch=true")];
    const third = await watch("/holds?watch=true");
    const ofOrders = await watch("/holds?watch=true", ORDERS_TOKEN);
    const last = await watch("/holds?watch=true", READER_TOKEN);

    expect(first.map(({ status }) => status)).toEqual([200, 200]);
    expect([third.status, ofOrders.status, last.status]).toEqual([429, 200, 429]);
    expect(third.headers.get("content-type")).toContain("application/json");
  });

  test("hold for watches that are opened together", async () => {
    server = await startTestServer({ options: { limits: { perToken: 2 } } });

    const all = await Promise.all(Array.from({ length: 8 }, () => watch("/bindings?watch=true")));

    expect(all.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(all.filter(({ status }) => status === 429)).toHaveLength(6);
  });

  test("a watch ends with its token", async () => {
    let nowMs = Date.parse(NOW);
    const clock = { nowMs: () => nowMs, sleep: () => Promise.reject(new Error("no test waits here")) };
    server = await startTestServer({ options: { clock, limits: { checkMs: 5 } } });
    const watching = await watch("/holds?watch=true", ORDERS_TOKEN);
    const rest = watching.rest();

    nowMs = Date.parse("2027-01-01T00:00:00Z");
    const { objects } = server.control.state;
    happen(server, { objects: [...objects, manifest({ name: "later" })] });

    expect((await rest).map(({ type }) => type)).not.toContain("MODIFIED");
  });

  test("a watch ends with its session, and sends nothing of what happens after the sign-out", async () => {
    const sessions = new MemorySessions();
    const page = { folder: "/nonexistent", instance: "acme", sessions, publicUrl: null, oidc: null };
    server = await startTestServer({ options: { page, limits: { checkMs: 60_000 } } });
    const cookie = await signedIn(server);
    const watching = await Watching.open(server, "/functionpermissions?watch=true", { cookie });
    open.push(watching);
    const { objects } = server.control.state;
    await watching.take(objects.filter(({ kind }) => kind === "FunctionPermission").length);
    const sent = watching.rest();

    await server.request("/auth/logout", { method: "POST", headers: { cookie, ...OWN_PAGE } });
    happen(server, { objects: [...objects, manifest({ name: "later" })] });

    expect(await sent).toEqual([]);
  });
});

test("a patch with an old resourceVersion is a conflict, and acts on nothing", async () => {
  server = await startTestServer();
  const path = "/namespaces/orders/functionpermissions/orders-api";
  const version = async (): Promise<string> => (await server.get(path)).json.metadata.resourceVersion;
  const patch = (resourceVersion: string) =>
    change(server, {
      method: "PATCH",
      path: `${BASE_PATH}${path}`,
      body: JSON.stringify({
        metadata: { resourceVersion, annotations: { "grantkeeper.dev/requestedAt": "now" } },
      }),
    });
  const before = await version();
  const { objects } = server.control.state;
  happen(server, { objects: objects.map((one) => ({ ...one, generation: one.generation + 1 })) });

  const [old, current] = [await patch(before), await patch(await version())];

  expect(old).toMatchObject({ status: 409, json: { reason: "Conflict" } });
  expect(current.status).toBe(200);
  expect(server.control.commands.map(({ name }) => name)).toEqual(["reconcile"]);
});

test("a table without objects has none", async () => {
  server = await startTestServer();
  const headers = { ...bearer(READER_TOKEN), accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };
  const { json } = await server.request(`${BASE_PATH}/bindings?includeObject=None`, { headers });

  expect(json.rows[0].object).toBeNull();
});
