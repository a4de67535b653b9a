import { describe, expect, test } from "@jest/globals";
import type { Key } from "../../../src/model/keys/key.ts";
import {
  entryFilter,
  isEmptyPeriod,
  isUnfiltered,
  readHistoryFilter,
  selectLines,
  writeHistoryFilter,
} from "../../../src/page/view/history/history-filter.ts";
import {
  byDay,
  dayOfPeriod,
  dayPeriod,
  instantOfLocal,
  localDay,
  completeTime,
  localTime,
  localZoneText,
} from "../../../src/page/view/history/local-time.ts";
import type { Zone } from "../../../src/text/zone.ts";
import { keyOfTarget, suggestedTargets } from "../../../src/page/view/history/targets.ts";
import type { BindingRow } from "../../../src/page/view/rows.ts";

/** A named zone: the tests do not depend on that of the machine. */
function zone(name: string): Zone {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
  return {
    name,
    offsetMs: (ms) => {
      const text = format.formatToParts(ms).find(({ type }) => type === "timeZoneName")?.value ?? "";
      const [, sign = "+", hours = "0", minutes = "0"] = /GMT([+-])(\d+):(\d+)/.exec(text) ?? [];
      return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
    },
  };
}

const BERLIN = zone("Europe/Berlin");
const KOLKATA = zone("Asia/Kolkata");
const at = (text: string): number => Date.parse(text);

describe("a day of the reader's zone", () => {
  test.each([
    {
      in: BERLIN,
      day: "2026-11-30",
      since: "2026-11-29T23:00Z",
      until: "2026-11-30T23:00Z",
      why: "in winter",
    },
    { in: BERLIN, day: "2026-03-29", since: "2026-03-28T23:00Z", until: "2026-03-29T22:00Z", why: "of 23 h" },
    { in: BERLIN, day: "2026-10-25", since: "2026-10-24T22:00Z", until: "2026-10-25T23:00Z", why: "of 25 h" },
    {
      in: KOLKATA,
      day: "2027-01-01",
      since: "2026-12-31T18:30Z",
      until: "2027-01-01T18:30Z",
      why: "at half past",
    },
    {
      in: zone("America/Santiago"),
      day: "2026-09-06",
      since: "2026-09-06T04:00Z",
      until: "2026-09-07T03:00Z",
      why: "whose first hour the clocks leave out",
    },
  ])("$day $why is from $since to $until", ({ in: own, day, since, until }) => {
    const period = { sinceMs: at(since), untilMs: at(until) };

    expect(dayPeriod(day, own)).toEqual(period);
    expect(dayOfPeriod(period, own)).toBe(day);
  });

  test("is none if the period is another one", () => {
    const period = dayPeriod("2026-11-30", BERLIN);

    expect(dayOfPeriod({ sinceMs: period?.sinceMs ?? null, untilMs: null }, BERLIN)).toBeNull();
    expect(dayOfPeriod({ sinceMs: null, untilMs: 5 }, BERLIN)).toBeNull();
    expect(dayOfPeriod(period ?? { sinceMs: null, untilMs: null }, KOLKATA)).toBeNull();
    expect(dayPeriod("2026-11-31x", BERLIN)).toBeNull();
  });

  test("groups lines in their order", () => {
    const rows = ["2026-11-30T23:30:00Z", "2026-11-30T22:30:00Z", "2026-11-30T01:00:00Z"].map((time) => ({
      at: time,
    }));

    expect(byDay(rows, BERLIN).map(({ day, rows: own }) => [day, own.length])).toEqual([
      ["2026-12-01", 1],
      ["2026-11-30", 2],
    ]);
  });
});

describe("a time of the reader's zone", () => {
  test("is what the clocks there show", () => {
    expect(localTime(at("2026-11-30T12:05:59Z"), BERLIN)).toBe("2026-11-30T13:05");
    expect(localDay(at("2026-11-30T23:30:00Z"), BERLIN)).toBe("2026-12-01");
    expect(completeTime(at("2026-11-30T23:30:10Z"), BERLIN)).toBe(
      "2026-12-01 00:30:10 Europe/Berlin (UTC+01:00)",
    );
  });

  test.each([
    { local: "2026-11-30T13:05", utc: "2026-11-30T12:05Z", because: "winter" },
    { local: "2026-10-25T02:30", utc: "2026-10-25T00:30Z", because: "the first of two equal times" },
    { local: "2026-03-29T02:30", utc: "2026-03-29T01:30Z", because: "a time that no clock shows" },
  ])("$local is $utc: $because", ({ local, utc }) => {
    expect(instantOfLocal(local, BERLIN)).toBe(at(utc));
  });

  test.each(["", "2026-11-30", "soon"])('"%s" is no time', (local) => {
    expect(instantOfLocal(local, BERLIN)).toBeNull();
  });

  test("names the zone with its offset", () => {
    expect(localZoneText(BERLIN, at("2026-07-01T00:00Z"))).toBe("Europe/Berlin (UTC+02:00)");
    expect(localZoneText(zone("America/St_Johns"), at("2026-01-01T00:00Z"))).toBe(
      "America/St_Johns (UTC-03:30)",
    );
  });
});

describe("the filter of the history", () => {
  const address =
    "key=function%2F1&namespace=orders&kind=decisions&by=dana&since=2026-11-29T23%3A00Z&until=2026-11-30T23%3A00%3A01Z&q=role";

  test("is in the address, with times in UTC", () => {
    const filter = readHistoryFilter(new URLSearchParams(address));

    expect(filter).toEqual({
      key: "function/1",
      namespace: "orders",
      kind: "decisions",
      by: "dana",
      sinceMs: at("2026-11-29T23:00Z"),
      untilMs: at("2026-11-30T23:00:01Z"),
      text: "role",
    });
    expect(writeHistoryFilter(filter)).toBe(`?${address}`);
    expect(entryFilter(filter)).toMatchObject({ by: "dana", kinds: expect.arrayContaining(["approved"]) });
    expect(isUnfiltered(filter)).toBe(false);
  });

  test("without anything is every entry, and so is what it does not understand", () => {
    const filter = readHistoryFilter(new URLSearchParams("kind=reverted&since=yesterday"));

    expect(isUnfiltered(filter)).toBe(true);
    expect(writeHistoryFilter(filter)).toBe("");
    expect(entryFilter(filter)).toEqual({ kinds: null, by: null, sinceMs: null, untilMs: null });
    expect(entryFilter({ ...filter, kind: "reverted" }).kinds).toBeNull();
  });

  test("selects lines that have each of its words", () => {
    const row = {
      entry: 7,
      last: 7,
      at: "",
      kind: "approved",
      by: "dana",
      message: "7f3a",
      below: "",
      events: [],
    };
    const rows = [row, { ...row, by: "sam" }];

    expect(selectLines(rows, " Dana  APPROVED ")).toEqual([row]);
    expect(selectLines(rows, "")).toEqual(rows);
  });
});

describe("a function that someone types", () => {
  const row = (owner: string, place: string): BindingRow =>
    ({ key: `${owner}@${place}` as Key, namespace: "orders", owner, place }) as BindingRow;
  const rows = [row("jobs", "prod"), row("api", "prod"), row("api", "prod-eu")];

  test.each([
    { typed: "orders/api@prod", key: "api@prod", because: "it is the target itself" },
    { typed: " JOBS ", key: "jobs@prod", because: "only one contains it" },
    { typed: "api", key: null, because: "several contain it" },
    { typed: "payments", key: null, because: "none contains it" },
    { typed: " ", key: null, because: "nothing was typed" },
  ])("$typed is $key: $because", ({ typed, key }) => {
    expect(keyOfTarget(rows, typed)).toBe(key);
  });

  test("is suggested, sorted", () => {
    expect(suggestedTargets(rows, "API")).toEqual(["orders/api@prod", "orders/api@prod-eu"]);
  });
});

test.each([
  { sinceMs: 2, untilMs: 2, isEmpty: true, because: "the end is no part of it" },
  { sinceMs: 3, untilMs: 2, isEmpty: true, because: "the two are exchanged" },
  { sinceMs: 1, untilMs: 2, isEmpty: false, because: "an instant is in between" },
  { sinceMs: 3, untilMs: null, isEmpty: false, because: "it has no end" },
  { sinceMs: null, untilMs: 3, isEmpty: false, because: "it has no beginning" },
])("a period from $sinceMs to $untilMs is empty: $isEmpty, as $because", ({ isEmpty, ...period }) => {
  expect(isEmptyPeriod(period)).toBe(isEmpty);
});
