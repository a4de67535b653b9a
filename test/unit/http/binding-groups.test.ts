import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { bindingLines } from "../../../src/cli/status/binding-lines.ts";
import { bindingGroup, type GroupFacts } from "../../../src/http/present/action-required/binding-group.ts";
import { bindingStatus, countBindings } from "../../../src/http/present/binding-status.ts";
import { readerOf } from "../../../src/http/request/reader.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import { CONDITION_REASONS } from "../../../src/api/condition-reasons.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { digestOf } from "../../../src/model/values/digest.ts";
import { BINDING_GROUPS, type ConditionReason, type KeyStatus } from "../../../src/model/status.ts";
import { FC_RUNS } from "../../support/fc-runs.ts";
import { FakeControl } from "../../support/fakes/fake-control.ts";
import { ALL, calm, NOW_MS } from "../../support/screens/action-required.ts";
import { ORDERS_API, ORDERS_JOBS, REFUNDS } from "../../support/screens/world-keys.ts";
import { condition, record } from "../../support/screens/world-states.ts";
import { fakeState } from "../../support/screens/api-world.ts";

const DRIFT = { since: "", fields: ["tag-extra"], delta: NO_DELTA, actor: null };
const PLAN = { digest: digestOf("plan"), actions: 1, withheld: [] };
const REASONS = Object.keys(CONDITION_REASONS) as ConditionReason[];

const ready = (status: "True" | "False" | "Unknown", reason: ConditionReason) =>
  condition({ status, reason });
const statusOf = (change: Partial<KeyStatus>): KeyStatus => {
  const { status } = record(ORDERS_API, change);
  if (status === null) throw new Error("a record with a status");
  return status;
};
const groupOf = (change: Partial<KeyStatus>, facts: Partial<GroupFacts> = {}): string =>
  bindingGroup({
    status: statusOf(change),
    isAccountRead: true,
    isUncompared: false,
    isHeld: false,
    isRejected: false,
    isApproved: false,
    ...facts,
  });

const differs = (change: Partial<KeyStatus> = {}): Partial<KeyStatus> => ({
  sync: "OutOfSync",
  drift: DRIFT,
  conditions: [ready("Unknown", "Progressing"), condition({ type: "Drifted", reason: "DriftDetected" })],
  ...change,
});

describe("a binding that differs from Git is in the group of the reason why it still differs", () => {
  test.each([
    { group: "changing", change: differs({ plan: PLAN }), facts: {} },
    { group: "not-planned", change: differs(), facts: {} },
    { group: "observed", change: differs({ mode: "observe" }), facts: {} },
    {
      group: "suspended",
      change: differs({ conditions: [ready("Unknown", "Progressing"), condition({ type: "Suspended" })] }),
      facts: {},
    },
    { group: "awaiting-approval", change: differs({ plan: PLAN }), facts: { isHeld: true } },
    {
      group: "window-closed",
      change: differs({ conditions: [ready("False", "ChangeWindowClosed")] }),
      facts: {},
    },
    {
      group: "window-approved",
      change: differs({ conditions: [ready("False", "ChangeWindowClosed")] }),
      facts: { isApproved: true },
    },
    {
      group: "awaiting-approval",
      change: differs({ conditions: [ready("False", "AwaitingApproval")] }),
      facts: {},
    },
    { group: "rejected", change: differs({ plan: PLAN }), facts: { isHeld: true, isRejected: true } },
    { group: "refused", change: differs({ conditions: [ready("False", "AccessDenied")] }), facts: {} },
    { group: "dependent", change: differs({ conditions: [ready("False", "RoleNotUsed")] }), facts: {} },
    {
      group: "depends-on",
      change: differs({ conditions: [ready("False", "WaitingForDependency")] }),
      facts: { isHeld: true },
    },
    {
      group: "dependent",
      change: differs({ conditions: [ready("False", "WaitingForDependency")] }),
      facts: { isApproved: true },
    },
    {
      group: "upstream",
      change: differs({
        conditions: [
          ready("True", "ReconciliationSucceeded"),
          condition({ type: "Drifted", reason: "UpstreamChanged" }),
        ],
      }),
      facts: {},
    },
    { group: "unread-differs", change: differs({ plan: PLAN }), facts: { isAccountRead: false } },
    { group: "unread-differs", change: differs({ sync: "Unknown" }), facts: {} },
  ] as const)("$group", ({ group, change, facts }) => {
    expect(groupOf(change, facts)).toBe(group);
  });
});

test("a binding of an account that cannot be read is never in sync", () => {
  expect(groupOf({}, { isAccountRead: false })).toBe("unread");
  expect(groupOf({})).toBe("in-sync");
});

test("a binding that changed in Git since it was compared is not in sync", () => {
  expect(groupOf({}, { isUncompared: true })).toBe("not-compared");
  expect(groupOf({}, { isUncompared: true, isAccountRead: false })).toBe("unread");
});

const drawnStatus: fc.Arbitrary<Partial<KeyStatus>> = fc.record({
  sync: fc.constantFrom("Synced", "OutOfSync", "Unknown"),
  mode: fc.constantFrom("observe", "enforce"),
  drift: fc.constantFrom(null, DRIFT),
  plan: fc.constantFrom(null, PLAN, { ...PLAN, actions: 0 }),
  conditions: fc.array(
    fc.record({
      type: fc.constantFrom("Ready", "Drifted", "Stalled", "Suspended"),
      status: fc.constantFrom("True", "False", "Unknown"),
      reason: fc.constantFrom(...REASONS),
      message: fc.constant(""),
      lastTransitionTime: fc.constant(""),
    }),
    { maxLength: 3 },
  ),
});

const KEYS = [ORDERS_API, ORDERS_JOBS, REFUNDS];
const drawnStates = fc.record({
  statuses: fc.array(fc.option(drawnStatus), { minLength: KEYS.length, maxLength: KEYS.length }),
  isFailing: fc.boolean(),
});

test("each binding is in exactly one line of status, and the lines add up to the number of bindings", async () => {
  await fc.assert(
    fc.asyncProperty(drawnStates, async ({ statuses, isFailing }) => {
      const state = isFailing ? { ...fakeState(), overview: { ...fakeState().overview } } : calm();
      const records = KEYS.flatMap((key, at) => {
        const status = statuses[at] ?? null;
        return status === null ? [] : [record(key, status)];
      });
      const control = new FakeControl({ ...state, records });
      const world = await new WorldReader(control).read();
      const reader = readerOf({ control, world, access: ALL, tenantPath: "teams", nowMs: NOW_MS });

      const counts = countBindings(reader, KEYS);
      const [head, ...lines] = bindingLines([counts]);

      const all = Object.values(counts.groups ?? {}).reduce((sum, count) => sum + count, 0);
      expect(all).toBe(counts.bindings);
      const blocked = KEYS.filter((key) => bindingStatus(reader, key).isBlocked === true);
      expect(counts.blocked).toBe(blocked.length);
      const isAllInSync = counts.groups?.["in-sync"] === counts.bindings;
      const numbers = lines.map((line) => Number.parseInt(line, 10));
      expect(head).toBe(isAllInSync ? undefined : `Bindings of functions: ${counts.bindings}`);
      expect(numbers.reduce((sum, count) => sum + count, 0)).toBe(isAllInSync ? 0 : counts.bindings);
    }),
    { numRuns: Math.min(FC_RUNS, 100) },
  );
});

test("every group has a line", () => {
  const counts = { bindings: 0, synced: 0, drifted: 0, held: 0, broken: 0, blocked: 0 };
  const lines = BINDING_GROUPS.map((group) =>
    bindingLines([{ ...counts, groups: { [group]: 1, "in-sync": 1 } }]),
  );

  expect(new Set(lines.map((one) => one.at(-1))).size).toBe(BINDING_GROUPS.length);
});

test.each([
  { count: 1, text: "  1 awaits an approval: grantkeeper get approvals" },
  { count: 2, text: "  2 await an approval: grantkeeper get approvals" },
])("the verb agrees with the number of bindings: $text", ({ count, text }) => {
  const counts = { bindings: count, synced: 0, drifted: 0, held: count, broken: 0, blocked: count };

  expect(bindingLines([{ ...counts, groups: { "awaiting-approval": count } }])).toEqual([
    `Bindings of functions: ${count}`,
    text,
  ]);
});
