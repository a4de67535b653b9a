import { describe, expect, test } from "@jest/globals";
import type { IncidentRecord } from "../../src/model/records/incident-record.ts";
import { ENGINES, optionsFor } from "./engines.ts";
import { Places } from "./places.ts";

const places = new Places();
const PROBLEM = { cause: "answered 503", fix: "look at the log of the receiver" };

function incident(facts: Partial<IncidentRecord> = {}): IncidentRecord {
  return {
    incident: "drift/a",
    severity: "other",
    sinceMs: 5,
    namespace: "orders",
    account: "prod",
    body: "{}",
    ...facts,
  };
}

describe.each(ENGINES)("in $name", (engine) => {
  async function open() {
    return places.keep(await engine.open(optionsFor(await places.folder())));
  }

  describe("the outbox", () => {
    test("has the oldest messages of one route, up to a limit, also those that wait", async () => {
      const { store, outboxStore } = await open();
      const put = (route: string, body: string, dueMs: number) => ({ route, body, dueMs });
      await store.commit({ outbox: [put("ops", "1", 20), put("pager", "2", 10), put("ops", "3", 10)] });

      expect((await outboxStore.waiting("ops", 5)).map(({ body }) => body)).toEqual(["1", "3"]);
      expect(await outboxStore.waiting("ops", 1)).toMatchObject([{ body: "1", attempts: 0, dueMs: 20 }]);
      expect(await outboxStore.waiting("none", 5)).toEqual([]);
    });

    test("keeps a message until it was accepted or given up, and counts the attempts", async () => {
      const { store, outboxStore } = await open();
      await store.commit({ outbox: ["1", "2"].map((body) => ({ route: "ops", body, dueMs: 10 })) });
      const [first, second] = await outboxStore.waiting("ops", 2);
      const failed = { route: "ops", id: first?.id ?? 0, atMs: 20, threads: [], problem: PROBLEM };

      await outboxStore.failed({ ...failed, nextDueMs: 30 });
      expect(await outboxStore.waiting("ops", 1)).toMatchObject([{ attempts: 1, dueMs: 30 }]);
      await outboxStore.failed({ ...failed, nextDueMs: null });
      expect(await outboxStore.waiting("ops", 5)).toMatchObject([{ body: "2" }]);
      const ids = [second?.id ?? 0];
      expect((await outboxStore.routeStates(35)).get("ops")).toMatchObject({ problem: PROBLEM });
      await outboxStore.accepted({ route: "ops", ids, atMs: 40, threads: [], problem: null });
      expect(await outboxStore.waiting("ops", 5)).toEqual([]);
      // A delivery ends the failure: an operator who reads the route sees no problem any more.
      expect((await outboxStore.routeStates(50)).get("ops")).toMatchObject({
        deliveredMs: 40,
        problem: null,
      });
    });

    test("drops the messages and threads of routes that are no longer configured", async () => {
      const { store, outboxStore } = await open();
      await store.commit({ outbox: ["ops", "gone"].map((route) => ({ route, body: "1", dueMs: 10 })) });
      const threads = [{ incident: "drift/a", thread: "t" }];
      await outboxStore.accepted({ route: "gone", ids: [], atMs: 1, threads, problem: null });

      expect(await outboxStore.dropOthers(["ops", "new"])).toBe(1);

      expect(await outboxStore.waiting("ops", 5)).toHaveLength(1);
      expect(await outboxStore.waiting("gone", 5)).toEqual([]);
      expect((await outboxStore.threads("gone")).size).toBe(0);
    });

    test("gives the fallback what waits for long, once, with the incidents whose end it needs", async () => {
      const { store, outboxStore } = await open();
      const body = (name: string): string => JSON.stringify({ incident: name });
      await store.commit({
        incidents: [incident(), incident({ incident: "drift/b" })],
        outbox: [
          { route: "ops", body: body("drift/a"), dueMs: 10, opens: "drift/a" },
          { route: "ops", body: body("drift/b"), dueMs: 500, opens: "drift/b" },
          { route: "ops", body: "not JSON", dueMs: 10 },
        ],
      });
      const copy = { from: "ops", to: "mail", beforeMs: 100, nowMs: 1_000 };

      expect(await outboxStore.copyWaiting(copy)).toBe(2);
      expect(await outboxStore.copyWaiting(copy)).toBe(0);

      expect(await outboxStore.waiting("mail", 5)).toMatchObject([
        { body: body("drift/a"), dueMs: 1_000 },
        { body: "not JSON" },
      ]);
      const notified = (await outboxStore.incidents(null)).map(({ notifiedMs }) => [...notifiedMs.keys()]);
      expect(notified).toEqual([["mail", "ops"], ["ops"]]);
    });
  });

  describe("an incident", () => {
    test("is open until it ends, with the routes that were notified of it", async () => {
      const { store, outboxStore } = await open();
      await store.commit({
        incidents: [incident(), incident({ incident: "drift/b" })],
        outbox: [{ route: "ops", body: "{}", dueMs: 7, opens: "drift/a" }],
      });
      await store.commit({ incidents: [incident({ severity: "security" })] });

      expect(await outboxStore.incidents(["drift/a", "drift/c"])).toEqual([
        { ...incident({ severity: "security" }), notifiedMs: new Map([["ops", 7]]) },
      ]);
      expect(await outboxStore.incidents(null)).toHaveLength(2);
      await store.commit({ endedIncidents: ["drift/a"] });
      expect((await outboxStore.incidents(null)).map(({ incident: name }) => name)).toEqual(["drift/b"]);
    });

    test("is found by the beginning of its name, and no other is read", async () => {
      const { store, outboxStore } = await open();
      const names = [
        "account/1/iam:X",
        "contended/function/1/a",
        "refused/function/1/a",
        "refused/function/10/b",
      ];
      await store.commit({ incidents: names.map((name) => incident({ incident: name })) });

      expect(await outboxStore.incidentNames(["refused/function/1/", "account/1/"])).toEqual([
        "refused/function/1/a",
        "account/1/iam:X",
      ]);
      expect(await outboxStore.incidentNames([])).toEqual([]);
      expect(await outboxStore.incidentNames([""])).toEqual(names);
    });

    test("that begins and ends in one commit is not open", async () => {
      const { store, outboxStore } = await open();

      await store.commit({
        incidents: [incident()],
        outbox: [{ route: "ops", body: "{}", dueMs: 7, opens: "drift/a" }],
        endedIncidents: ["drift/a"],
      });

      expect(await outboxStore.incidents(null)).toEqual([]);
      expect(await outboxStore.waiting("ops", 5)).toHaveLength(1);
    });

    test("is not reported again after it ended", async () => {
      const { store, outboxStore } = await open();
      await store.commit({ incidents: [incident()] });
      const again = { incident: "drift/a", route: "ops", body: "again", dueMs: 60, nowMs: 50 };

      await outboxStore.repeat(again);
      await store.commit({ endedIncidents: ["drift/a"] });
      await outboxStore.repeat(again);

      expect(await outboxStore.waiting("ops", 5)).toMatchObject([{ body: "again", dueMs: 60 }]);
    });

    test("has one name at each receiver, until it ends there", async () => {
      const { outboxStore } = await open();
      const accept = (incidentName: string, thread: string | null): Promise<void> =>
        outboxStore.accepted({
          route: "ops",
          ids: [],
          atMs: 1,
          threads: [{ incident: incidentName, thread }],
          problem: null,
        });

      await accept("drift/a", "1");
      await accept("drift/b", "2");
      await accept("drift/a", "3");
      expect([...(await outboxStore.threads("ops"))]).toEqual([
        ["drift/a", "3"],
        ["drift/b", "2"],
      ]);
      await accept("drift/b", null);
      expect([...(await outboxStore.threads("ops")).keys()]).toEqual(["drift/a"]);
    });
  });

  test("the state of a route has what is due, the last delivery and the last failure", async () => {
    const { store, outboxStore } = await open();
    await store.commit({ outbox: [10, 20, 900].map((dueMs) => ({ route: "ops", body: "1", dueMs })) });
    await outboxStore.accepted({ route: "mail", ids: [], atMs: 5, threads: [], problem: PROBLEM });
    await outboxStore.noteProblem("router", PROBLEM, 6);

    const states = await outboxStore.routeStates(100);

    const none = { waiting: 0, oldestWaitingMs: null, deliveredMs: null, problem: null };
    expect(Object.fromEntries(states)).toEqual({
      ops: { ...none, waiting: 2, oldestWaitingMs: 10 },
      mail: { ...none, deliveredMs: 5, problem: { ...PROBLEM, atMs: 5 } },
      router: { ...none, problem: { ...PROBLEM, atMs: 6 } },
    });
  });
});
