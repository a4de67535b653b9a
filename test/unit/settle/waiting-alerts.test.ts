import { describe, expect, test } from "@jest/globals";
import { waitingAlerts } from "../../../src/settle/alerts/waiting-alerts.ts";
import type { Hold } from "../../../src/model/answers/hold.ts";
import { WEEKDAYS, type DesiredWindow } from "../../../src/model/windows/change-window.ts";
import type { Key } from "../../../src/model/keys/key.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { HoldCode } from "../../../src/model/verdict.ts";
import { doneOf, passOf } from "../../support/pass/passes.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.parse("2026-11-25T12:00:00Z");
const pass = passOf();
const ACCOUNT = pass.account.id;
const keyOf = (name: string, namespace = "orders"): Key =>
  `function/${ACCOUNT}/eu-west-1/${namespace}/${name}` as Key;
const INCIDENT = `waiting/${ACCOUNT}/orders`;

function holdOf(hours: number, facts: Partial<Hold> = {}): Hold {
  const reason = "waits for the change window office";
  return {
    subject: digestOf(`${hours}`),
    code: "change-window",
    reason,
    account: "prod",
    keys: [keyOf("a")],
    actions: 1,
    sinceMs: NOW_MS - hours * HOUR_MS,
    ...facts,
  };
}

function alertsOf(
  holds: readonly Hold[],
  {
    open = [],
    longWaitMs = 24 * HOUR_MS,
    ...change
  }: { open?: readonly string[]; longWaitMs?: number } & Partial<typeof pass> = {},
) {
  const result = doneOf([], { ...pass, ...change });
  return waitingAlerts(result, holds, { nowMs: NOW_MS, longWaitMs, openIncidents: new Set(open) });
}

/** Tuesdays at 09:00 for two hours: NOW_MS is a Wednesday. */
const WEEKLY: DesiredWindow = {
  name: "office",
  scope: { accounts: null, namespaces: null },
  schedule: {
    zone: "UTC",
    openings: [{ day: "tue", atMinute: 540, lengthMs: 2 * HOUR_MS }],
    overrunMs: 0,
  },
  origin: { file: "platform/windows.yaml", line: 1, column: 1, path: "" },
};
const DAILY = {
  ...WEEKLY,
  schedule: {
    zone: "UTC",
    openings: WEEKDAYS.map((day) => ({ day, atMinute: 540, lengthMs: HOUR_MS })),
    overrunMs: 0,
  },
};

describe("a change that waits for its change window", () => {
  const waiting = (hours: number, windows: readonly DesiredWindow[], change: Partial<Hold> = {}) => {
    const cause = { code: "change-window", windows: ["office"] } as const;
    const found = alertsOf([holdOf(hours, { cause, ...change })], {
      longWaitMs: HOUR_MS,
      desired: { ...pass.desired, windows },
    });
    return found.map(({ kind }) => kind);
  };

  test.each<{
    hours: number;
    windows?: readonly DesiredWindow[];
    change?: Partial<Hold>;
    alerts: number;
    because: string;
  }>([
    { hours: 24, alerts: 0, because: "it has not opened since then" },
    { hours: 26, alerts: 0, because: "it was open when the change began to wait, and has not opened again" },
    { hours: 28, alerts: 1, because: "it has opened since then" },
    { hours: 169, alerts: 1, because: "the wait is longer than the week between two openings" },
    { hours: 2, windows: [DAILY], alerts: 0, because: "the window of each day has not opened since then" },
    { hours: 4, windows: [DAILY], alerts: 1, because: "the window of each day has opened since then" },
    { hours: 24, windows: [{ ...WEEKLY, schedule: null }], alerts: 1, because: "the window has an error" },
    { hours: 24, windows: [], alerts: 1, because: "the window is not known" },
    {
      hours: 24,
      change: { code: "depends-on", cause: { code: "depends-on", key: keyOf("b") } },
      alerts: 1,
      because: "it waits for something else",
    },
  ])(
    "is an alert $alerts times after $hours hours if $because",
    ({ hours, windows = [WEEKLY], change, alerts }) => {
      expect(waiting(hours, windows, change)).toHaveLength(alerts);
    },
  );

  test("does not end an alert that another cause began", () => {
    const cause = { code: "change-window", windows: ["office"] } as const;
    const desired = { ...pass.desired, windows: [WEEKLY] };

    expect(alertsOf([holdOf(25, { cause })], { open: [INCIDENT], desired })).toEqual([]);
  });
});

describe("changes that wait for long", () => {
  test.each<HoldCode>(["change-window", "depends-on", "limit-changes", "first-enforcing-pass"])(
    "are one alert for their namespace, for any cause: %s",
    (code) => {
      expect(alertsOf([holdOf(24, { code }), holdOf(30, { keys: [keyOf("b")] })])).toEqual([
        {
          kind: "waiting-long",
          incident: INCIDENT,
          account: pass.account.name,
          namespace: "orders",
          since: "2026-11-24T06:00:00.000Z",
          reasons: ["waits for the change window office"],
          keys: [keyOf("a"), keyOf("b")],
        },
      ]);
    },
  );

  test("of two namespaces are two alerts, each with its own changes", () => {
    const found = alertsOf([holdOf(24, { keys: [keyOf("a"), keyOf("b", "payments")] })]);

    expect(found).toMatchObject([
      { namespace: "orders", keys: [keyOf("a")] },
      { namespace: "payments", keys: [keyOf("b", "payments")] },
    ]);
  });

  test.each([
    { found: () => alertsOf([holdOf(23)]), because: "none waits that long yet" },
    { found: () => alertsOf([holdOf(24)], { open: [INCIDENT] }), because: "it was sent before" },
    { found: () => alertsOf([holdOf(24)], { longWaitMs: 0 }), because: "the operator's file turns it off" },
    {
      found: () => alertsOf([holdOf(24, { code: "verdict-changed" })]),
      because: "a stricter verdict is no change",
    },
    {
      found: () => {
        const rejection = {
          subject: holdOf(24).subject,
          accountId: ACCOUNT,
          actor: "dana",
          reason: "no",
          at: "",
        };
        return alertsOf([holdOf(24)], { rejections: [rejection] });
      },
      because: "it was rejected",
    },
  ])("are no alert if $because", ({ found }) => {
    expect(found()).toEqual([]);
  });

  const ENDED = {
    kind: "waiting-ended",
    incident: INCIDENT,
    account: pass.account.name,
    namespace: "orders",
  };
  const waitedFor = (hours: number) => {
    const waitingSinceMs = { [keyOf("a")]: NOW_MS - hours * HOUR_MS };
    return { history: { ...pass.history, record: { ...pass.history.record, waitingSinceMs } } };
  };

  test("end their alert when none of them waits any more, also if another change begins to wait", () => {
    const other = holdOf(1, { keys: [keyOf("b")] });

    expect(alertsOf([], { open: [INCIDENT], ...waitedFor(30) })).toEqual([ENDED]);
    expect(alertsOf([other], { open: [INCIDENT], ...waitedFor(30) })).toEqual([ENDED]);
  });

  test("go on under the subject of a set that another change joins", () => {
    const together = holdOf(0, { keys: [keyOf("a"), keyOf("b")] });

    expect(alertsOf([together], { open: [INCIDENT], ...waitedFor(30) })).toEqual([]);
    expect(alertsOf([together], waitedFor(30))).toMatchObject([
      { kind: "waiting-long", since: "2026-11-24T06:00:00.000Z", keys: [keyOf("a")] },
    ]);
  });

  test("do not end it in a pass over a few functions, which does not know all of them", () => {
    expect(alertsOf([], { open: [INCIDENT], scope: { kind: "keys", keys: [keyOf("a")] } })).toEqual([]);
  });
});
