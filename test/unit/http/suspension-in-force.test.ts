import { expect, test } from "@jest/globals";
import { exceptionText } from "../../../src/http/kubernetes/columns/column.ts";
import { bindingStatus, countBindings } from "../../../src/http/present/binding-status.ts";
import { readerOf, type Reader } from "../../../src/http/request/reader.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import type { SuspensionScope } from "../../../src/model/approval.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import type { Condition, KeyStatus } from "../../../src/model/status.ts";
import { FakeControl } from "../../support/fakes/fake-control.ts";
import { ALL, NOW_MS, withStatus } from "../../support/screens/action-required.ts";
import { suspension } from "../../support/screens/world-overview.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { condition } from "../../support/screens/world-states.ts";

const SUSPENDED = condition({ type: "Suspended", status: "True", reason: "Suspended", message: "INC-1" });
const WAITS = condition({ status: "Unknown", reason: "Progressing", message: "waits for its end" });
const REFUSED = condition({ status: "False", reason: "GuardrailRefused", message: "ESC-001" });

const key = ORDERS_API;
const own: SuspensionScope = { accountId: null, namespace: null, key };
const everything: SuspensionScope = { ...own, key: null };

async function readerFor(
  conditions: readonly Condition[],
  scopes: readonly SuspensionScope[],
  change: Partial<KeyStatus> = {},
): Promise<Reader> {
  const state = withStatus({ health: "Suspended", conditions, ...change });
  const suspensions = scopes.map((scope) => suspension("s-1", scope, "INC-2"));
  const control = new FakeControl({ ...state, overview: { ...state.overview, suspensions } });
  const world = await new WorldReader(control).read();
  return readerOf({ control, world, access: ALL, tenantPath: "teams", nowMs: NOW_MS });
}

test.each([
  { ready: condition(), health: "Healthy", reason: "none", message: condition().message },
  {
    ready: WAITS,
    health: "Progressing",
    reason: "Progressing",
    message: "its suspension has ended, and no pass has ended since",
  },
  { ready: REFUSED, health: "Degraded", reason: "GuardrailRefused", message: "ESC-001" },
])(
  "a suspension that has ended is not shown before the next pass: $reason",
  async ({ ready, health, reason, message }) => {
    const shown = bindingStatus(await readerFor([ready, SUSPENDED], []), ORDERS_API);

    expect(shown.conditions).toEqual([{ ...ready, message }]);
    expect(shown.health).toBe(health);
    expect(exceptionText(shown.conditions)).toBe(reason);
  },
);

test("a role that did not exist at the last pass is missing after the end of a suspension too", async () => {
  const drift = { since: "", fields: ["role-missing"], delta: NO_DELTA, actor: null, authors: [] };
  const reader = await readerFor([WAITS, SUSPENDED], [], { drift });

  expect(bindingStatus(reader, ORDERS_API).health).toBe("Missing");
});

test.each([{ scope: own }, { scope: everything }])(
  "a suspension in force is shown with its own reason, not with that of an earlier one",
  async ({ scope }) => {
    const shown = bindingStatus(await readerFor([condition(), SUSPENDED], [scope]), ORDERS_API);

    expect(shown.health).toBe("Suspended");
    expect(shown.conditions).toContainEqual({
      ...SUSPENDED,
      message: expect.stringMatching(/^until \S+ \S+Z by dana: "INC-2"$/),
    });
  },
);

test("a suspension that no pass has seen is no condition yet: a write may be under way", async () => {
  const shown = bindingStatus(await readerFor([condition()], [own]), ORDERS_API);

  expect(shown.conditions).toEqual([condition()]);
});

test("a binding with a difference is not counted as suspended after the end of its suspension", async () => {
  const plan = { digest: digestOf("plan"), actions: 1, withheld: [] };
  const groups = async (scopes: readonly SuspensionScope[]) =>
    countBindings(await readerFor([WAITS, SUSPENDED], scopes, { sync: "OutOfSync", plan }), [ORDERS_API])
      .groups;

  expect(await groups([own])).toEqual({ suspended: 1 });
  expect(await groups([])).toEqual({ changing: 1 });
});
