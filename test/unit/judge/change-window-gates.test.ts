import { describe, expect, test } from "@jest/globals";
import { gatesByKey, gatesOf, type Gate } from "../../../src/judge/windows/gates.ts";
import type { Revision } from "../../../src/model/values/revision.ts";
import type { EarlierAccount } from "../../../src/judge/windows/earlier-accounts.ts";
import type { DesiredWindow, Weekday } from "../../../src/model/windows/change-window.ts";
import { modifying } from "./plans.ts";

const REVISION = `main@sha1:${"1".repeat(40)}` as Revision;
const OTHER = `main@sha1:${"2".repeat(40)}` as Revision;

function windowOf(facts: Partial<DesiredWindow> = {}, days: readonly Weekday[] = ["wed"]): DesiredWindow {
  return {
    name: "office",
    scope: { accounts: ["prod"], namespaces: null },
    schedule: {
      zone: "UTC",
      openings: days.map((day) => ({ day, atMinute: 600, lengthMs: 7_200_000 })),
      overrunMs: 600_000,
    },
    origin: { file: "platform/windows.yaml", line: 3, column: 1, path: "" },
    ...facts,
  };
}

interface RecordFacts {
  readonly earlier?: ReadonlyMap<string, EarlierAccount>;
  readonly history?: object | null;
  readonly waitsFor?: string | null;
  readonly applied?: object | null;
  readonly changedBy?: string | null;
  readonly lastAttemptedRevision?: Revision;
}

function gateAt(
  at: string,
  windows: readonly DesiredWindow[] | undefined,
  {
    applied = {},
    changedBy = null,
    lastAttemptedRevision,
    earlier,
    history = {},
    waitsFor = null,
  }: RecordFacts = {},
): Gate | null {
  const { key } = modifying("a");
  const facts = {
    account: { name: "prod" },
    desired: windows === undefined ? {} : { windows },
    nowMs: Date.parse(at),
    history,
    revision: REVISION,
    ...(earlier !== undefined && { earlier }),
  };
  const gateOf = gatesOf(facts, () => waitsFor);
  const status = lastAttemptedRevision === undefined ? null : { lastAttemptedRevision };
  const record = { key, applied, changedBy, status } as never;
  return gatesByKey(gateOf, [record]).get(key) ?? null;
}

describe("the gate of a key", () => {
  const windows = [windowOf()];

  test.each([
    { windows: undefined, because: "there is no window" },
    {
      windows: [windowOf({ scope: { accounts: ["dev"], namespaces: null } })],
      because: "of another account",
    },
    {
      windows: [windowOf({ scope: { accounts: null, namespaces: ["payments"] }, schedule: null })],
      because: "of another namespace, also broken",
    },
  ])("does not exist without a window that applies: $because", ({ windows: some }) => {
    expect(gateAt("2026-11-25T09:00:00Z", some)).toBeNull();
  });

  test("is open in the window, until its overrun ends", () => {
    expect(gateAt("2026-11-25T11:00:00Z", windows)).toEqual({
      kind: "open",
      until: "2026-11-25T12:10:00.000Z",
    });
  });

  test("is closed outside, with the next opening in UTC", () => {
    expect(gateAt("2026-11-25T09:00:00Z", windows)).toEqual({
      kind: "closed",
      code: "change-window",
      reason: "the change window office, which opens at 2026-11-25 10:00:00Z",
      opensAt: "2026-11-25T10:00:00.000Z",
    });
  });

  test.each([
    { zone: "Europe/Berlin", shown: "2026-11-25 09:00:00Z (10:00 Europe/Berlin)" },
    { zone: "Asia/Tokyo", shown: "2026-11-25 01:00:00Z (10:00 Asia/Tokyo)" },
    { zone: "Pacific/Honolulu", shown: "2026-11-25 20:00:00Z (10:00 Pacific/Honolulu)" },
  ])("names the opening in the zone $zone of its window too", ({ zone, shown }) => {
    const schedule = {
      zone,
      openings: [{ day: "wed" as const, atMinute: 600, lengthMs: 60_000 }],
      overrunMs: 0,
    };

    expect(gateAt("2026-11-24T23:00:00Z", [windowOf({ schedule })])).toMatchObject({
      reason: `the change window office, which opens at ${shown}`,
    });
  });

  test("names the day too, if it is another one there", () => {
    const schedule = {
      zone: "Asia/Tokyo",
      openings: [{ day: "thu" as const, atMinute: 60, lengthMs: 60_000 }],
      overrunMs: 0,
    };

    expect(gateAt("2026-11-25T09:00:00Z", [windowOf({ schedule })])).toMatchObject({
      reason: "the change window office, which opens at 2026-11-25 16:00:00Z (2026-11-26 01:00 Asia/Tokyo)",
    });
  });

  test("is open in any of several windows", () => {
    const both = [...windows, windowOf({ name: "thursdays" }, ["thu"])];

    expect(gateAt("2026-11-26T11:00:00Z", both)).toMatchObject({ kind: "open" });
    expect(gateAt("2026-11-27T11:00:00Z", both)).toMatchObject({
      reason: expect.stringMatching(/office, which opens at 2026-12-02/),
    });
  });

  test.each([
    {
      name: "broken",
      reason: /^the change window broken, which can't be used until platform\/windows.yaml:3/,
    },
    { name: null, reason: /^a change window, which can't be used until platform\/windows.yaml:3/ },
  ])(
    "is closed while a window that applies has an error, also if another one is open",
    ({ name, reason }) => {
      const some = [...windows, windowOf({ name, schedule: null })];

      expect(gateAt("2026-11-25T11:00:00Z", some)).toMatchObject({
        kind: "closed",
        reason: expect.stringMatching(reason),
        opensAt: null,
      });
    },
  );

  test.each([
    { at: "2026-11-25T12:09:59Z", facts: { changedBy: REVISION }, kind: "open", because: "it has begun" },
    { at: "2026-11-25T12:09:59Z", facts: {}, kind: "closed", because: "it has not begun" },
    {
      at: "2026-11-25T12:09:59Z",
      facts: { changedBy: OTHER },
      kind: "closed",
      because: "an earlier revision changed it",
    },
    {
      at: "2026-11-25T12:10:00Z",
      facts: { changedBy: REVISION },
      kind: "closed",
      because: "it took too long",
    },
    {
      at: "2026-11-25T12:01:00Z",
      facts: { applied: null, lastAttemptedRevision: REVISION },
      kind: "open",
      because: "a new function was begun",
    },
    {
      at: "2026-11-25T12:01:00Z",
      facts: { applied: null },
      kind: "closed",
      because: "a new function was not begun",
    },
  ])("lets a change end in the overrun: $because", ({ at, facts, kind }) => {
    expect(gateAt(at, windows, facts)).toMatchObject({ kind });
  });
});

describe("the gate of a key in an account that comes after another one", () => {
  const order = { after: { accounts: ["staging"], verifiedForMs: 60_000 } };
  const untimed = { zone: "UTC", openings: [], overrunMs: 600_000 };
  const windows = [windowOf({ name: "order", schedule: untimed, ...order })];
  const at = "2026-11-25T11:00:00Z";
  const stagingOf = (lastSweepMs: number | null): ReadonlyMap<string, EarlierAccount> => {
    const account = { name: "staging", mode: "enforce" } as const;
    return new Map([
      [
        "staging",
        { account, record: { failing: null, lastSweepMs }, unreadFiles: new Map(), keys: new Map() },
      ],
    ]);
  };

  test("does not exist once the other one is verified, if no window has times", () => {
    expect(gateAt(at, windows, { earlier: stagingOf(0) })).toBeNull();
  });

  test.each([{ earlier: stagingOf(null), text: "it was not read yet" }])(
    "is closed while the other one is not verified: $text",
    ({ earlier, text }) => {
      const reason = `account staging (change window order): ${text}`;

      expect(gateAt(at, windows, { earlier })).toEqual({
        kind: "closed",
        code: "change-window",
        reason,
        opensAt: null,
      });
    },
  );

  test("is closed where it is not read whether the other one is verified, and shows that", () => {
    expect(gateAt(at, windows)).toMatchObject({
      reason: "account staging (change window order): whether it is verified is not checked here",
      isUnchecked: true,
    });
  });

  test("of a function that waits for another one shows that no record was read, which may have its change as begun", () => {
    const waitsFor = "orders/db";
    const closed = { kind: "closed", code: "depends-on", reason: waitsFor, opensAt: null };

    expect(gateAt(at, [], { waitsFor })).toEqual(closed);
    expect(gateAt(at, [], { waitsFor, history: null })).toEqual({ ...closed, isUnchecked: true });
  });

  test("is closed if the other one is not verified, also in the times of another window", () => {
    const both = [...windows, windowOf()];

    expect(gateAt(at, both)).toMatchObject({ reason: expect.stringContaining("account staging") });
    expect(gateAt(at, both, { earlier: stagingOf(0) })).toMatchObject({ kind: "open" });
    expect(gateAt("2026-11-25T09:00:00Z", both, { earlier: stagingOf(0) })).toMatchObject({
      reason: expect.stringContaining("the change window office, which opens at"),
    });
  });

  test("lets a change go on that has begun, in the times of the windows", () => {
    const both = [...windows, windowOf()];

    expect(gateAt(at, windows, { changedBy: REVISION })).toBeNull();
    expect(gateAt(at, both, { changedBy: REVISION })).toMatchObject({ kind: "open" });
    expect(gateAt("2026-11-25T09:00:00Z", both, { changedBy: REVISION })).toMatchObject({ kind: "closed" });
  });
});

describe("the gate of a key that depends on another function", () => {
  const waitsFor = "orders/db@prod/eu-west-1 (dependsOn): it differs from Git";
  const closed = { kind: "closed", code: "depends-on", reason: waitsFor, opensAt: null };
  const at = "2026-11-25T11:00:00Z";

  test("is closed while that one is not in sync, also in the times of a window", () => {
    expect([gateAt(at, undefined, { waitsFor }), gateAt(at, [windowOf()], { waitsFor })]).toEqual([
      closed,
      closed,
    ]);
  });

  test("names the window while both are closed", () => {
    expect(gateAt("2026-11-25T09:00:00Z", [windowOf()], { waitsFor })).toMatchObject({
      code: "change-window",
    });
  });

  test("lets a change go on that has begun", () => {
    expect(gateAt(at, undefined, { waitsFor, changedBy: REVISION })).toBeNull();
  });
});
