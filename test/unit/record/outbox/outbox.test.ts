import type { Key } from "../../../../src/model/keys/key.ts";
import { describe, expect, test } from "@jest/globals";
import type { OutboxMessage, OutboxStore } from "../../../../src/controller/ports/outbox-store.ts";
import type { AlertDigest } from "../../../../src/record/digest.ts";
import { messageOf, type AlertMessage } from "../../../../src/record/message.ts";
import { Outbox } from "../../../../src/record/outbox/outbox.ts";
import { openStore } from "../../../../src/store/sqlite/open.ts";
import { optionsFor, START_MS, testClock, testTelemetry } from "../../../store/engines.ts";
import { ACCEPTED, DOWN, outboxRouteOf, sinkOf } from "../../../support/record/alert-receivers.ts";
import { alertProcess } from "../../../support/alerts/sending.ts";
import { Places } from "../../../store/places.ts";
import { KEY, opened } from "../settlements.ts";

const places = new Places();

/** A real store, and a receiver that rejects the chosen messages. */
async function sending() {
  const clock = testClock();
  const { store, outboxStore } = places.keep(openStore(optionsFor(await places.folder(), { clock })));
  const sent: string[] = [];
  const refusing = new Set<string>();
  const telemetry = testTelemetry();
  const receiver = (route: string) =>
    sinkOf(({ body }) => {
      if (refusing.has(route) || refusing.has(body)) return DOWN;
      sent.push(`${route} ${body}`);
      return ACCEPTED;
    });
  const routes = ["ops", "pager"].map((name) => outboxRouteOf(receiver(name), { name }));
  const parts = { store: outboxStore, routes, clock, random: { next: () => 1 }, telemetry };
  const put = (route: string, ...bodies: readonly string[]) =>
    store.commit({ outbox: bodies.map((body) => ({ route, body, dueMs: clock.nowMs() })) });
  const left = async (): Promise<readonly OutboxMessage[]> => [
    ...(await outboxStore.waiting("ops", 10_000)),
    ...(await outboxStore.waiting("pager", 10_000)),
  ];
  const outbox = new Outbox(parts);
  const drain = () => outbox.drain(AbortSignal.timeout(10_000));
  const later = (ms: number): void => clock.set(clock.nowMs() + ms);
  return { store, sent, refusing, telemetry, parts, put, left, drain, later };
}

/** The store, with other methods in the place of its own. */
function instead(store: OutboxStore, methods: Partial<OutboxStore>): OutboxStore {
  return new Proxy(store, {
    get: (target, name) => {
      const method: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name);
      return typeof method === "function" ? method.bind(target) : method;
    },
  });
}

function bodies(count: number, severity: "security" | "other" = "other"): readonly string[] {
  return Array.from({ length: count }, (_, at) => {
    const key = `function/222222222222/eu-west-1/orders/f-${at}` as Key;
    const event = opened({ key, severity });
    return JSON.stringify(
      messageOf(event, { severity, seqs: [], since: null, at: new Date(START_MS + at).toISOString() }),
    );
  });
}

describe("sending", () => {
  test("due messages are sent in order, once", async () => {
    const { sent, put, drain, left, telemetry } = await sending();
    await put("ops", "1", "2", "3");

    await drain();
    await drain();

    expect(sent).toEqual(["ops 1", "ops 2", "ops 3"]);
    expect(await left()).toEqual([]);
    expect(telemetry.counts.get("alerts_sent_total{ops,sent}")).toBe(3);
  });

  test("a rejected message delays the later ones of its route, and no other route", async () => {
    const { sent, refusing, put, drain, left } = await sending();
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
    const { sent, refusing, put, drain, left, later } = await sending();
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
    const { parts, drain: _, refusing } = await sending();
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
    const { parts, refusing, sent, telemetry } = await sending();
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
    const { parts, put, left, telemetry } = await sending();
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
    const { parts, put, telemetry, left } = await sending();
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
    const { parts, put, sent, drain } = await sending();
    await put("ops", "1");
    const store = instead(parts.store, { accepted: () => Promise.reject(new Error("killed")) });

    await expect(new Outbox({ ...parts, store }).drain(AbortSignal.timeout(10_000))).rejects.toThrow(
      "killed",
    );
    await drain();

    expect(sent).toEqual(["ops 1", "ops 1"]);
  });
});

describe("too many for a minute", () => {
  const digestOf = (sent: readonly string[]): AlertDigest =>
    JSON.parse(sent.at(-1)?.slice("ops ".length) ?? "") as AlertDigest;

  test("six fit one by one", async () => {
    const { sent, put, drain } = await sending();
    await put("ops", ...bodies(6));

    await drain();

    expect(sent.map((text) => (JSON.parse(text.slice(4)) as AlertMessage).kind)).toEqual(
      Array(6).fill("drift-opened"),
    );
  });

  test("of more than six the last is a digest of the rest, and the next minute starts again", async () => {
    const { sent, put, drain, left, later } = await sending();
    await put("ops", ...bodies(30));

    await drain();

    expect(sent).toHaveLength(6);
    expect(await left()).toEqual([]);
    expect(digestOf(sent)).toMatchObject({
      kind: "digest",
      status: "told",
      severity: "other",
      incident: "digest/2026-11-25T12:00:00.005Z",
    });
    expect(digestOf(sent).messages).toHaveLength(25);
    expect(digestOf(sent).messages[0]).toEqual({
      incident: `drift/${KEY.replace("orders-api", "f-5")}`,
      status: "open",
      severity: "other",
      kind: "drift-opened",
      key: KEY.replace("orders-api", "f-5"),
      account: "prod",
      at: "2026-11-25T12:00:00.005Z",
      namespace: "orders",
      since: null,
    });
    expect(digestOf(sent).text.split("\n")).toHaveLength(22);
    expect(digestOf(sent).text).toMatch(
      /^25 alerts within a minute:\n🟠 orders\/f-5@prod\/eu-west-1: .*\n.*/,
    );
    expect(digestOf(sent).text).toMatch(/\nand 5 more$/);

    await put("ops", ...bodies(1));
    await drain();
    expect(sent).toHaveLength(6);
    later(60_000);
    await drain();
    expect(sent).toHaveLength(7);
  });

  test("severe messages come first in a digest, so that none is missed", async () => {
    const { sent, put, drain } = await sending();
    await put("ops", ...bodies(20), ...bodies(1, "security").map((body) => body.replaceAll("f-0", "grave")));

    await drain();

    expect(digestOf(sent).severity).toBe("security");
    expect(digestOf(sent).text.split("\n")[1]).toContain("grave");
    expect(digestOf(sent).messages.at(-1)?.severity).toBe("security");
  });

  test("a rejected digest loses no message", async () => {
    const { sent, refusing, put, drain, left, later } = await sending();
    const all = bodies(10);
    await put("ops", ...all);
    refusing.add("ops");
    await drain();
    refusing.clear();
    later(60_000);

    await drain();

    expect(await left()).toEqual([]);
    expect(sent).toHaveLength(6);
    expect(digestOf(sent).messages).toHaveLength(5);
  });

  test("a digest has a limit; messages over it wait", async () => {
    const { sent, put, drain, left } = await sending();
    await put("ops", ...bodies(300));

    await drain();

    expect(digestOf(sent).messages).toHaveLength(200);
    expect(await left()).toHaveLength(95);
  });

  test("each route has its own limit per minute", async () => {
    const { sent, put, drain } = await sending();
    await put("ops", ...bodies(10));
    await put("pager", ...bodies(2));

    await drain();

    expect(sent.filter((text) => text.startsWith("pager"))).toHaveLength(2);
  });
});

test("a refresh that a receiver accepts is a delivery: the failure before it has passed", async () => {
  const clock = testClock();
  const stored = places.keep(openStore(optionsFor(await places.folder(), { clock })));
  let problem: { readonly cause: string; readonly fix: string } | null = null;
  const sink = { ...sinkOf(() => ({ ...ACCEPTED, thread: "t" })), refresh: () => Promise.resolve(problem) };
  const one = alertProcess(stored, { clock, routes: [{ sink }] });
  const shown: unknown[] = [];

  await one.record(opened());
  for (const found of [{ cause: "no answer", fix: "start it" }, null]) {
    problem = found;
    clock.set(clock.nowMs() + 120_000);
    await one.drain();
    const [route] = await one.sender.routes();
    shown.push([route?.problem?.cause ?? null, (route?.deliveredMs ?? 0) - START_MS]);
  }

  expect(shown).toEqual([
    ["no answer", 120_000],
    [null, 240_000],
  ]);
});

test("a test alert that is accepted is a delivery, and one that is not accepted is the last error", async () => {
  const clock = testClock();
  const stored = places.keep(openStore(optionsFor(await places.folder(), { clock })));
  const answers = [DOWN, ACCEPTED];
  const one = alertProcess(stored, { clock, routes: [{ sink: sinkOf(() => answers.shift() ?? DOWN) }] });
  const shown: unknown[] = [];

  while (answers.length > 0) {
    const test = await one.sender.test("ops", "dana", AbortSignal.timeout(10_000));
    const [route] = await one.sender.routes();
    shown.push([test?.kind, route?.problem?.cause ?? null, route?.deliveredMs ?? null]);
  }

  expect(shown).toEqual([
    ["refused", "answered 503", null],
    ["accepted", null, START_MS],
  ]);
});
