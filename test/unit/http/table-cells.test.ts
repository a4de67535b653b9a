import { describe, expect, test } from "@jest/globals";
import { ageText, listText, conditionReasonText } from "../../../src/http/kubernetes/columns/column.ts";
import { AWS_ACCOUNT } from "../../../src/http/kubernetes/columns/accounts.ts";
import { HOLD } from "../../../src/http/kubernetes/columns/holds.ts";
import { BINDING, DRIFT } from "../../../src/http/kubernetes/columns/keys.ts";
import {
  driftText,
  FUNCTION_PERMISSION,
  MANAGED_POLICY,
} from "../../../src/http/kubernetes/columns/owners.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import type { Condition, ConditionReason, KeyStatus } from "../../../src/model/status.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { condition, record } from "../../support/screens/world-states.ts";

const NOW_MS = Date.parse("2026-11-25T12:00:00Z");

type ComparedDrift = Parameters<typeof driftText>[0][number];

const CLEAN: ComparedDrift = { drift: null, sync: "Synced" };
const UNREAD: ComparedDrift = { drift: null, sync: "Unknown" };

function drifted(since: string, isOutdated = false): ComparedDrift {
  const drift = {
    since,
    fields: [],
    delta: NO_DELTA,
    actor: null,
    ...(isOutdated && { isOutdated: true as const }),
  };
  return { sync: "OutOfSync", drift };
}

describe("the drift of an object", () => {
  test.each([
    { bindings: [CLEAN], text: "none", because: "its binding matches Git" },
    { bindings: [CLEAN, UNREAD], text: "unknown", because: "one binding was not compared" },
    { bindings: [], text: "unknown", because: "it has no binding" },
    {
      bindings: [UNREAD, drifted("2026-11-25T11:48:00Z"), drifted("2026-11-25T11:59:00Z")],
      text: "12m",
      because: "the longest difference counts",
    },
    {
      bindings: [CLEAN, drifted("2026-11-25T11:48:00Z", true)],
      text: "unknown",
      because: "Git has changed since the comparison",
    },
  ])("is $text: $because", ({ bindings, text }) => {
    expect(driftText(bindings, NOW_MS)).toBe(text);
  });
});

describe("the reason of an object", () => {
  const ready = (status: Condition["status"], reason: ConditionReason): Condition =>
    condition({ status, reason });
  const suspended = condition({ type: "Suspended", reason: "Suspended" });

  test.each([
    { conditions: [], text: "unknown", because: "it was not compared" },
    {
      conditions: [ready("True", "ReconciliationSucceeded")],
      text: "ReconciliationSucceeded",
      because: "it is as declared",
    },
    {
      conditions: [ready("True", "ReconciliationSucceeded"), suspended],
      text: "Suspended",
      because: "nothing is written, though it is as declared",
    },
    {
      conditions: [ready("False", "GuardrailRefused"), suspended],
      text: "GuardrailRefused,Suspended",
      because: "both keep it from being as declared",
    },
  ])("is $text: $because", ({ conditions, text }) => {
    expect(conditionReasonText(conditions)).toBe(text);
  });
});

describe("a row of bindings", () => {
  const ofBinding = (change: Partial<KeyStatus>): readonly (string | number)[] => {
    const status = { ...record(ORDERS_API, change).status, drift: null };
    const item = { metadata: { name: "orders-api.111122223333.eu-west-1" }, status };
    const narrow = BINDING.filter(({ isWide }) => isWide !== true);
    return narrow.map((column) => column.cell(item as never, NOW_MS));
  };

  test("has no reason where it is as declared", () => {
    expect(ofBinding({}).at(-1)).toBe("none");
  });
});

describe("with -A and long names, the columns that are not wide fit 80 columns of kubectl", () => {
  const NAMES = {
    binding: "report-archive.111122223333.eu-west-1",
    drift: "report-archive.111122223333.eu-west-1.7eb289342caa",
    hold: "f".repeat(64),
    owner: "invoice-report-archiver-v2",
  };
  const since = "2026-11-13T12:00:00Z";
  const drifting = {
    ...drifted(since),
    conditions: [condition({ status: "False", reason: "AwaitingApproval" })],
  };

  test.each([
    { of: "bindings", columns: BINDING, name: NAMES.binding, namespace: "reporting", status: drifting },
    {
      of: "drifts",
      columns: DRIFT,
      name: NAMES.drift,
      namespace: "reporting",
      status: { tier: "security", since },
    },
    { of: "holds", columns: HOLD, name: NAMES.hold, namespace: null, status: { risk: "medium", since } },
    {
      of: "functionpermissions",
      columns: FUNCTION_PERMISSION,
      name: NAMES.owner,
      namespace: "reporting",
      status: { ...drifting, bindings: [drifted(since)] },
    },
    {
      of: "managedpolicies",
      columns: MANAGED_POLICY,
      name: NAMES.owner,
      namespace: "reporting",
      status: { ...drifting, bindings: [drifted(since)] },
    },
    {
      of: "awsaccounts",
      columns: AWS_ACCOUNT,
      name: "shared-services-europe",
      namespace: null,
      status: {
        mode: "enforce",
        failing: null,
        comparing: false,
        lastSweepAt: since,
        counts: { synced: 1_000, bindings: 1_000, drifted: 1_000, blocked: 1_000 },
      },
    },
  ])("$of", ({ columns, name, namespace, status }) => {
    const item = { metadata: { name, creationTimestamp: since }, status } as never;
    const cells = [...columns]
      .filter(({ isWide }) => isWide !== true)
      .map((column) => [column.name, String(column.cell(item, NOW_MS))]);
    const all = namespace === null ? cells : [["Namespace", namespace], ...cells];
    // kubectl pads each column but the last one with three blanks.
    const width = all.map((texts) => Math.max(...texts.map((text) => text.length)));

    expect(width.reduce((sum, one) => sum + one, 3 * (width.length - 1))).toBeLessThanOrEqual(80);
  });
});

test.each([
  { reason: "ObserveOnly", text: "observed" },
  { reason: "ReconciliationSucceeded", text: "True" },
] as const)("an object that is ready by $reason is shown as $text", ({ reason, text }) => {
  const ready = FUNCTION_PERMISSION.find(({ name }) => name === "Ready");
  const status = { conditions: [condition({ reason })] };

  expect(ready?.cell({ status } as never, NOW_MS)).toBe(text);
});

test.each([
  { at: null, text: "unknown" },
  { at: "2026-11-25T11:59:30Z", text: "30s" },
  { at: "2026-11-25T12:00:09Z", text: "0s" },
])("the age since $at is $text", ({ at, text }) => {
  expect(ageText(at, NOW_MS)).toBe(text);
});

test.each([
  { names: [], text: "none" },
  { names: ["prod", "dev", "prod"], text: "dev,prod" },
  { names: ["a", "b", "c", "d", "e"], text: "a,b,c +2 more" },
])("the names $names are $text", ({ names, text }) => {
  expect(listText(names)).toBe(text);
});
