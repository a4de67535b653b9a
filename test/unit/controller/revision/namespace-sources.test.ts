import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SourceError } from "../../../../src/controller/ports/source.ts";
import { INTERVAL_MS, READ_ORDERS, SWEEP_MS, WRITE_ORDERS } from "../../../support/fakes/fake-controller.ts";
import { API, keyOf, NamespaceSources, PLATFORM, REFUNDS, service, UNREACHABLE } from "./two-sources.ts";

let sources: NamespaceSources;

beforeEach(() => {
  sources = new NamespaceSources();
});
afterEach(() => sources.stop());

describe("several sources", () => {
  test("do not read the records of each other for a fetch that finds nothing new", async () => {
    await sources.started();
    await sources.fake.clock.pass(2 * SWEEP_MS);
    sources.fake.store.sourceListReads = 0;
    const { fetches } = sources.fake.source;
    await sources.fake.clock.pass(2 * SWEEP_MS);

    expect(sources.fake.source.fetches).toBeGreaterThan(fetches);
    expect(sources.fake.store.sourceListReads).toBe(0);
  });

  test("declare the functions of their namespaces, each at its own revision", async () => {
    await sources.started();

    expect(sources.stateOf(API)).toMatchObject({ kind: "declared", file: "orders//deploy/api.yaml" });
    expect([sources.applied(API), sources.applied(REFUNDS)]).toMatchObject([
      { revision: expect.stringMatching(/^orders\/\/main@sha1:/) },
      { revision: expect.stringMatching(/^payments\/\/main@sha1:/) },
    ]);
    expect(sources.applied(API)?.platformRevision).toMatch(/^main@sha1:/);
  });

  test("are recorded and shown apart, with one entry of the audit for each", async () => {
    await sources.started();

    expect([...sources.fake.store.sourceRecords.keys()].sort()).toEqual(["main", "orders", "payments"]);
    expect(Object.keys(sources.fake.store.sourceRecords.get("orders")?.fileKeys ?? {})).toEqual([
      "orders//deploy/api.yaml",
    ]);
    const facts = sources.fake.audit.log.filter(({ kind }) => kind === "revision-accepted");
    expect(facts.map((fact) => ("source" in fact ? fact.source : ""))).toEqual([
      "main",
      "orders",
      "payments",
    ]);
    expect(await sources.viewOf("orders")).toMatchObject({ namespace: "orders", failure: null, held: null });
  });

  test("a push to one changes nothing of the other", async () => {
    await sources.started();
    const before = sources.applied(REFUNDS);

    await sources.push(sources.orders, service({ api: WRITE_ORDERS }));

    expect(new Set(sources.writes())).toEqual(new Set([API]));
    expect(sources.applied(REFUNDS)).toEqual(before);
  });

  test("a revision of the platform counts for the functions of all", async () => {
    await sources.started();
    const { revision, platformRevision } = sources.applied(API) ?? {};

    await sources.fake.push({ ...PLATFORM, "platform/note.yaml": "# a comment\n" });
    await sources.fake.clock.pass(700_000);

    expect(sources.applied(API)?.revision).toBe(revision);
    expect(sources.applied(API)?.platformRevision).not.toBe(platformRevision);
  });
});

describe("a source that", () => {
  test("cannot be read keeps its last revision, and delays no other", async () => {
    await sources.started();
    sources.orders.failure = UNREACHABLE;

    await sources.push(sources.orders, service({ api: WRITE_ORDERS }));
    await sources.push(sources.payments, service({ refunds: WRITE_ORDERS }));

    expect(new Set(sources.writes())).toEqual(new Set([REFUNDS]));
    expect(sources.stateOf(API).kind).toBe("declared");
    expect(await sources.viewOf("orders")).toMatchObject({ failure: { message: "no route to host" } });
    expect((await sources.fake.control.overview()).source.failure).toBeNull();
    expect(sources.sourceAlerts()).toEqual(["orders: source-failed of orders"]);
  });

  test.each([
    { code: "auth-failed", message: "the server refused the token", because: "its token expired" },
    { code: "host-key-changed", message: "the key of the server changed", because: "a host key changed" },
    { code: "tls", message: "the certificate is of an unknown authority", because: "a CA is missing" },
  ] as const)("fails is named in status, log and alert with the fix: $because", async ({ code, message }) => {
    await sources.started();
    sources.orders.failure = new SourceError({ source: "orders", code, message, fix: "replace it" });

    await sources.push(sources.orders, service({ api: WRITE_ORDERS }));
    await sources.push(sources.payments, service({ refunds: WRITE_ORDERS }));
    const during = await sources.viewOf("orders");
    sources.orders.failure = null;
    await sources.push(sources.orders, service({ api: WRITE_ORDERS }));

    const text = `source "orders": ${message}`;
    expect(during?.failure).toEqual({ message, fix: "replace it", refused: false });
    expect(sources.fake.telemetry.lines).toContainEqual(
      expect.objectContaining({
        level: "warn",
        fields: { source: "orders", code, reason: text, hint: "replace it" },
      }),
    );
    expect(sources.fake.recorder.alerts).toContainEqual(
      expect.objectContaining({ kind: "source-failed", source: "orders", reason: text, fix: "replace it" }),
    );
    expect(new Set(sources.writes())).toEqual(new Set([REFUNDS, API]));
    expect(sources.fake.recorder.alerts.filter(({ kind }) => kind === "source-recovered")).toHaveLength(1);
  });

  test("was force-pushed is held alone, and an approval of it accepts it", async () => {
    await sources.started();
    sources.orders.relation = "rewritten";

    await sources.push(sources.orders, service({ api: WRITE_ORDERS }));

    const [hold] = (await sources.fake.control.overview()).holds;
    expect(hold?.subject).toMatch(/^orders\/\/main@sha1:/);
    expect(sources.sourceAlerts()).toEqual(["orders: revision-held of orders"]);
    expect(sources.writes()).toEqual([]);
    await sources.push(sources.payments, service({ refunds: WRITE_ORDERS }));
    expect(new Set(sources.writes())).toEqual(new Set([REFUNDS]));

    await sources.fake.approveAll();
    expect(sources.writes()).toContain(API);
  });

  test("has no manifests any more is refused, and deletes nothing", async () => {
    await sources.started();

    await sources.push(sources.orders, { "deploy/README.md": "moved" });

    expect(sources.stateOf(API).kind).toBe("declared");
    expect(await sources.viewOf("orders")).toMatchObject({ failure: { refused: true } });
    expect(sources.sourceAlerts()).toEqual(["orders: source-failed of orders"]);
  });

  test("has no manifests at its first push is reported too, with what that means", async () => {
    sources.orders.push({ "deploy/README.md": "soon" });
    await sources.fake.start();
    await sources.fake.clock.pass(5_000);

    expect(sources.sourceAlerts()).toEqual(["orders: source-failed of orders"]);
    expect(sources.fake.recorder.alerts.find(({ kind }) => kind === "source-failed")).toMatchObject({
      fix: "nothing of this source is enforced; push a revision that has manifests",
    });
  });

  test("is removed from the configuration while it is held has no open incident", async () => {
    await sources.started();
    sources.orders.relation = "rewritten";
    await sources.push(sources.orders, service({ api: WRITE_ORDERS }));

    await sources.restart(() => {
      sources.fake.namespaceSources = sources.fake.namespaceSources.filter(
        ({ namespace }) => namespace !== "orders",
      );
    });

    expect(sources.fake.recorder.alerts).toContainEqual(
      expect.objectContaining({ kind: "revision-decided", source: "orders", how: "superseded" }),
    );
  });

  test("declares what belongs to the platform or to another namespace is refused by document", async () => {
    await sources.started();
    const team =
      "apiVersion: grantkeeper.dev/v1alpha1\nkind: Team\nmetadata: {name: orders}\nspec: {accounts: [prod], functions: ['*']}\n";
    const foreign = service({ api: READ_ORDERS })["deploy/api.yaml"]?.replace(
      "{name: api}",
      "{name: stolen, namespace: payments}",
    );

    await sources.push(sources.orders, {
      ...service({ api: WRITE_ORDERS }),
      "deploy/team.yaml": team,
      "deploy/stolen.yaml": foreign ?? "",
    });

    expect(await sources.diagnostics()).toEqual([
      "orders//deploy/stolen.yaml: metadata.namespace is payments, the source's is orders",
      "orders//deploy/team.yaml: Team is read from platform/ of the platform source only",
    ]);
    expect(new Set(sources.writes())).toEqual(new Set([API]));
    expect((await sources.fake.control.overview()).tenancy).toBe("open");
  });

  test("declares the function of another one: both places are named, and the first one keeps it", async () => {
    await sources.started();

    await sources.push(sources.payments, service({ refunds: READ_ORDERS, api: WRITE_ORDERS }));

    expect(
      (await sources.diagnostics()).filter((text) => text.startsWith("payments//deploy/api.yaml")),
    ).toEqual([
      expect.stringContaining("also claimed by orders/api@prod/eu-west-1 (orders//deploy/api.yaml:3:18)"),
    ]);
    expect(sources.stateOf(API).kind).toBe("declared");
    expect(sources.stateOf(keyOf("payments", "api")).kind).toBe("broken");
    expect(sources.writes()).toEqual([]);
    expect(sources.fake.telemetry.lines.filter(({ text }) => text === "document not used")).toMatchObject([
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
  await sources.started();
  sources.fake.source.failure = UNREACHABLE;

  await sources.push(sources.fake.source, PLATFORM);
  await sources.fake.clock.pass(INTERVAL_MS * 2);

  expect(sources.sourceAlerts()).toEqual(["null: source-failed of main"]);
});
