import { describe, expect, test } from "@jest/globals";
import type { OutboxStore } from "../../../../src/controller/ports/outbox-store.ts";
import { Outbox } from "../../../../src/record/outbox/outbox.ts";
import { START_MS } from "../../../store/engines.ts";
import { DOWN, outboxRouteOf, sinkOf } from "../../../support/record/alert-receivers.ts";
import { Places } from "../../../store/places.ts";
import { sending } from "./sending.ts";

const places = new Places();

/** The store, with other methods in the place of its own. */
function instead(store: OutboxStore, methods: Partial<OutboxStore>): OutboxStore {
  return new Proxy(store, {
    get: (target, name) => {
      const method: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name);
      return typeof method === "function" ? method.bind(target) : method;
    },
  });
}

describe("sending", () => {
  test("due messages are sent in order, once", async () => {
    const { sent, put, drain, left, telemetry } = await sending(places);
    await put("ops", "1", "2", "3");

    await drain();
    await drain();

    expect(sent).toEqual(["ops 1", "ops 2", "ops 3"]);
    expect(await left()).toEqual([]);
    expect(telemetry.counts.get("alerts_sent_total{ops,sent}")).toBe(3);
  });

  test("a rejected message delays the later ones of its route, and no other route", async () => {
    const { sent, refusing, put, drain, left } = await sending(places);
    refusing.add("1");
    await put("ops", "1", "2");
    await put("pager", "3");

    await drain();

    expect(sent).toEqual(["pager 3"]);
    expect((await left()).map(({ body, attempts }) => [body, attempts])).toEqual([
      ["1", 1],
      ["2", 0],
    ]);
  });

  test("a rejected message is tried again with growing delays, and then all are sent in order", async () => {
    const { sent, refusing, put, drain, left, later } = await sending(places);
    refusing.add("ops");
    await put("ops", "1", "2");
    const delays: number[] = [];
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const before = (await left())[0]?.dueMs ?? 0;
      later(Math.max(before - START_MS, 60_000));
      await drain();
      delays.push((await left())[0]?.attempts ?? 0);
    }

    await drain();
    expect(sent).toEqual([]);
    refusing.clear();
    later(300_000);
    await drain();

    expect(delays).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(sent).toEqual(["ops 1", "ops 2"]);
  });

  test.each([
    { attempts: 0, delayMs: 1_000 },
    { attempts: 1, delayMs: 2_000 },
    { attempts: 8, delayMs: 256_000 },
    { attempts: 9, delayMs: 300_000 },
    { attempts: 400, delayMs: 300_000 },
  ])("after $attempts attempts the next is $delayMs ms away at most", async ({ attempts, delayMs }) => {
    const failed: number[] = [];
    const { parts, drain: _, refusing } = await sending(places);
    refusing.add("ops");
    const store = instead(parts.store, {
      waiting: async (route) => (route === "ops" ? [{ id: 1, route, body: "1", attempts, dueMs: 0 }] : []),
      failed: async ({ nextDueMs }) => void failed.push((nextDueMs ?? 0) - START_MS),
    });

    await new Outbox({ ...parts, store }).drain(AbortSignal.timeout(10_000));
    await new Outbox({ ...parts, store, random: { next: () => 0 } }).drain(AbortSignal.timeout(10_000));

    expect(failed).toEqual([delayMs, delayMs / 2]);
  });

  test("after about a day a message is dropped with an error, and the next one is sent", async () => {
    const { parts, refusing, sent, telemetry } = await sending(places);
    refusing.add("1");
    const gone: number[] = [];
    const store = instead(parts.store, {
      waiting: async (route) =>
        route === "pager"
          ? []
          : [
              { id: 1, route, body: "1", attempts: 499, dueMs: 0 },
              { id: 2, route, body: "2", attempts: 0, dueMs: 0 },
            ],
      failed: async ({ id, nextDueMs }) => void (nextDueMs === null ? gone.push(id) : undefined),
      accepted: async ({ ids }) => void gone.push(...ids),
    });

    await new Outbox({ ...parts, store }).drain(AbortSignal.timeout(10_000));

    expect(gone).toEqual([1, 2]);
    expect(sent).toEqual(["ops 2"]);
    expect(telemetry.lines.map(({ level }) => level)).toEqual(["error"]);
    expect(telemetry.counts.get("alerts_sent_total{ops,dropped}")).toBe(1);
  });

  test("a stop does not count as a failed attempt", async () => {
    const { parts, put, left, telemetry } = await sending(places);
    await put("ops", "1", "2");
    const stop = new AbortController();
    const routes = [
      outboxRouteOf(
        sinkOf(() => {
          stop.abort();
          return DOWN;
        }),
      ),
    ];

    await new Outbox({ ...parts, routes }).drain(stop.signal);
    await new Outbox({ ...parts, routes }).drain(stop.signal);

    expect((await left()).map(({ attempts }) => attempts)).toEqual([0, 0]);
    expect(telemetry.counts.size).toBe(0);
  });

  test.each([
    { failure: "no route", reason: "no route" },
    { failure: new TypeError("x is undefined"), reason: "x is undefined" },
  ])("a receiver that throws has a defect: its message is kept", async ({ failure, reason }) => {
    const { parts, put, telemetry, left } = await sending(places);
    await put("ops", "1");
    const routes = [outboxRouteOf(sinkOf(() => Promise.reject(failure)))];

    await new Outbox({ ...parts, routes }).drain(AbortSignal.timeout(10_000));

    expect(telemetry.lines[0]?.fields).toEqual({
      route: "ops",
      reason: `Grantkeeper failed to send it: ${reason}`,
      fix: "report this as a bug",
      attempt: 1,
    });
    expect(await left()).toHaveLength(1);
  });

  test("a message that was sent but not recorded is sent again", async () => {
    const { parts, put, sent, drain } = await sending(places);
    await put("ops", "1");
    const store = instead(parts.store, { accepted: () => Promise.reject(new Error("killed")) });

    await expect(new Outbox({ ...parts, store }).drain(AbortSignal.timeout(10_000))).rejects.toThrow(
      "killed",
    );
    await drain();

    expect(sent).toEqual(["ops 1", "ops 1"]);
  });
});
