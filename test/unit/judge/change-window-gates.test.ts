import { describe, expect, test } from "@jest/globals";
import type { EarlierAccount } from "../../../src/judge/windows/earlier-accounts.ts";
import { modifying } from "./plans.ts";
import { gateAt, OTHER, REVISION, windowOf } from "./window-gates.ts";

function functionWait(reason: string) {
  return { cause: { code: "depends-on", key: modifying("a").key }, reason, opensAt: null };
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
      waits: [
        {
          cause: { code: "change-window", windows: ["office"] },
          reason: "the change window office, which opens at 2026-11-25 10:00:00Z",
          opensAt: "2026-11-25T10:00:00.000Z",
        },
      ],
      until: null,
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
      waits: [{ reason: `the change window office, which opens at ${shown}` }],
    });
  });

  test("names the day too, if it is another one there", () => {
    const schedule = {
      zone: "Asia/Tokyo",
      openings: [{ day: "thu" as const, atMinute: 60, lengthMs: 60_000 }],
      overrunMs: 0,
    };

    expect(gateAt("2026-11-25T09:00:00Z", [windowOf({ schedule })])).toMatchObject({
      waits: [
        {
          reason:
            "the change window office, which opens at 2026-11-25 16:00:00Z (2026-11-26 01:00 Asia/Tokyo)",
        },
      ],
    });
  });

  test("is open in any of several windows", () => {
    const both = [...windows, windowOf({ name: "thursdays" }, ["thu"])];

    expect(gateAt("2026-11-26T11:00:00Z", both)).toMatchObject({ kind: "open" });
    expect(gateAt("2026-11-27T11:00:00Z", both)).toMatchObject({
      waits: [
        {
          cause: { windows: ["office", "thursdays"] },
          reason: expect.stringMatching(/office, which opens at 2026-12-02/),
        },
      ],
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
        waits: [{ reason: expect.stringMatching(reason), opensAt: null }],
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
        waits: [
          { cause: { code: "account-order", account: "staging", windows: ["order"] }, reason, opensAt: null },
        ],
        until: null,
      });
    },
  );

  test("is closed where it is not read whether the other one is verified, and shows that", () => {
    expect(gateAt(at, windows)).toMatchObject({
      waits: [
        {
          reason: "account staging (change window order): whether it is verified is not checked here",
          isUnchecked: true,
        },
      ],
    });
  });

  test("of a function that waits for another one shows that no record was read, which may have its change as begun", () => {
    const waitsFor = ["orders/db"];
    const wait = functionWait("orders/db");

    expect(gateAt(at, [], { waitsFor })).toEqual({ kind: "closed", waits: [wait], until: null });
    expect(gateAt(at, [], { waitsFor, history: null })).toMatchObject({
      waits: [{ ...wait, isUnchecked: true }],
    });
  });

  test("is closed if the other one is not verified, also in the times of another window", () => {
    const both = [...windows, windowOf()];

    expect(gateAt(at, both)).toMatchObject({
      waits: [{ reason: expect.stringContaining("account staging") }],
      until: "2026-11-25T12:10:00.000Z",
    });
    expect(gateAt(at, both, { earlier: stagingOf(0) })).toMatchObject({ kind: "open" });
    expect(gateAt("2026-11-25T09:00:00Z", both, { earlier: stagingOf(0) })).toMatchObject({
      waits: [{ reason: expect.stringContaining("the change window office, which opens at") }],
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
  const reason = "orders/db@prod/eu-west-1 (dependsOn): it differs from Git";
  const waitsFor = [reason];
  const at = "2026-11-25T11:00:00Z";

  test("is closed while that one is not in sync, also in the times of a window", () => {
    expect([gateAt(at, undefined, { waitsFor }), gateAt(at, [windowOf()], { waitsFor })]).toEqual([
      { kind: "closed", waits: [functionWait(reason)], until: null },
      { kind: "closed", waits: [functionWait(reason)], until: "2026-11-25T12:10:00.000Z" },
    ]);
  });

  test("names the window first, then the account, then each function, while all of them are closed", () => {
    const order = { after: { accounts: ["staging"], verifiedForMs: 60_000 } };
    const gate = gateAt("2026-11-25T09:00:00Z", [windowOf(order)], { waitsFor: [reason, "orders/vault"] });

    expect(gate).toMatchObject({
      waits: [
        { cause: { code: "change-window" } },
        { cause: { code: "account-order" } },
        { cause: { code: "depends-on" }, reason },
        { cause: { code: "depends-on" }, reason: "orders/vault" },
      ],
    });
  });

  test("lets a change go on that has begun", () => {
    expect(gateAt(at, undefined, { waitsFor, changedBy: REVISION })).toBeNull();
  });
});
