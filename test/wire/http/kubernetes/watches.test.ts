import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { happen, named, Watching } from "../../../support/kubernetes/watching.ts";
import { LOCAL_TOKEN, names, ORDERS_TOKEN, startTestServer } from "../../../support/screens/http-server.ts";
import type { TestServer } from "../../../support/screens/http-server.ts";
import { manifest } from "../../../support/screens/api-world.ts";
import { ORDERS_API, ORDERS_JOBS, REFUNDS } from "../../../support/screens/world-keys.ts";
import { record, view } from "../../../support/screens/world-states.ts";

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

async function watch(path: string, options: Parameters<typeof Watching.open>[2] = {}): Promise<Watching> {
  const watching = await Watching.open(server, path, options);
  open.push(watching);
  return watching;
}

async function versionOf(resource: string, token = LOCAL_TOKEN): Promise<string> {
  const { json } = await server.get(`/${resource}`, token);
  return json.metadata.resourceVersion;
}

/** Changes the sync of these keys. */
function sync(change: Readonly<Record<string, "Synced" | "OutOfSync">>): void {
  const { records } = server.control.state;
  happen(server, {
    records: records.map((one) => {
      const sync = change[one.key];
      return sync === undefined ? one : record(one.key, { sync });
    }),
  });
}

describe("a watch after a list", () => {
  test("sends nothing that the list had, then each change with a greater version", async () => {
    const listed = await versionOf("bindings");
    const watching = await watch(`/bindings?watch=true&resourceVersion=${listed}`);

    sync({ [ORDERS_API]: "Synced" });
    const first = await watching.next();
    sync({ [REFUNDS]: "OutOfSync" });
    const second = await watching.next();

    expect([first, second].map((event) => event && named(event))).toEqual([
      "MODIFIED orders-api.111122223333.eu-west-1",
      "MODIFIED refunds.111122223333.eu-west-1",
    ]);
    expect(first?.object).toMatchObject({ kind: "Binding", status: { sync: "Synced" } });
    const versions = [first, second].map((event) => BigInt(event?.object.metadata.resourceVersion));
    expect(versions[0]).toBeGreaterThan(BigInt(listed));
    expect(versions[1]).toBeGreaterThan(versions[0] ?? 0n);
  });

  test("sends what has changed between the list and the watch", async () => {
    const listed = await versionOf("bindings");
    sync({ [REFUNDS]: "OutOfSync" });

    const watching = await watch(`/bindings?watch=true&resourceVersion=${listed}`);

    expect(await watching.take(1)).toMatchObject([{ type: "MODIFIED", object: { spec: { key: REFUNDS } } }]);
  });

  test("sends no object because AWS was read again", async () => {
    const listed = await versionOf("bindings");
    const watching = await watch(`/bindings?watch=true&resourceVersion=${listed}`);

    const { views } = server.control.state;
    const readAt = "2026-11-25T12:05:00.000Z";
    happen(server, { views: new Map([...views].map(([key, one]) => [key, { ...one, readAt }])) });
    sync({ [REFUNDS]: "OutOfSync" });

    expect((await watching.take(1)).map(named)).toEqual(["MODIFIED refunds.111122223333.eu-west-1"]);
  });

  test("sends added and removed objects", async () => {
    const listed = await versionOf("functionpermissions");
    const watching = await watch(`/functionpermissions?watch=true&resourceVersion=${listed}`);

    const { objects } = server.control.state;
    happen(server, { objects: [...objects, manifest({ name: "new-one" })] });
    const added = await watching.next();
    happen(server, { objects: objects.filter(({ name }) => name !== "refunds") });
    const removed = await watching.take(2);

    expect(added && named(added)).toBe("ADDED new-one");
    expect(removed.map(named).sort()).toEqual(["DELETED new-one", "DELETED refunds"]);
    expect(removed[0]?.object).toMatchObject({ kind: "FunctionPermission" });
  });

  test("of one namespace has only that one", async () => {
    const listed = await versionOf("bindings");
    const watching = await watch(`/namespaces/payments/bindings?watch=true&resourceVersion=${listed}`);

    sync({ [ORDERS_API]: "Synced" });
    sync({ [REFUNDS]: "OutOfSync" });

    expect((await watching.take(1)).map(named)).toEqual(["MODIFIED refunds.111122223333.eu-west-1"]);
  });
});

describe("a watch without a list", () => {
  test.each(["", "&resourceVersion=0"])("begins with the objects%s", async (version) => {
    const watching = await watch(`/functionpermissions?watch=true${version}`);

    const events = await watching.take(3);
    sync({ [ORDERS_API]: "Synced" });
    const next = await watching.take(1);

    expect(events.map(named)).toEqual(["ADDED orders-api", "ADDED orders-jobs", "ADDED refunds"]);
    expect(next.map(named)).toEqual(["MODIFIED orders-api"]);
  });

  test("ends its first events with a bookmark, if it asks for them", async () => {
    const watching = await watch(
      "/functionpermissions?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true",
    );

    const events = await watching.take(4);

    expect(events.map(({ type }) => type)).toEqual(["ADDED", "ADDED", "ADDED", "BOOKMARK"]);
    expect(events[3]?.object).toMatchObject({
      kind: "FunctionPermission",
      metadata: { annotations: { "k8s.io/initial-events-end": "true" } },
    });
  });
});

describe("a selector", () => {
  test("makes an object that leaves it deleted, and one that enters it added", async () => {
    const selector = "fieldSelector=status.sync%3DOutOfSync";
    const { json } = await server.get(`/bindings?${selector}`);
    const watching = await watch(
      `/bindings?watch=true&${selector}&resourceVersion=${json.metadata.resourceVersion}`,
    );

    sync({ [ORDERS_API]: "Synced", [REFUNDS]: "OutOfSync" });

    expect((await watching.take(2)).map(named).sort()).toEqual([
      "ADDED refunds.111122223333.eu-west-1",
      "DELETED orders-api.111122223333.eu-west-1",
    ]);
  });

  test("of a name selects the one object, which kubectl discards as the first event", async () => {
    const watching = await watch(
      "/namespaces/orders/functionpermissions?watch=true&resourceVersion=0&fieldSelector=metadata.name%3Dorders-api",
    );

    const first = await watching.take(1);
    sync({ [ORDERS_API]: "Synced" });

    expect([...first, ...(await watching.take(1))].map(named)).toEqual([
      "ADDED orders-api",
      "MODIFIED orders-api",
    ]);
  });

  test("of labels follows the labels of the document", async () => {
    const path = "/functionpermissions?watch=true&labelSelector=team%3Dpayments";
    const watching = await watch(path);
    await watching.take(1);

    const { objects } = server.control.state;
    const document = JSON.stringify({ metadata: { labels: { team: "payments" } }, spec: {} });
    const relabelled = (one: (typeof objects)[number]) =>
      one.name === "orders-jobs" ? { ...one, document, resourceVersion: one.resourceVersion + 1 } : one;
    happen(server, { objects: objects.map(relabelled) });

    expect((await watching.take(1)).map(named)).toEqual(["ADDED orders-jobs"]);
  });
});

describe("a table", () => {
  test("of a watch has one row, and its columns once", async () => {
    const watching = await watch("/functionpermissions?watch=true", { isTable: true });

    const events = await watching.take(3);

    expect(events.map(({ object }) => object.rows.length)).toEqual([1, 1, 1]);
    expect(events.map(({ object }) => object.columnDefinitions !== undefined)).toEqual([true, false, false]);
    expect(events[0]?.object).toMatchObject({
      kind: "Table",
      rows: [
        {
          cells: ["orders-api", "True", "none", "none", "0s", expect.anything(), "prod", "1 of 1 binding"],
        },
      ],
    });
  });
});

describe("a watch that cannot begin", () => {
  test("is expired for a version of another process, before the stream", async () => {
    const own = await versionOf("bindings");
    // The last digits are those of the process.
    const other = `${own.slice(0, -4)}${String((Number(own.slice(-4)) + 1) % 10_000).padStart(4, "0")}`;

    const answer = await server.get(`/bindings?watch=true&resourceVersion=${other}`);

    expect(answer).toMatchObject({ status: 410, json: { kind: "Status", reason: "Expired" } });
  });

  test.each([
    { path: "/plans?watch=true", status: 405 },
    { path: "/bindings?watch=true&resourceVersion=x", status: 400 },
    { path: "/bindings?watch=true&resourceVersion=17", status: 410 },
    { path: "/bindings?watch=true&fieldSelector=spec.a%3Db", status: 400 },
    { path: "/bindings?watch=true&unknown=1", status: 400 },
    { path: "/namespaces/payments/bindings?watch=true", status: 403 },
  ])("$path is answered by $status", async ({ path, status }) => {
    expect(await server.get(path, ORDERS_TOKEN)).toMatchObject({ status, json: { kind: "Status" } });
  });
});

describe("the end of a watch", () => {
  test("comes after timeoutSeconds, with a bookmark for those who ask", async () => {
    const [plain, marked] = await Promise.all([
      watch("/holds?watch=true&timeoutSeconds=1"),
      watch("/holds?watch=true&timeoutSeconds=1&allowWatchBookmarks=true"),
    ]);

    const [events, last] = [await plain.rest(), (await marked.rest()).at(-1)];

    expect(events.map(({ type }) => type)).not.toContain("BOOKMARK");
    expect(last?.type).toBe("BOOKMARK");
  });

  test("comes with the end of the server, as a complete answer", async () => {
    const watching = await watch("/holds?watch=true");
    const rest = watching.rest();

    await server.close();

    await expect(rest).resolves.toBeInstanceOf(Array);
  });
});

test("a list has the version of a watch, and all pages that of the first", async () => {
  const first = await server.get("/bindings?limit=2");
  sync({ [ORDERS_JOBS]: "Synced", [REFUNDS]: "OutOfSync" });
  const second = await server.get(`/bindings?limit=2&continue=${first.json.metadata.continue}`);

  expect(second.json.metadata.resourceVersion).toBe(first.json.metadata.resourceVersion);
  expect([...names(first), ...names(second)]).toHaveLength(4);
});

test("an object keeps its version until it changes", async () => {
  const path = "/namespaces/orders/bindings/orders-api.111122223333.eu-west-1";
  const version = async () => (await server.get(path)).json.metadata.resourceVersion;

  const before = await version();
  happen(server, { views: new Map([[ORDERS_API, view(ORDERS_API, { drifts: [] })]]) });
  const [again, changed] = [await version(), (sync({ [ORDERS_API]: "Synced" }), await version())];

  expect(again).toBe(before);
  expect(BigInt(changed)).toBeGreaterThan(BigInt(before));
});
