import { describe, expect, test } from "@jest/globals";
import type { Access } from "../../../src/http/access/access.ts";
import { CHANGE_WINDOW } from "../../../src/http/kubernetes/columns/change-windows.ts";
import { changeWindows } from "../../../src/http/present/pending/change-windows.ts";
import { holdSummaries } from "../../../src/http/present/pending/holds.ts";
import { readerOf, type Reader } from "../../../src/http/request/reader.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import { answeredSubject } from "../../../src/http/routes/subjects.ts";
import type { DesiredWindow } from "../../../src/model/windows/change-window.ts";
import type { Hold } from "../../../src/model/answers/hold.ts";
import type { HeldBack, HoldCode } from "../../../src/model/verdict.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { countBindings } from "../../../src/http/present/binding-status.ts";
import type { Action } from "../../../src/model/plan.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import { actionOf } from "../../support/pass/passes.ts";
import { condition, plan, record, view } from "../../support/screens/world-states.ts";
import { FakeControl } from "../../support/fakes/fake-control.ts";
import { ALL, calm, itemsOf, NOW_MS } from "../../support/screens/action-required.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";

const SUBJECT = digestOf("window");
const HOLD: Hold = {
  subject: SUBJECT,
  code: "change-window",
  cause: { code: "change-window", windows: ["office"] },
  reason: "waits for the change window office, which opens at 2026-12-01 08:30:00Z",
  opensAt: "2026-12-01T08:30:00.000Z",
  account: "prod",
  keys: [ORDERS_API],
  actions: 2,
  sinceMs: NOW_MS,
};
const grantOf = (namespaces: "all" | ReadonlySet<string>): Access => ({
  ...ALL,
  grants: [{ scopes: new Set(["read", "approve"]), namespaces }],
  namespaces,
});
const OPERATOR = grantOf("all");
const TEAM = grantOf(new Set(["orders"]));

const state = () => ({ ...calm(), overview: { ...calm().overview, holds: [HOLD] } });
const control = new FakeControl(state());

async function reader(access: Access): Promise<Reader> {
  const world = await new WorldReader(control).read();
  return readerOf({ control, world, access, tenantPath: "teams", nowMs: NOW_MS });
}

describe("a plan that waits for a change window", () => {
  test("is shown to its team with the time at which it opens, and can't be approved by it", async () => {
    const [shown] = holdSummaries(await reader(TEAM));

    expect(shown?.status).toMatchObject({
      code: "change-window",
      reason: HOLD.reason,
      opensAt: HOLD.opensAt,
      approvable: false,
    });
    expect(holdSummaries(await reader(OPERATOR))[0]?.status.approvable).toBe(true);
  });

  test("is released only by a token for all namespaces", async () => {
    await expect(answeredSubject(await reader(TEAM), control, SUBJECT)).rejects.toMatchObject({
      reason: "Forbidden",
      message: "only a token for all namespaces may override a change window",
    });
    expect(await answeredSubject(await reader(OPERATOR), control, SUBJECT)).toBe(SUBJECT);
  });

  test("is no required action, and no key of it counts as awaiting an approval", async () => {
    const { world } = await reader(OPERATOR);

    expect(await itemsOf(state())).toEqual([]);
    expect(world.holdOf.size).toBe(0);
  });
});

describe("a pending approval of a change that a closed change window holds back", () => {
  const reason = "account staging (change window first): it must match Git until 12:00:00Z";
  const windowHeld: HeldBack = { code: "change-window", reason };
  const stateOf = (code: HoldCode, cause: Action["cause"], heldBack: HeldBack | null = windowHeld) => {
    const actions = [actionOf({ key: ORDERS_API, cause })];
    const verdict = { kind: "hold", code, reason: "", subject: SUBJECT } as const;
    const shown = view(ORDERS_API, { verdict, plan: { ...plan(ORDERS_API), actions }, heldBack });
    return {
      ...state(),
      overview: { ...state().overview, holds: [{ ...HOLD, code }] },
      views: new Map([[ORDERS_API, shown]]),
    };
  };
  const windowsOf = async (shown: FakeState) => {
    const one = new FakeControl(shown);
    const world = await new WorldReader(one).read();
    const [hold] = holdSummaries(
      readerOf({ control: one, world, access: OPERATOR, tenantPath: "teams", nowMs: NOW_MS }),
    );
    return hold?.status.windows;
  };

  test("names what the change waits for after the approval", async () => {
    expect(await windowsOf(stateOf("first-enforcing-pass", "revision"))).toEqual([
      { reason, keys: [ORDERS_API] },
    ]);
  });

  test("names a function that the change depends on", async () => {
    const heldBack = {
      code: "depends-on",
      reason: "orders/db@prod/eu-west-1 (dependsOn): it is suspended",
    } as const;

    expect(await windowsOf(stateOf("first-enforcing-pass", "revision", heldBack))).toEqual([
      { reason: heldBack.reason, keys: [ORDERS_API] },
    ]);
  });

  test.each([
    { what: "it reverts a change in AWS", shown: stateOf("first-enforcing-pass", "out-of-band") },
    { what: "no window is closed", shown: stateOf("first-enforcing-pass", "revision", null) },
    { what: "the approval overrides the window", shown: stateOf("change-window", "revision") },
  ])("names nothing if $what", async ({ shown }) => {
    expect(await windowsOf(shown)).toBeUndefined();
  });
});

test.each([
  { approved: [], group: "window-closed" },
  { approved: [{ digest: SUBJECT, by: "dana", until: HOLD.opensAt ?? "" }], group: "window-approved" },
])("a binding that waits for its window counts as $group", async ({ approved, group }) => {
  const status = { conditions: [condition({ status: "False", reason: "ChangeWindowClosed" })] };
  const one = new FakeControl({
    ...state(),
    records: [record(ORDERS_API, status)],
    views: new Map([[ORDERS_API, view(ORDERS_API, { approved })]]),
  });
  const world = await new WorldReader(one).read();
  const seen = readerOf({ control: one, world, access: OPERATOR, tenantPath: "teams", nowMs: NOW_MS });

  expect(countBindings(seen, [ORDERS_API]).groups).toEqual({ [group]: 1 });
});

describe("get changewindows", () => {
  const origin = { file: "platform/windows.yaml", line: 3, column: 1, path: "" };
  const scope = { accounts: ["prod"], namespaces: null };
  const opening = { day: "tue" as const, atMinute: 570, lengthMs: 7_200_000 };
  const schedule = { zone: "Europe/Berlin", openings: [opening], overrunMs: 600_000 };
  const office: DesiredWindow = { name: "office", scope, schedule, origin };
  const windowsOf = async (
    access: Access,
    windows: readonly DesiredWindow[] = [office],
    nowMs = NOW_MS,
    holds: readonly Hold[] = [HOLD],
  ) => {
    const shown = new FakeControl({ ...state(), overview: { ...state().overview, windows, holds } });
    const world = await new WorldReader(shown).read();
    return changeWindows(readerOf({ control: shown, world, access, tenantPath: "teams", nowMs }));
  };

  test("shows when a closed window opens, also in its zone, and what waits in its scope", async () => {
    const [shown] = await windowsOf(TEAM, [office], Date.parse("2026-11-30T09:00:00Z"));

    expect(shown).toMatchObject({
      metadata: { name: "office" },
      spec: {
        accounts: ["prod"],
        namespaces: null,
        zone: "Europe/Berlin",
        opens: [{ days: ["tue"], at: "09:30", for: "2h" }],
        overrun: "10m",
        after: null,
      },
      status: {
        state: "closed",
        until: "2026-12-01T08:30:00.000Z",
        untilInZone: "09:30 Europe/Berlin",
        place: "platform/windows.yaml:3:1",
        waiting: [{ subject: SUBJECT, reason: HOLD.reason, keys: [ORDERS_API] }],
      },
    });
  });

  test("shows when an open window closes, without its overrun", async () => {
    const [shown] = await windowsOf(TEAM, [office], Date.parse("2026-12-01T09:00:00Z"));

    expect(shown?.status).toMatchObject({ state: "open", until: "2026-12-01T10:30:00.000Z" });
  });

  test("shows a window that only orders accounts, and one that cannot be used", async () => {
    const after = { accounts: ["staging"], verifiedForMs: 1_800_000 };
    const untimed = { ...schedule, openings: [] };
    const found = await windowsOf(ALL, [
      { ...office, name: "order", schedule: untimed, after },
      { ...office, name: null, schedule: null },
    ]);

    expect(
      found.map(({ metadata, spec, status }) => [metadata.name, status.state, status.until, spec.after]),
    ).toEqual([
      ["order", "after-accounts", null, { accounts: ["staging"], verifiedForSeconds: 1_800 }],
      [expect.stringMatching(/^unreadable_[0-9a-f]{8}$/), "unusable", null, null],
    ]);
    expect(found[0]?.spec).toMatchObject({ zone: null, opens: null, overrun: null });
  });

  test.each([
    {
      times: schedule,
      waitsFor: "order",
      at: "2026-12-01T09:00:00Z",
      state: "waiting-for-accounts",
      waiting: 1,
    },
    { times: schedule, waitsFor: "order", at: "2026-11-30T09:00:00Z", state: "closed", waiting: 1 },
    { times: schedule, waitsFor: "another", at: "2026-12-01T09:00:00Z", state: "open", waiting: 0 },
    {
      times: { ...schedule, openings: [] },
      waitsFor: "order",
      at: "2026-12-01T09:00:00Z",
      state: "waiting-for-accounts",
      waiting: 1,
    },
  ])(
    "is $state with $waiting waiting at $at if a change waits for an account of window $waitsFor",
    async ({ times, waitsFor, at, state: expected, waiting }) => {
      const cause = { code: "account-order", account: "staging", windows: [waitsFor] } as const;
      const holds = [{ ...HOLD, code: cause.code, cause }];
      const order = { ...office, name: "order", schedule: times };
      const [shown] = await windowsOf(ALL, [order], Date.parse(at), holds);

      expect([shown?.status.state, shown?.status.waiting.length]).toEqual([expected, waiting]);
    },
  );

  test("names a window that cannot be read the same for everyone who asks", async () => {
    const unread = { ...office, name: null, schedule: null };
    const ofPayments = { ...office, scope: { accounts: null, namespaces: ["payments"] } };
    const namesOf = async (access: Access) =>
      (await windowsOf(access, [ofPayments, unread])).map(({ metadata }) => metadata.name);

    expect((await namesOf(ALL)).at(-1)).toMatch(/^unreadable_/);
    expect(await namesOf(TEAM)).toEqual((await namesOf(ALL)).slice(-1));
  });

  test("shows lengths in the units of a manifest", async () => {
    const openings = [
      { day: "mon" as const, atMinute: 0, lengthMs: 86_400_000 },
      { day: "tue" as const, atMinute: 0, lengthMs: 86_400_000 },
      { day: "tue" as const, atMinute: 65, lengthMs: 5_400_000 },
    ];
    const [shown] = await windowsOf(ALL, [{ ...office, schedule: { ...schedule, openings, overrunMs: 0 } }]);

    expect(shown?.spec).toMatchObject({
      opens: [
        { days: ["mon", "tue"], at: "00:00", for: "24h" },
        { days: ["tue"], at: "01:05", for: "90m" },
      ],
      overrun: "0s",
    });
  });

  test("shows a team neither the windows nor the waiting changes of another one", async () => {
    const other = { ...office, name: "other", scope: { accounts: null, namespaces: ["payments"] } };
    const found = await windowsOf(TEAM, [office, other]);
    const [ofPayments] = await windowsOf(grantOf(new Set(["payments"])));

    expect(found.map(({ metadata }) => metadata.name)).toEqual(["office"]);
    expect(ofPayments?.status.waiting).toEqual([]);
  });

  test("has a row in kubectl with the number of what waits", async () => {
    const [shown] = await windowsOf(ALL, [office], Date.parse("2026-11-30T09:00:00Z"));

    expect(shown && CHANGE_WINDOW.map((column) => column.cell(shown, NOW_MS))).toEqual([
      "office",
      "closed",
      "2026-12-01T08:30:00.000Z",
      "none",
      1,
      "09:30 Europe/Berlin",
      HOLD.reason,
    ]);
  });
});
