import { describe, expect, test } from "@jest/globals";
import { ageText, listText, reasonText } from "../../../src/http/kubernetes/columns/column.ts";
import { BINDING } from "../../../src/http/kubernetes/columns/keys.ts";
import { driftText, FUNCTION_PERMISSION } from "../../../src/http/kubernetes/columns/owners.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import type { Condition, ConditionReason, KeyStatus } from "../../../src/model/status.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { condition, record } from "../../support/screens/world-states.ts";

const NOW_MS = Date.parse("2026-11-25T12:00:00Z");

type Compared = Parameters<typeof driftText>[0][number];

const CLEAN: Compared = { drift: null, sync: "Synced" };
const UNREAD: Compared = { drift: null, sync: "Unknown" };

function drifted(since: string, isOutdated = false): Compared {
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
    expect(reasonText(conditions)).toBe(text);
  });
});

describe("a row of bindings", () => {
  const ofBinding = (change: Partial<KeyStatus>): readonly (string | number)[] => {
    const status = { ...record(ORDERS_API, change).status, drift: null };
    const item = { metadata: { name: "orders-api.111122223333.eu-west-1" }, status };
    const narrow = BINDING.filter(({ isWide }) => isWide !== true);
    return narrow.map((column) => column.cell(item as never, NOW_MS));
  };

  test("fits 80 columns of kubectl, which pads each column with three blanks", () => {
    const conditions = [condition({ status: "False", reason: "ReferenceNotResolved" })];

    const cells = ofBinding({ sync: "OutOfSync", conditions });

    expect(cells.join("   ").length).toBeLessThanOrEqual(80);
    expect(cells.at(-1)).toBe("ReferenceNotResolved");
  });

  test("has no reason where it is as declared", () => {
    expect(ofBinding({}).at(-1)).toBe("none");
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
