import { describe, expect, test } from "@jest/globals";
import type { AlertEvent } from "../../../src/model/alert-event.ts";
import type { Route } from "../../../src/record/route.ts";
import { START_MS } from "../../store/engines.ts";
import { closed, EVENTS, opened } from "./settlements.ts";
import { HOUR_MS, alertedStore, OPS } from "./alerted-store.ts";
import { Places } from "../../store/places.ts";

const places = new Places();

const SINCE = { since: new Date(START_MS).toISOString() };

const PAGER = { name: "pager", severity: "security" } as const;

describe("an incident after a restart", () => {
  test.each<{ severity: "security" | "other"; notified: readonly string[]; because: string }>([
    {
      severity: "other",
      notified: ["ops closed other"],
      because: "a receiver without the first message gets no last one",
    },
    {
      severity: "security",
      notified: ["ops closed security", "pager closed security"],
      because: "every receiver of the first message gets the last one",
    },
  ])("$because", async ({ severity, notified }) => {
    const { start, take } = await alertedStore(places);
    const before = start(OPS, PAGER);
    await before.record(opened({ ...SINCE, severity }));
    await before.drain();
    take();

    const after = start(OPS, PAGER);
    await after.record(closed());
    await after.drain();

    expect(take()).toEqual(notified);
  });

  test("of a pass that failed ends with the first pass that works", async () => {
    const { start, take } = await alertedStore(places);
    await start(OPS).record(EVENTS["pass-failed"]);

    const after = start(OPS);
    await after.record(EVENTS["pass-recovered"]);
    await after.record(EVENTS["pass-recovered"]);
    await after.drain();

    expect(take()).toEqual(["ops open security", "ops closed security"]);
  });
});

describe("what needs an answer", () => {
  const END = EVENTS["revision-decided"];

  test.each<{ events: readonly AlertEvent[]; gets: readonly string[]; because: string }>([
    {
      events: [EVENTS["revision-held"], END, END],
      gets: ["open security", "closed security"],
      because: "a held revision is one incident, which ends once",
    },
    {
      events: [EVENTS["revision-held"], { ...EVENTS["revision-held"], revision: "main@0a1b2c3" }, END],
      gets: ["open security", "open security", "closed security"],
      because: "another push to the same source updates it",
    },
    { events: [END], gets: [], because: "an earlier version sent it as an event, which has no end" },
    {
      events: [EVENTS["source-failed"], EVENTS["source-failed"], EVENTS["source-recovered"]],
      gets: ["open other", "closed other"],
      because: "a restart finds the same failure",
    },
    {
      events: [EVENTS["source-failed"], { ...EVENTS["source-failed"], reason: "the key has changed" }],
      gets: ["open other", "open other"],
      because: "a restart finds another failure",
    },
    {
      events: [EVENTS["drift-opened"], EVENTS["account-removed"], EVENTS["account-removed"]],
      gets: ["open security", "closed security"],
      because: "an account that is no longer declared closes what was open about it",
    },
    {
      events: [EVENTS["document-broken"], EVENTS["document-broken"], EVENTS["document-fixed"]],
      gets: ["open other", "closed other"],
      because: "a restart finds the same error of an account",
    },
    { events: [EVENTS["source-recovered"]], gets: [], because: "the first fetch of a process works" },
    {
      events: [EVENTS.held, EVENTS["hold-ended"], EVENTS["hold-ended"]],
      gets: ["open other", "closed other"],
      because: "a pending plan is one incident",
    },
  ])("$because", async ({ events, gets }) => {
    const { start, take } = await alertedStore(places);

    for (const event of events) {
      const running = start(OPS);
      await running.record(event);
      await running.drain();
    }

    expect(take()).toEqual(gets.map((line) => `ops ${line}`));
  });

  test("is reported again while it is open, with the commands that show and approve it", async () => {
    const { start, take, later, texts } = await alertedStore(places);
    const running = start({ ...OPS, remindAfterMs: 24 * HOUR_MS });
    await running.record(EVENTS["revision-held"]);
    await running.drain();
    later(25 * HOUR_MS);
    await running.drain();
    await running.drain();

    expect(take()).toEqual(["ops open security", "ops open security again"]);
    expect(texts[1]).toBe(
      "🔴 main: main@9c1d04e is awaiting approval: not a descendant\nStill open since 2026-11-25 12:00Z (1d 1h)\nSee:  grantkeeper describe approval main@9c1d04e\nApprove: grantkeeper approve main@9c1d04e --reason TEXT",
    );
  });
});

describe("what stays open", () => {
  test("is reported again after the route's time, until it ends", async () => {
    const { start, take, later, texts } = await alertedStore(places);
    const running = start({ ...OPS, remindAfterMs: 24 * HOUR_MS });
    await running.record(opened(SINCE));
    const days: (readonly string[])[] = [];
    for (let hour = 0; hour < 50; hour += 1) {
      await running.drain();
      days.push(take());
      later(HOUR_MS);
    }
    await running.record(closed());
    later(48 * HOUR_MS);
    await running.drain();
    await running.drain();

    expect(days.map((lines, hour) => [hour, ...lines]).filter(({ length }) => length > 1)).toEqual([
      [0, "ops open security"],
      [24, "ops open security again"],
      [48, "ops open security again"],
    ]);
    expect(take()).toEqual(["ops closed security"]);
    expect(texts[1]?.split("\n")).toEqual([
      expect.stringMatching(/^🔴 orders\/orders-api@prod/),
      "Still open since 2026-11-25 12:00Z (1d)",
      "See:  grantkeeper describe orders/orders-api@prod/eu-west-1",
    ]);
  });

  test.each<{ route: Partial<Route>; notified: readonly string[]; because: string }>([
    {
      route: { name: "new" },
      notified: ["new open security"],
      because: "a new route is notified what is open already",
    },
    {
      route: { name: "new", namespaces: ["search"] },
      notified: [],
      because: "not what belongs to another team",
    },
    { route: { name: "new", accounts: ["dev"] }, notified: [], because: "not what is in another account" },
  ])("$because", async ({ route, notified }) => {
    const { start, take } = await alertedStore(places);
    const before = start(OPS);
    await before.record(opened(SINCE));
    await before.drain();
    take();

    await start(OPS, route).drain();

    expect(take()).toEqual(notified);
  });
});

describe("a route of an account", () => {
  test.each<{ event: AlertEvent; accounts: readonly string[]; sent: number; because: string }>([
    { event: opened(SINCE), accounts: ["prod"], sent: 1, because: "its own account" },
    { event: opened(SINCE), accounts: ["dev"], sent: 0, because: "another account" },
    { event: EVENTS["source-failed"], accounts: ["dev"], sent: 1, because: "what belongs to no account" },
    {
      event: EVENTS["suspension-ending"],
      accounts: ["prod"],
      sent: 1,
      because: "changes in its own account",
    },
  ])("gets $because: $sent", async ({ event, accounts, sent }) => {
    const { start, take } = await alertedStore(places);
    const running = start({ ...OPS, accounts });

    await running.record(event);
    await running.drain();

    expect(take()).toHaveLength(sent);
  });

  test("gets only its own changes after a suspension", async () => {
    const { start, texts } = await alertedStore(places);
    const running = start({ ...OPS, accounts: ["dev"] });

    await running.record(EVENTS["suspension-ending"]);
    await running.drain();

    expect(texts.join()).not.toContain("2 writes");
  });
});

test.each(["held", "access-denied"] as const)(
  "the beginning of %s is sent once, also if a pass finds it again after a kill",
  async (kind) => {
    const { start, take } = await alertedStore(places);
    const before = start(OPS);
    await before.record(EVENTS[kind]);
    await before.drain();
    const sent = take().length;

    const after = start(OPS);
    await after.record(EVENTS[kind]);
    await after.drain();

    expect([sent, take().length]).toEqual([1, 0]);
  },
);

describe("a route with a time of the day", () => {
  test("gets one digest a day, and a message after that time the next day", async () => {
    const { start, take, later, texts } = await alertedStore(places);
    const at13 = { ...OPS, dailyAtMs: 13 * HOUR_MS };
    const running = start(at13);
    for (let message = 0; message < 9; message += 1) await running.record(EVENTS["pass-failed"]);
    await running.drain();
    expect(take()).toEqual([]);
    expect((await running.sender.routes())[0]).toMatchObject({ waiting: 0 });

    later(HOUR_MS);
    await running.drain();
    later(1);
    await running.record(EVENTS["pass-failed"]);
    await running.drain();
    expect(take()).toEqual(["ops told security"]);
    expect(texts[0]).toMatch(/^9 alerts within a day:/);

    later(24 * HOUR_MS);
    await running.drain();
    expect(take()).toEqual(["ops open security"]);
  });
});
