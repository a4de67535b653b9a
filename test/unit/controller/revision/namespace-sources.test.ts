import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SourceError } from "../../../../src/controller/ports/source.ts";
import type { AccountId } from "../../../../src/model/aws/ids.ts";
import { NO_PENDING_AUTHORS, pendingAuthorsOf } from "../../../../src/model/authors.ts";
import type { Key } from "../../../../src/model/keys/key.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  FakeController,
  INTERVAL_MS,
  manifests,
  type MemorySource,
  READ_ORDERS,
  SWEEP_MS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";

const ACCOUNT = "111122223333" as AccountId;
const keyOf = (namespace: string, name: string): Key =>
  `function/${ACCOUNT}/eu-west-1/${namespace}/${name}` as Key;
const API = keyOf("orders", "api");
const REFUNDS = keyOf("payments", "refunds");

/** A service's manifests, next to its code. */
const service = (functions: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(functions).map(([name, spec]) => [
      `deploy/${name}.yaml`,
      `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: {name: ${name}}
spec:
  targets: [{accounts: [prod], regions: [eu-west-1]}]
${spec}`,
    ]),
  );

const PLATFORM = manifests({});
const UNREACHABLE = new SourceError({ code: "unreachable", message: "no route to host", fix: "check it" });

let fake: FakeController;
let orders: MemorySource;
let payments: MemorySource;

beforeEach(() => {
  fake = new FakeController();
  orders = fake.addSource("orders");
  payments = fake.addSource("payments");
  fake.source.push(PLATFORM);
  orders.push(service({ api: READ_ORDERS }));
  payments.push(service({ refunds: READ_ORDERS }));
});
afterEach(stop);

async function stop(): Promise<void> {
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
}

/** The process starts again on the same record. */
async function restart(change: () => void = () => undefined): Promise<void> {
  await stop();
  change();
  await fake.start();
  await fake.clock.pass(5_000);
}

async function push(source: MemorySource, files: Readonly<Record<string, string>>): Promise<void> {
  source.push(files);
  fake.control.fetchSoon("test", [source.name as never]);
  await settled();
}

const started = async (): Promise<void> => {
  await fake.start();
  await fake.converge();
};

const stateOf = (key: Key) => fake.control.permissionState(key, RECORDED).declared;
const RECORDED = { record: null, applied: null, account: null, suspensions: [], rejections: [] };
const applied = (key: Key) => fake.store.records.get(key)?.applied;
const diagnostics = async (): Promise<readonly string[]> =>
  (await fake.control.overview()).diagnostics.map(({ origin, message }) => `${origin.file}: ${message}`);
const viewOf = async (namespace: string) =>
  (await fake.control.overview()).namespaceSources.find(({ name }) => name === namespace);
/** `orders: source-failed`: by namespace, as routes see it. */
const sourceAlerts = (): readonly string[] =>
  fake.recorder.alerts.flatMap((alert) =>
    alert.kind === "source-failed" || alert.kind === "revision-held"
      ? [`${alert.namespace}: ${alert.kind} of ${alert.source}`]
      : [],
  );
const writes = (): readonly string[] => fake.cloud.account(ACCOUNT).writes.map(({ key }) => key);

describe("several sources", () => {
  test("do not read the records of each other for a fetch that finds nothing new", async () => {
    await started();
    await fake.clock.pass(2 * SWEEP_MS);
    fake.store.sourceListReads = 0;
    const { fetches } = fake.source;
    await fake.clock.pass(2 * SWEEP_MS);

    expect(fake.source.fetches).toBeGreaterThan(fetches);
    expect(fake.store.sourceListReads).toBe(0);
  });

  test("declare the functions of their namespaces, each at its own revision", async () => {
    await started();

    expect(stateOf(API)).toMatchObject({ kind: "declared", file: "orders//deploy/api.yaml" });
    expect([applied(API), applied(REFUNDS)]).toMatchObject([
      { revision: expect.stringMatching(/^orders\/\/main@sha1:/) },
      { revision: expect.stringMatching(/^payments\/\/main@sha1:/) },
    ]);
    expect(applied(API)?.platformRevision).toMatch(/^main@sha1:/);
  });

  test("are recorded and shown apart, with one entry of the audit for each", async () => {
    await started();

    expect([...fake.store.sourceRecords.keys()].sort()).toEqual(["main", "orders", "payments"]);
    expect(Object.keys(fake.store.sourceRecords.get("orders")?.fileKeys ?? {})).toEqual([
      "orders//deploy/api.yaml",
    ]);
    const facts = fake.audit.log.filter(({ kind }) => kind === "revision-accepted");
    expect(facts.map((fact) => ("source" in fact ? fact.source : ""))).toEqual([
      "main",
      "orders",
      "payments",
    ]);
    expect(await viewOf("orders")).toMatchObject({ namespace: "orders", failure: null, held: null });
  });

  test("a push to one changes nothing of the other", async () => {
    await started();
    const before = applied(REFUNDS);

    await push(orders, service({ api: WRITE_ORDERS }));

    expect(new Set(writes())).toEqual(new Set([API]));
    expect(applied(REFUNDS)).toEqual(before);
  });

  test("a revision of the platform counts for the functions of all", async () => {
    await started();
    const { revision, platformRevision } = applied(API) ?? {};

    await fake.push({ ...PLATFORM, "platform/note.yaml": "# a comment\n" });
    await fake.clock.pass(700_000);

    expect(applied(API)?.revision).toBe(revision);
    expect(applied(API)?.platformRevision).not.toBe(platformRevision);
  });
});

describe("a source that", () => {
  test("cannot be read keeps its last revision, and delays no other", async () => {
    await started();
    orders.failure = UNREACHABLE;

    await push(orders, service({ api: WRITE_ORDERS }));
    await push(payments, service({ refunds: WRITE_ORDERS }));

    expect(new Set(writes())).toEqual(new Set([REFUNDS]));
    expect(stateOf(API).kind).toBe("declared");
    expect(await viewOf("orders")).toMatchObject({ failure: { message: "no route to host" } });
    expect((await fake.control.overview()).source.failure).toBeNull();
    expect(sourceAlerts()).toEqual(["orders: source-failed of orders"]);
  });

  test.each([
    { code: "auth-failed", message: "the server refused the token", because: "its token expired" },
    { code: "host-key-changed", message: "the key of the server changed", because: "a host key changed" },
    { code: "tls", message: "the certificate is of an unknown authority", because: "a CA is missing" },
  ] as const)("fails is named in status, log and alert with the fix: $because", async ({ code, message }) => {
    await started();
    orders.failure = new SourceError({ source: "orders", code, message, fix: "replace it" });

    await push(orders, service({ api: WRITE_ORDERS }));
    await push(payments, service({ refunds: WRITE_ORDERS }));
    const during = await viewOf("orders");
    orders.failure = null;
    await push(orders, service({ api: WRITE_ORDERS }));

    const text = `source "orders": ${message}`;
    expect(during?.failure).toEqual({ message, fix: "replace it", refused: false });
    expect(fake.telemetry.lines).toContainEqual(
      expect.objectContaining({
        level: "warn",
        fields: { source: "orders", code, reason: text, hint: "replace it" },
      }),
    );
    expect(fake.recorder.alerts).toContainEqual(
      expect.objectContaining({ kind: "source-failed", source: "orders", reason: text, fix: "replace it" }),
    );
    expect(new Set(writes())).toEqual(new Set([REFUNDS, API]));
    expect(fake.recorder.alerts.filter(({ kind }) => kind === "source-recovered")).toHaveLength(1);
  });

  test("was force-pushed is held alone, and an approval of it accepts it", async () => {
    await started();
    orders.relation = "rewritten";

    await push(orders, service({ api: WRITE_ORDERS }));

    const [hold] = (await fake.control.overview()).holds;
    expect(hold?.subject).toMatch(/^orders\/\/main@sha1:/);
    expect(sourceAlerts()).toEqual(["orders: revision-held of orders"]);
    expect(writes()).toEqual([]);
    await push(payments, service({ refunds: WRITE_ORDERS }));
    expect(new Set(writes())).toEqual(new Set([REFUNDS]));

    await fake.approveAll();
    expect(writes()).toContain(API);
  });

  test("has no manifests any more is refused, and deletes nothing", async () => {
    await started();

    await push(orders, { "deploy/README.md": "moved" });

    expect(stateOf(API).kind).toBe("declared");
    expect(await viewOf("orders")).toMatchObject({ failure: { refused: true } });
    expect(sourceAlerts()).toEqual(["orders: source-failed of orders"]);
  });

  test("has no manifests at its first push is reported too, with what that means", async () => {
    orders.push({ "deploy/README.md": "soon" });
    await fake.start();
    await fake.clock.pass(5_000);

    expect(sourceAlerts()).toEqual(["orders: source-failed of orders"]);
    expect(fake.recorder.alerts.find(({ kind }) => kind === "source-failed")).toMatchObject({
      fix: "nothing of this source is enforced; push a revision that has manifests",
    });
  });

  test("is removed from the configuration while it is held has no open incident", async () => {
    await started();
    orders.relation = "rewritten";
    await push(orders, service({ api: WRITE_ORDERS }));

    await restart(() => {
      fake.namespaceSources = fake.namespaceSources.filter(({ namespace }) => namespace !== "orders");
    });

    expect(fake.recorder.alerts).toContainEqual(
      expect.objectContaining({ kind: "revision-decided", source: "orders", how: "superseded" }),
    );
  });

  test("declares what belongs to the platform or to another namespace is refused by document", async () => {
    await started();
    const team =
      "apiVersion: grantkeeper.dev/v1alpha1\nkind: Team\nmetadata: {name: orders}\nspec: {accounts: [prod], functions: ['*']}\n";
    const foreign = service({ api: READ_ORDERS })["deploy/api.yaml"]?.replace(
      "{name: api}",
      "{name: stolen, namespace: payments}",
    );

    await push(orders, {
      ...service({ api: WRITE_ORDERS }),
      "deploy/team.yaml": team,
      "deploy/stolen.yaml": foreign ?? "",
    });

    expect(await diagnostics()).toEqual([
      "orders//deploy/stolen.yaml: metadata.namespace is payments, the source's is orders",
      "orders//deploy/team.yaml: Team is read from platform/ of the platform source only",
    ]);
    expect(new Set(writes())).toEqual(new Set([API]));
    expect((await fake.control.overview()).tenancy).toBe("open");
  });

  test("declares the function of another one: both places are named, and the first one keeps it", async () => {
    await started();

    await push(payments, service({ refunds: READ_ORDERS, api: WRITE_ORDERS }));

    expect((await diagnostics()).filter((text) => text.startsWith("payments//deploy/api.yaml"))).toEqual([
      expect.stringContaining("also claimed by orders/api@prod/eu-west-1 (orders//deploy/api.yaml:3:18)"),
    ]);
    expect(stateOf(API).kind).toBe("declared");
    expect(stateOf(keyOf("payments", "api")).kind).toBe("broken");
    expect(writes()).toEqual([]);
    expect(fake.telemetry.lines.filter(({ text }) => text === "document not used")).toMatchObject([
      {
        level: "warn",
        fields: {
          path: expect.stringMatching(/^payments\/\/deploy\/api\.yaml:\d+/),
          reason: expect.stringContaining("also claimed by orders/api@prod/eu-west-1"),
          hint: expect.stringMatching(/./),
        },
      },
    ]);
  });
});

test("a failure of the platform source is of no namespace, also with namespace sources", async () => {
  await started();
  fake.source.failure = UNREACHABLE;

  await push(fake.source, PLATFORM);
  await fake.clock.pass(INTERVAL_MS * 2);

  expect(sourceAlerts()).toEqual(["null: source-failed of main"]);
});

describe("after a restart", () => {
  test("every source is in force again before the first pass, also one that cannot be reached", async () => {
    await started();

    await restart(() => {
      orders.failure = UNREACHABLE;
    });

    expect(stateOf(API).kind).toBe("declared");
    expect(await diagnostics()).toEqual([]);
    expect(writes()).toEqual([]);
  });

  test("a source whose revision is lost keeps its keys as they were applied", async () => {
    await started();
    const lost = fake.addSource("unused");

    await restart(() => {
      fake.namespaceSources = fake.namespaceSources
        .filter(({ namespace }) => namespace !== ("unused" as never))
        .map((one) =>
          one.namespace === ("orders" as never)
            ? { ...one, source: { ...one.source, at: lost.at.bind(lost), latest: lost.latest.bind(lost) } }
            : one,
        );
    });
    await fake.clock.pass(INTERVAL_MS * 20);

    expect(stateOf(API)).toMatchObject({ kind: "broken", file: "orders//" });
    expect(await diagnostics()).toEqual(['orders//: no revision of source "orders" is accepted and read']);
    expect(writes()).toEqual([]);
    expect(fake.store.records.get(API)?.unbinding).toBeNull();
  });
});

describe("the configuration", () => {
  test("gives a namespace to a source: nothing is deleted in between", async () => {
    await stop();
    fake = new FakeController();
    await fake.startConverged(manifests({ api: READ_ORDERS }));
    expect(applied(API)?.revision).toMatch(/^main@sha1:/);
    orders = fake.addSource("orders");
    orders.failure = UNREACHABLE;

    await restart();

    expect(await diagnostics()).toEqual([
      'orders//: no revision of source "orders" is accepted and read',
      'teams/orders/api.yaml: namespace orders is read from source "orders" of the configuration, and not from here',
    ]);
    await fake.push(PLATFORM);
    await fake.clock.pass(INTERVAL_MS * 20);
    expect(stateOf(API).kind).toBe("broken");
    expect(writes()).toEqual([]);

    orders.failure = null;
    await push(orders, service({ api: READ_ORDERS }));
    await fake.clock.pass(INTERVAL_MS * 20);
    expect(stateOf(API)).toMatchObject({ kind: "declared", file: "orders//deploy/api.yaml" });
    expect(applied(API)?.revision).toMatch(/^orders\/\/main@sha1:/);
    expect(writes()).toEqual([]);
  });

  test("no longer has a source: what it declared has left Git, and the others stay", async () => {
    await started();

    await restart(() => {
      fake.namespaceSources = fake.namespaceSources.filter(({ source }) => source.name !== "orders");
    });

    expect(stateOf(API).kind).toBe("not-declared");
    expect(stateOf(REFUNDS).kind).toBe("declared");
    expect(
      [...fake.store.objectRecords.values()].map(({ namespace, name }) => `${namespace}/${name}`),
    ).not.toContain("orders/api");
    expect(fake.store.sourceRecords.get("orders")).toMatchObject({ acceptedRevision: null, fileKeys: {} });
    expect(fake.store.records.get(API)?.unbinding).not.toBeNull();
  });
});

describe("a crash between two acceptances", () => {
  test("loses none of them: the other one is accepted after the restart", async () => {
    await started();
    orders.push(service({ api: WRITE_ORDERS }));
    payments.push(service({ refunds: WRITE_ORDERS }));
    const record = fake.recorder.record.bind(fake.recorder);
    fake.recorder.record = (settlement) => {
      const [first] = settlement.facts;
      if (first?.kind === "revision-accepted" && first.source === "payments")
        return Promise.reject(new Error("killed"));
      return record(settlement);
    };
    fake.control.fetchSoon("test", [orders.name as never, payments.name as never]);
    await settled();
    const before = applied(REFUNDS);
    expect(new Set(writes())).toEqual(new Set([API]));

    await restart(() => {
      fake.recorder.record = record;
    });
    await fake.clock.pass(INTERVAL_MS);

    expect(applied(REFUNDS)?.revision).not.toBe(before?.revision);
    expect(applied(API)?.revision).toBe(fake.store.sourceRecords.get("orders")?.acceptedRevision);
    expect(await diagnostics()).toEqual([]);
  });
});

describe("an approval", () => {
  test("of a revision of one source approves nothing of another one, also at the same commit", async () => {
    await started();
    orders.relation = "rewritten";
    payments.relation = "rewritten";
    const same = { ...service({ api: WRITE_ORDERS }), ...service({ refunds: WRITE_ORDERS }) };
    orders.push(same);
    payments.push(same);
    fake.control.fetchSoon("test", [orders.name as never, payments.name as never]);
    await settled();
    const subjects = (await fake.control.overview()).holds.map(({ subject }) => subject);
    expect(subjects.map((subject) => subject.split("@")[0])).toEqual(["orders//main", "payments//main"]);
    expect(new Set(subjects.map((subject) => subject.split("@")[1])).size).toBe(1);

    await fake.control.approve({ subject: subjects[0] ?? "", reason: "reviewed", forMs: 3_600_000 }, "dana");
    await settled();

    expect((await fake.control.overview()).holds.map(({ subject }) => subject)).toContain(subjects[1]);
    expect(writes()).not.toContain(REFUNDS);
  });

  test("of another source's commit verifies nothing", async () => {
    const ranges: unknown[] = [];
    await started();
    orders.relation = "rewritten";
    await push(orders, service({ api: WRITE_ORDERS }));
    await fake.approveAll();
    fake.source.verify = (range?: unknown) => {
      ranges.push(range);
      return Promise.resolve({ kind: "not-required" });
    };

    await fake.push({ ...PLATFORM, "platform/note.yaml": "# a comment\n" });

    expect(ranges).toMatchObject([{ approved: [] }]);
  });
});

describe("authors", () => {
  test("of the first revision of a source are the people of its history, for its functions only", async () => {
    orders.authors = { kind: "unknown", reason: "nothing before", people: ["dana@example.com"] };
    await started();

    const { authors = NO_PENDING_AUTHORS } = fake.store.sourceRecords.get("main") ?? {};
    expect(pendingAuthorsOf(authors, API)).toMatchObject({
      people: ["dana@example.com"],
      unknown: "nothing before",
    });
    expect(pendingAuthorsOf(authors, REFUNDS)).toBeNull();
  });

  test("that are unknown in one source are unknown for its functions only", async () => {
    await started();
    orders.authors = { kind: "unknown", reason: "the history is not known" };

    await push(orders, service({ api: WRITE_ORDERS }));

    const { authors } = fake.store.sourceRecords.get("main") ?? {};
    expect(authors?.all).toBeNull();
    expect(Object.keys(authors?.byKey ?? {})).toEqual([API]);
  });
});
