import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Key } from "../../../../src/model/keys/key.ts";
import { happen, named, Watching } from "../../../support/kubernetes/watching.ts";
import { startTestServer, type TestServer } from "../../../support/screens/http-server.ts";
import { ORDERS_API, ORDERS_JOBS, REFUNDS } from "../../../support/screens/world-keys.ts";
import { record } from "../../../support/screens/world-states.ts";

let server: TestServer;
let open: Watching[];
beforeEach(async () => {
  server = await startTestServer();
  open = [];
});
afterEach(async () => {
  for (const watching of open) watching.close();
  await server.close();
});

async function watch(path: string): Promise<Watching> {
  const watching = await Watching.open(server, path);
  open.push(watching);
  return watching;
}

/** Fills a set with the keys that are looked at from now on. */
function lookedAt(): Set<Key> {
  const { control } = server;
  const keyView = control.keyView.bind(control);
  const looked = new Set<Key>();
  control.keyView = (key) => {
    looked.add(key);
    return keyView(key);
  };
  return looked;
}

/** Replaces the record of a key, as a commit does. */
function sync(key: Key, state: "Synced" | "OutOfSync"): void {
  const { records } = server.control.state;
  happen(server, { records: records.map((one) => (one.key === key ? record(key, { sync: state }) : one)) });
}

async function versionOf(path: string): Promise<string> {
  return (await server.get(path)).json.metadata.resourceVersion;
}

describe("a list of one key", () => {
  test.each(["bindings", "plans"])("looks at no other key, also after a commit: %s", async (resource) => {
    for (const state of ["Synced", "OutOfSync"] as const) {
      sync(REFUNDS, state);
      const looked = lookedAt();

      expect((await server.get(`/${resource}?keys=${ORDERS_API}`)).status).toBe(200);
      expect([...looked].filter((key) => key !== ORDERS_API)).toEqual([]);
    }
  });

  test("has a version from which no watch begins if nothing was watched, also of a key that comes later", async () => {
    const { records } = server.control.state;
    happen(server, { records: records.filter(({ key }) => key !== ORDERS_JOBS) });
    const listed = await versionOf(`/bindings?keys=${ORDERS_JOBS}`);
    happen(server, { records });

    const watching = await watch(`/bindings?watch=true&keys=${ORDERS_JOBS}&resourceVersion=${listed}`);

    expect(watching.status).toBe(410);
  });

  test("has a version from which a watch misses no change if all objects were looked at before", async () => {
    await versionOf("/bindings");
    const listed = await versionOf(`/bindings?keys=${ORDERS_API}`);
    sync(ORDERS_API, "Synced");

    const watching = await watch(`/bindings?watch=true&keys=${ORDERS_API}&resourceVersion=${listed}`);

    expect((await watching.take(1)).map(named)).toEqual(["MODIFIED orders-api.111122223333.eu-west-1"]);
  });
});

test("the pages of a list have the version of the first one, and only that one looks at the rest", async () => {
  const first = (await server.get("/bindings?limit=1")).json.metadata;
  sync(REFUNDS, "OutOfSync");
  const second = (await server.get(`/bindings?limit=1&continue=${first.continue}`)).json.metadata;

  const watching = await watch(`/bindings?watch=true&resourceVersion=${second.resourceVersion}`);

  expect(second.resourceVersion).toBe(first.resourceVersion);
  expect((await watching.take(1)).map(named)).toEqual(["MODIFIED refunds.111122223333.eu-west-1"]);
});
