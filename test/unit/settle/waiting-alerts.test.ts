import { describe, expect, test } from "@jest/globals";
import { waitingAlerts } from "../../../src/settle/alerts/waiting-alerts.ts";
import type { Hold } from "../../../src/model/answers/hold.ts";
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
