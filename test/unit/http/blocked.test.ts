import { expect, test } from "@jest/globals";
import { blockedOf } from "../../../src/api/browser/binding-summary.ts";
import { bindingStatus, countBindings } from "../../../src/http/present/binding-status.ts";
import { readerOf } from "../../../src/http/request/reader.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import type { Hold } from "../../../src/model/answers/hold.ts";
import type { ConditionReason, KeyStatus } from "../../../src/model/status.ts";
import { FakeControl } from "../../support/fakes/fake-control.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import { ALL, NOW_MS, withStatus } from "../../support/screens/action-required.ts";
import { ORDERS_API, PAYMENTS_SUBJECT } from "../../support/screens/world-keys.ts";
import { condition } from "../../support/screens/world-states.ts";

const differs = (...conditions: KeyStatus["conditions"]): Partial<KeyStatus> => ({
  sync: "OutOfSync",
  conditions,
});
const notReady = (reason: ConditionReason): KeyStatus["conditions"][number] =>
  condition({ status: "False", reason });
const held = (code: Hold["code"]): Partial<FakeState["overview"]> => ({
  holds: [
    {
      subject: PAYMENTS_SUBJECT,
      code,
      sinceMs: NOW_MS,
      reason: "r",
      account: "prod",
      keys: [ORDERS_API],
      actions: 1,
    },
  ],
});

/** How many the account counts, and what the row of the list shows. */
async function shownOf(state: FakeState): Promise<readonly [number, boolean | null]> {
  const control = new FakeControl(state);
  const world = await new WorldReader(control).read();
  const reader = readerOf({ control, world, access: ALL, tenantPath: "teams", nowMs: NOW_MS });
  const row = bindingStatus(reader, ORDERS_API);
  return [countBindings(reader, [ORDERS_API]).blocked, blockedOf(row)];
}

test.each([
  { because: "it is as declared", status: {}, shown: [0, false] },
  { because: "a rule refuses it", status: differs(notReady("GuardrailRefused")), shown: [1, true] },
  {
    because: "its manifest is broken",
    status: { ...differs(notReady("ValidationFailed")), sync: "Unknown" as const },
    shown: [1, true],
  },
  { because: "a permission is missing", status: differs(notReady("AccessDenied")), shown: [1, true] },
  {
    because: "AWS refused its write for good",
    status: differs(condition({ type: "Stalled", reason: "RejectedByAws" })),
    shown: [1, true],
  },
  { because: "it awaits an approval", status: differs(notReady("AwaitingApproval")), shown: [1, true] },
  {
    because: "it is part of a pending approval",
    status: differs(),
    overview: held("needs-approval"),
    shown: [1, true],
  },
  {
    because: "it waits for its change window",
    status: differs(notReady("ChangeWindowClosed")),
    overview: held("change-window"),
    shown: [0, false],
  },
  {
    because: "it waits for another function",
    status: differs(notReady("WaitingForDependency")),
    overview: held("depends-on"),
    shown: [0, false],
  },
  {
    because: "it was not read",
    status: {
      sync: "Unknown" as const,
      conditions: [condition({ status: "Unknown", reason: "Progressing" })],
    },
    shown: [0, null],
  },
] as const)("the account counts as blocked what its row shows as blocked: $because", async (row) => {
  const state = withStatus(row.status);
  const overview = "overview" in row ? { ...state.overview, ...row.overview } : state.overview;

  expect(await shownOf({ ...state, overview })).toEqual(row.shown);
});
