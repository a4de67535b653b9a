import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { NO_PENDING_AUTHORS, pendingAuthorsOf } from "../../../../src/model/authors.ts";
import { settled } from "../../../support/fakes/fake-clock.ts";
import {
  FakeController,
  INTERVAL_MS,
  manifests,
  READ_ORDERS,
  WRITE_ORDERS,
} from "../../../support/fakes/fake-controller.ts";
import { API, NamespaceSources, PLATFORM, REFUNDS, service, UNREACHABLE } from "./two-sources.ts";
import { ok } from "../../../../src/model/values/result.ts";

let sources: NamespaceSources;

beforeEach(() => {
  sources = new NamespaceSources();
});
afterEach(() => sources.stop());

describe("after a restart", () => {
  test("every source is in force again before the first pass, also one that cannot be reached", async () => {
    await sources.started();

    await sources.restart(() => {
      sources.orders.failure = UNREACHABLE;
    });

    expect(sources.stateOf(API).kind).toBe("declared");
    expect(await sources.diagnostics()).toEqual([]);
    expect(sources.writes()).toEqual([]);
  });

  test("a source whose revision is lost keeps its keys as they were applied", async () => {
    await sources.started();
    const lost = sources.fake.addSource("unused");

    await sources.restart(() => {
      sources.fake.namespaceSources = sources.fake.namespaceSources
        .filter(({ namespace }) => namespace !== ("unused" as never))
        .map((one) =>
          one.namespace === ("orders" as never)
            ? { ...one, source: { ...one.source, at: lost.at.bind(lost), latest: lost.latest.bind(lost) } }
            : one,
        );
    });
    await sources.fake.clock.pass(INTERVAL_MS * 20);

    expect(sources.stateOf(API)).toMatchObject({ kind: "broken", file: "orders//" });
    expect(await sources.diagnostics()).toEqual([
      'orders//: no revision of source "orders" is accepted and read',
    ]);
    expect(sources.writes()).toEqual([]);
    expect(sources.fake.store.records.get(API)?.unbinding).toBeNull();
  });
});

describe("the configuration", () => {
  test("gives a namespace to a source: nothing is deleted in between", async () => {
    await sources.stop();
    sources.fake = new FakeController();
    await sources.fake.startConverged(manifests({ api: READ_ORDERS }));
    expect(sources.applied(API)?.revision).toMatch(/^main@sha1:/);
    sources.orders = sources.fake.addSource("orders");
    sources.orders.failure = UNREACHABLE;

    await sources.restart();

    expect(await sources.diagnostics()).toEqual([
      'orders//: no revision of source "orders" is accepted and read',
      'teams/orders/api.yaml: namespace orders is read from source "orders" of the configuration, and not from here',
    ]);
    await sources.fake.push(PLATFORM);
    await sources.fake.clock.pass(INTERVAL_MS * 20);
    expect(sources.stateOf(API).kind).toBe("broken");
    expect(sources.writes()).toEqual([]);

    sources.orders.failure = null;
    await sources.push(sources.orders, service({ api: READ_ORDERS }));
    await sources.fake.clock.pass(INTERVAL_MS * 20);
    expect(sources.stateOf(API)).toMatchObject({ kind: "declared", file: "orders//deploy/api.yaml" });
    expect(sources.applied(API)?.revision).toMatch(/^orders\/\/main@sha1:/);
    expect(sources.writes()).toEqual([]);
  });

  test("no longer has a source: what it declared has left Git, and the others stay", async () => {
    await sources.started();

    await sources.restart(() => {
      sources.fake.namespaceSources = sources.fake.namespaceSources.filter(
        ({ source }) => source.name !== "orders",
      );
    });

    expect(sources.stateOf(API).kind).toBe("not-declared");
    expect(sources.stateOf(REFUNDS).kind).toBe("declared");
    expect(
      [...sources.fake.store.objectRecords.values()].map(({ namespace, name }) => `${namespace}/${name}`),
    ).not.toContain("orders/api");
    expect(sources.fake.store.sourceRecords.get("orders")).toMatchObject({
      acceptedRevision: null,
      fileKeys: {},
    });
    expect(sources.fake.store.records.get(API)?.unbinding).not.toBeNull();
  });
});

describe("a crash between two acceptances", () => {
  test("loses none of them: the other one is accepted after the restart", async () => {
    await sources.started();
    sources.orders.push(service({ api: WRITE_ORDERS }));
    sources.payments.push(service({ refunds: WRITE_ORDERS }));
    const record = sources.fake.recorder.record.bind(sources.fake.recorder);
    sources.fake.recorder.record = (settlement) => {
      const [first] = settlement.facts;
      if (first?.kind === "revision-accepted" && first.source === "payments")
        return Promise.reject(new Error("killed"));
      return record(settlement);
    };
    sources.fake.control.fetchSoon("test", [sources.orders.name as never, sources.payments.name as never]);
    await settled();
    const before = sources.applied(REFUNDS);
    expect(new Set(sources.writes())).toEqual(new Set([API]));

    await sources.restart(() => {
      sources.fake.recorder.record = record;
    });
    await sources.fake.clock.pass(INTERVAL_MS);

    expect(sources.applied(REFUNDS)?.revision).not.toBe(before?.revision);
    expect(sources.applied(API)?.revision).toBe(
      sources.fake.store.sourceRecords.get("orders")?.acceptedRevision,
    );
    expect(await sources.diagnostics()).toEqual([]);
  });
});

describe("an approval", () => {
  test("of a revision of one source approves nothing of another one, also at the same commit", async () => {
    await sources.started();
    sources.orders.relation = "rewritten";
    sources.payments.relation = "rewritten";
    const same = { ...service({ api: WRITE_ORDERS }), ...service({ refunds: WRITE_ORDERS }) };
    sources.orders.push(same);
    sources.payments.push(same);
    sources.fake.control.fetchSoon("test", [sources.orders.name as never, sources.payments.name as never]);
    await settled();
    const subjects = (await sources.fake.control.overview()).holds.map(({ subject }) => subject);
    expect(subjects.map((subject) => subject.split("@")[0])).toEqual(["orders//main", "payments//main"]);
    expect(new Set(subjects.map((subject) => subject.split("@")[1])).size).toBe(1);

    await sources.fake.control.approve(
      { subject: subjects[0] ?? "", reason: "reviewed", forMs: 3_600_000 },
      "dana",
    );
    await settled();

    expect((await sources.fake.control.overview()).holds.map(({ subject }) => subject)).toContain(
      subjects[1],
    );
    expect(sources.writes()).not.toContain(REFUNDS);
  });

  test("of another source's commit verifies nothing", async () => {
    const ranges: unknown[] = [];
    await sources.started();
    sources.orders.relation = "rewritten";
    await sources.push(sources.orders, service({ api: WRITE_ORDERS }));
    await sources.fake.approveAll();
    sources.fake.source.verify = async (range?: unknown) => {
      ranges.push(range);
      return ok({ kind: "not-required" });
    };

    await sources.fake.push({ ...PLATFORM, "platform/note.yaml": "# a comment\n" });

    expect(ranges).toMatchObject([{ approved: [] }]);
  });
});

describe("authors", () => {
  test("of the first revision of a source are the people of its history, for its functions only", async () => {
    sources.orders.authors = { kind: "unknown", reason: "nothing before", people: ["dana@example.com"] };
    await sources.started();

    const { authors = NO_PENDING_AUTHORS } = sources.fake.store.sourceRecords.get("main") ?? {};
    expect(pendingAuthorsOf(authors, API)).toMatchObject({
      people: ["dana@example.com"],
      unknown: "nothing before",
    });
    expect(pendingAuthorsOf(authors, REFUNDS)).toBeNull();
  });

  test("that are unknown in one source are unknown for its functions only", async () => {
    await sources.started();
    sources.orders.authors = { kind: "unknown", reason: "the history is not known" };

    await sources.push(sources.orders, service({ api: WRITE_ORDERS }));

    const { authors } = sources.fake.store.sourceRecords.get("main") ?? {};
    expect(authors?.all).toBeNull();
    expect(Object.keys(authors?.byKey ?? {})).toEqual([API]);
  });
});
