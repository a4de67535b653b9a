import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { isInScope, WEEKDAYS, type Weekday } from "../../../src/model/windows/change-window.ts";
import { windowStateAt, type NamedSchedule } from "../../../src/model/windows/openings.ts";
import { instantInZone, isZone, offsetsOf, zoneNames } from "../../../src/model/windows/zone-time.ts";

const HOUR_MS = 3_600_000;

function schedule(
  day: Weekday,
  [at, hours]: readonly [at: string, hours: number],
  facts: Partial<NamedSchedule> = {},
): NamedSchedule {
  const [hour, minute] = at.split(":").map(Number);
  const atMinute = Number(hour) * 60 + Number(minute);
  const openings = [{ day, atMinute, lengthMs: hours * HOUR_MS }];
  return { name: "w", zone: "Europe/Berlin", openings, overrunMs: 600_000, ...facts };
}

function openness(schedules: readonly NamedSchedule[], at: string): string {
  const found = windowStateAt(schedules, Date.parse(at));
  const iso = (ms: number): string => new Date(ms).toISOString().replace(":00.000Z", "Z");
  return found.kind === "open"
    ? `open until ${iso(found.now.toMs)}`
    : `closed since ${iso(found.last.toMs)}, ${found.next.window} opens ${iso(found.next.fromMs)}`;
}

describe("a change window", () => {
  const tuesdays = [schedule("tue", ["09:30", 2])];

  test.each([
    {
      at: "2026-12-01T08:29:59Z",
      text: "closed since 2026-11-24T10:30Z, w opens 2026-12-01T08:30Z",
      because: "a second before it opens it is closed",
    },
    { at: "2026-12-01T08:30:00Z", text: "open until 2026-12-01T10:30Z", because: "it opens on time" },
    {
      at: "2026-12-01T10:30:00Z",
      text: "closed since 2026-12-01T10:30Z, w opens 2026-12-08T08:30Z",
      because: "its end is no part of it",
    },
    {
      at: "2026-07-07T07:30:00Z",
      text: "open until 2026-07-07T09:30Z",
      because: "in summer the same local time is another instant",
    },
  ])("is open by the local time of its zone: $because", ({ at, text }) => {
    expect(openness(tuesdays, at)).toBe(text);
  });

  test.each([
    {
      at: "2026-03-29T01:29:00Z",
      text: /opens 2026-03-29T01:30Z/,
      because: "02:30 is skipped, and it opens at 03:30",
    },
    {
      at: "2026-10-25T00:30:00Z",
      text: /open until 2026-10-25T01:30Z/,
      because: "02:30 is repeated, and it opens at the first",
    },
    {
      at: "2026-10-25T01:30:00Z",
      text: /closed/,
      because: "it does not open again at the second",
    },
  ])("opens once on the night of a clock change: $because", ({ at, text }) => {
    expect(openness([schedule("sun", ["02:30", 1])], at)).toMatch(text);
  });

  test("that is open over midnight is open on the next day", () => {
    expect(openness([schedule("fri", ["22:00", 12])], "2026-12-05T08:59:00Z")).toBe(
      "open until 2026-12-05T09:00Z",
    );
  });

  test("is open if any of several is, and times that meet are one time", () => {
    const both = [
      schedule("tue", ["09:30", 2]),
      schedule("tue", ["11:30", 1], { name: "later", overrunMs: 0 }),
      schedule("tue", ["10:00", 1], { name: "within" }),
    ];

    expect(openness(both, "2026-12-01T10:45:00Z")).toBe("open until 2026-12-01T11:30Z");
    expect(openness(both, "2026-12-01T11:45:00Z")).toMatch(/closed since 2026-12-01T11:30Z, w opens/);
  });

  test("that follows another one has the overrun of the last that ends", () => {
    const early = schedule("tue", ["09:30", 2], { overrunMs: HOUR_MS });
    const late = schedule("tue", ["09:30", 2.5], { name: "late", overrunMs: 0 });

    const found = windowStateAt([early, late], Date.parse("2026-12-01T09:00:00Z"));

    expect(found).toMatchObject({
      kind: "open",
      now: { toMs: Date.parse("2026-12-01T11:00:00Z"), overrunMs: HOUR_MS / 2 },
    });
  });

  test("without an opening is a mistake of the program", () => {
    expect(() => windowStateAt([], 0)).toThrow("without an opening");
  });

  test("that is open on every day for a day never closes", () => {
    const always = WEEKDAYS.map((day) => schedule(day, ["00:00", 24], { zone: "UTC" }));

    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (ms) => windowStateAt(always, ms).kind === "open"),
      { numRuns: 20 },
    );
  });

  test.each([
    { openings: [["00:00", 24]], because: "a day follows a day" },
    {
      openings: [
        ["00:00", 12],
        ["12:00", 12],
      ],
      because: "a half follows a half",
    },
  ] as const)("never closes on the nights of clock changes: $because", ({ openings }) => {
    const always = WEEKDAYS.flatMap((day) => openings.map((opening) => schedule(day, opening)));
    const nights = ["2026-03-29", "2026-10-25"].map((day) => Date.parse(`${day}T00:00:00Z`));
    const minutes = nights.flatMap((ms) => Array.from({ length: 52 }, (_, at) => ms + at * HOUR_MS * 0.5));

    expect(minutes.filter((ms) => windowStateAt(always, ms).kind === "closed")).toEqual([]);
  });

  test("applies where both its accounts and its namespaces match", () => {
    const place = { account: "prod", namespace: "orders" };

    expect(isInScope({ accounts: null, namespaces: null }, place)).toBe(true);
    expect(isInScope({ accounts: ["prod"], namespaces: ["orders"] }, place)).toBe(true);
    expect(isInScope({ accounts: ["dev"], namespaces: null }, place)).toBe(false);
    expect(isInScope({ accounts: null, namespaces: ["payments"] }, place)).toBe(false);
  });
});

describe("a time zone", () => {
  test.each(["UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT+5"])("%s is known", (name) => {
    expect(isZone(name)).toBe(true);
  });

  test.each(["Mars/Olympus", "EST", "+01:00", "", "Europe/Berlin\n"])("%j is none", (name) => {
    expect(isZone(name)).toBe(false);
  });

  test("has a name for hints", () => {
    expect(zoneNames()).toEqual(expect.arrayContaining(["UTC", "Europe/Berlin"]));
  });

  test("gives each local time one instant, at which it is that local time or is skipped", () => {
    const zones = ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"].map(
      offsetsOf,
    );
    const skippedMs = 2 * HOUR_MS;

    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }),
        (offsetAt, seconds) => {
          const wallMs = seconds * 1_000;
          const ms = instantInZone(wallMs, offsetAt);
          const shownMs = ms + offsetAt(ms);
          return shownMs >= wallMs && shownMs - wallMs < skippedMs;
        },
      ),
      { numRuns: 200 },
    );
  });
});
