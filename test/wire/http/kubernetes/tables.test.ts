import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BASE_PATH } from "../../../../src/api/group.ts";
import { RESOURCES } from "../../../../src/api/resources.ts";
import { getAs, getTable, rowsOf } from "../../../support/kubernetes/requests.ts";
import { NOW } from "../../../support/fakes/fake-control.ts";
import { startTestServer, type TestServer } from "../../../support/screens/http-server.ts";
import { withFailingAccounts } from "../../../support/screens/failing-accounts.ts";

const LISTED = Object.entries(RESOURCES).filter(([, { verbs }]) => verbs.includes("list"));

let server: TestServer;
beforeEach(async () => {
  server = await startTestServer();
});
afterEach(() => server.close());

describe("a table", () => {
  test("of functions has the columns of kubectl get fp, and those of -o wide", async () => {
    const { status, json } = await getTable(server, `${BASE_PATH}/functionpermissions`);

    expect(status).toBe(200);
    expect(json).toMatchObject({
      apiVersion: "meta.k8s.io/v1",
      kind: "Table",
      metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
    });
    const names = (priority: number) =>
      json.columnDefinitions
        .filter((column: { priority: number }) => column.priority === priority)
        .map(({ name }: { name: string }) => name);
    expect(names(0)).toEqual(["Name", "Ready", "Reason", "Drift"]);
    expect(names(1)).toEqual(["Age", "Function", "Accounts", "Message"]);
  });

  test("shows what no pass has compared as unknown, never as empty or in sync", async () => {
    const rows = rowsOf(await getTable(server, `${BASE_PATH}/functionpermissions`));

    expect(rows.find(({ Name }) => Name === "orders-jobs")).toMatchObject({
      Ready: "Unknown",
      Reason: "NotCompared",
      Drift: "unknown",
    });
  });

  test("of an account whose reads fail has no counts", async () => {
    server.control.state.overview = withFailingAccounts(server.control.state).overview;

    const [row] = rowsOf(await getTable(server, `${BASE_PATH}/awsaccounts`));

    expect(row).toMatchObject({ Name: "prod", Synced: "unknown", Drift: "unknown", Blocked: "unknown" });
    expect(row?.["Failing"]).not.toBe("none");
  });

  test("of an account that was read has its counts", async () => {
    const { overview } = server.control.state;
    const accounts = overview.accounts.map((account) => ({
      ...account,
      comparing: false,
      record: account.record === null ? null : { ...account.record, failing: null },
    }));
    server.control.state.overview = { ...overview, accounts };

    const [row] = rowsOf(await getTable(server, `${BASE_PATH}/awsaccounts`));

    expect(row).toMatchObject({ Synced: "1/3", Failing: "none", Read: "41s" });
  });

  test("has the metadata of each object in its row, or with includeObject=Object all of it", async () => {
    const [short, complete] = [
      await getTable(server, `${BASE_PATH}/bindings?limit=1`),
      await getTable(server, `${BASE_PATH}/bindings?limit=1&includeObject=Object`),
    ];

    expect(short.json.rows[0].object).toMatchObject({
      kind: "PartialObjectMetadata",
      metadata: { name: "orders-api.111122223333.eu-west-1", namespace: "orders", labels: { tier: "1" } },
    });
    expect(short.json.rows[0].object.status).toBeUndefined();
    expect(complete.json.rows[0].object).toMatchObject({ kind: "Binding", status: { sync: "OutOfSync" } });
  });

  test("has the state of a binding in fields with includeObject=Summary, and of other objects their metadata", async () => {
    const [bindings, accounts] = await Promise.all([
      getTable(server, `${BASE_PATH}/bindings?limit=1&includeObject=Summary`),
      getTable(server, `${BASE_PATH}/awsaccounts?limit=1&includeObject=Summary`),
    ]);

    expect(bindings.json.rows[0].object).toMatchObject({
      kind: "BindingSummary",
      metadata: { name: "orders-api.111122223333.eu-west-1", namespace: "orders" },
      summary: { account: "prod", sync: "OutOfSync", isSuspended: false },
      asOf: expect.stringMatching(/^2\d{3}-.*Z$/),
    });
    expect(accounts.json.rows[0].object).toMatchObject({ kind: "PartialObjectMetadata" });
  });

  test("of one object has one row", async () => {
    const answer = await getTable(server, `${BASE_PATH}/namespaces/orders/functionpermissions/orders-api`);

    expect(rowsOf(answer)).toMatchObject([{ Name: "orders-api", Ready: "True", Age: "0s" }]);
    expect(answer.json.metadata).toEqual({ resourceVersion: expect.stringMatching(/^\d+$/) });
  });

  test("is read page by page", async () => {
    const first = await getTable(server, `${BASE_PATH}/bindings?limit=3`);
    const next = `${BASE_PATH}/bindings?limit=3&continue=${first.json.metadata.continue}`;
    const second = await getTable(server, next);

    expect([...rowsOf(first), ...rowsOf(second)].map(({ Name }) => Name)).toHaveLength(5);
    expect(second.json.metadata.continue).toBeUndefined();
  });

  test.each(LISTED.filter(([name]) => name !== "events"))(
    "of %s has a cell for each column, and none is empty or null",
    async (name) => {
      const { json } = await getTable(server, `${BASE_PATH}/${name}`);

      for (const { cells } of json.rows) {
        expect(cells).toHaveLength(json.columnDefinitions.length);
        expect(cells.filter((cell: unknown) => cell === "" || cell === null)).toEqual([]);
      }
    },
  );

  test.each([
    "application/json",
    "*/*",
    "application/json;as=Table;v=v1beta1;g=meta.k8s.io",
    "application/yaml;as=Table;v=v1;g=meta.k8s.io",
  ])("is not sent for the Accept header %s", async (accept) => {
    const { json } = await getAs(server, `${BASE_PATH}/bindings`, { accept });

    expect(json.kind).toBe("BindingList");
  });
});

describe("every object", () => {
  test.each(LISTED.filter(([name]) => name !== "events"))(
    "of %s has name, uid, resourceVersion and generation, the same each time",
    async (name) => {
      const [first, second] = [
        await getAs(server, `${BASE_PATH}/${name}`),
        await getAs(server, `${BASE_PATH}/${name}`),
      ];

      for (const { metadata } of first.json.items)
        expect(metadata).toMatchObject({
          name: expect.stringMatching(/./),
          uid: expect.stringMatching(/./),
          resourceVersion: expect.stringMatching(/^\d+$/),
          generation: expect.any(Number),
        });
      expect(second.text).toBe(first.text);
      const uids = first.json.items.map(({ metadata }: { metadata: { uid: string } }) => metadata.uid);
      expect(new Set(uids).size).toBe(uids.length);
    },
  );

  test("of a key is as old as its document, a difference only as its first sight", async () => {
    const bindings = await getAs(server, `${BASE_PATH}/bindings`);
    const drifts = await getAs(server, `${BASE_PATH}/drifts`);
    const times = (answer: typeof bindings) =>
      answer.json.items.map(
        ({ metadata }: { metadata: { creationTimestamp?: string } }) => metadata.creationTimestamp,
      );

    expect(times(bindings)).toEqual([NOW, NOW, NOW, NOW, NOW]);
    expect(times(drifts)).toEqual([NOW, undefined]);
    expect(rowsOf(await getTable(server, `${BASE_PATH}/drifts`)).map(({ Age }) => Age)).toEqual([
      "0s",
      "unknown",
    ]);
  });
});

describe("the query of kubectl", () => {
  test.each([
    "limit=500",
    "timeout=30s",
    "pretty=true",
    "resourceVersion=0",
    "resourceVersion=42&resourceVersionMatch=NotOlderThan",
    "timeoutSeconds=300&allowWatchBookmarks=true&sendInitialEvents=false&watch=false",
    "includeObject=None",
    "fieldSelector=metadata.name!%3Dx",
  ])("%s is accepted", async (query) => {
    expect((await getTable(server, `${BASE_PATH}/bindings?${query}`)).status).toBe(200);
  });

  test.each(["includeObject=All", "watch=yes", "force=true", "labelselector=a", "dryRun=All"])(
    "%s is refused by name",
    async (query) => {
      const { status, json } = await getTable(server, `${BASE_PATH}/bindings?${query}`);

      expect(status).toBe(400);
      expect(json.details.causes[0].field).toBe(query.split("=")[0]);
    },
  );

  test.each([
    { selector: "metadata.name=orders-api.111122223333.eu-west-1", count: 1 },
    { selector: "metadata.namespace==payments,status.sync=Synced", count: 2 },
    { selector: "status.sync!=Synced", count: 2 },
    { selector: "", count: 5 },
  ])("fieldSelector=$selector selects $count bindings", async ({ selector, count }) => {
    const { json } = await getAs(
      server,
      `${BASE_PATH}/bindings?fieldSelector=${encodeURIComponent(selector)}`,
    );

    expect(json.items).toHaveLength(count);
  });

  test.each(["status.health=Healthy", "metadata.name", "metadata.name>a", "metadata.name=a=b"])(
    "fieldSelector=%s is refused with the fields that are possible",
    async (selector) => {
      const answer = await getAs(server, `${BASE_PATH}/plans?fieldSelector=${encodeURIComponent(selector)}`);

      expect(answer).toMatchObject({
        status: 400,
        json: { message: expect.stringContaining("expected metadata.name, metadata.namespace") },
      });
    },
  );
});
