import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CONDITION_REASONS } from "../../../src/api/condition-reasons.ts";
import { bindingStatus, countBindings } from "../../../src/http/present/binding-status.ts";
import { bindings, drifts, plans } from "../../../src/http/present/bindings.ts";
import { holdSummaries } from "../../../src/http/present/pending/holds.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import { notCompared } from "../../../src/http/present/conditions/not-compared.ts";
import { readerOf, type Reader } from "../../../src/http/request/reader.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import type { Namespace } from "../../../src/model/aws/ids.ts";
import type { Condition, ConditionReason } from "../../../src/model/status.ts";
import { FC_RUNS } from "../../support/fc-runs.ts";
import { FakeControl, NOW } from "../../support/fakes/fake-control.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import { ALL, badly, itemsOf, LONG_AGO, NOW_MS, withStatus } from "../../support/screens/action-required.ts";
import { fakeState, manifest } from "../../support/screens/api-world.ts";
import { AUDIT_READ, ORDERS_API } from "../../support/screens/world-keys.ts";
import { condition, record } from "../../support/screens/world-states.ts";

const REASONS = Object.keys(CONDITION_REASONS) as ConditionReason[];
const TYPES = ["Ready", "Reconciling", "Stalled", "Drifted", "Suspended"] as const;

const drawnConditions: fc.Arbitrary<readonly Condition[]> = fc.uniqueArray(
  fc.record({
    type: fc.constantFrom(...TYPES),
    status: fc.constantFrom("True", "False", "Unknown"),
    reason: fc.constantFrom(...REASONS),
    message: fc.constantFrom("", "matches Git, read back"),
    lastTransitionTime: fc.constant(LONG_AGO),
  }),
  { selector: ({ type }) => type },
);

async function readerFor(state: FakeState): Promise<Reader> {
  const control = new FakeControl(state);
  const world = await new WorldReader(control).read();
  return readerOf({ control, world, access: ALL, tenantPath: "teams", nowMs: NOW_MS });
}

const statusOf = (conditions: readonly Condition[]) => {
  const { status } = record(ORDERS_API, { conditions });
  if (status === null) throw new Error("a record with a status");
  return status;
};

test("no condition of an earlier declaration is shown as one of the declaration in force", () => {
  fc.assert(
    fc.property(drawnConditions, (conditions) => {
      const shown = notCompared(statusOf(conditions), NOW);
      const by = (type: Condition["type"]) => shown.conditions.find((one) => one.type === type);
      const before = (type: Condition["type"]) => conditions.find((one) => one.type === type);

      expect(by("Ready")).toMatchObject({ status: "Unknown", reason: "NotCompared" });
      expect(by("Stalled")).toBeUndefined();
      expect(by("Suspended")).toEqual(before("Suspended"));
      expect(by("Reconciling")?.reason).toBe(before("Suspended") === undefined ? "NotCompared" : undefined);
      const drifted = before("Drifted");
      expect(by("Drifted")?.status).toBe(
        drifted === undefined ? undefined : drifted.status === "True" ? "True" : "Unknown",
      );
      expect([shown.sync, shown.plan, shown.adoption]).toEqual(["Unknown", null, undefined]);
      expect(shown.conditions.map(({ type }) => type)).toEqual(
        shown.conditions.map(({ type }) => type).sort(),
      );
    }),
    { numRuns: FC_RUNS },
  );
});

test("the transition time of a condition changes only with its status", () => {
  const waits = condition({ status: "Unknown", reason: "Progressing", lastTransitionTime: LONG_AGO });

  const times = [waits, condition()].map(
    (before) =>
      notCompared(statusOf([before]), NOW).conditions.find(({ type }) => type === "Ready")
        ?.lastTransitionTime,
  );

  expect(times).toEqual([LONG_AGO, NOW]);
});

const READY = condition({ message: "matches Git, read back" });

describe("after a push, until a pass has compared it", () => {
  const pushed = (conditions: readonly Condition[]): FakeState => ({
    ...withStatus({ conditions }),
    uncompared: new Set([ORDERS_API]),
  });

  test("a binding that matched the revision before is neither ready nor counted as blocked, drifted or held", async () => {
    const refused = condition({ status: "False", reason: "GuardrailRefused", message: "ACT-001" });

    const [ready, blocked] = await Promise.all([readerFor(pushed([READY])), readerFor(pushed([refused]))]);

    expect(bindingStatus(ready, ORDERS_API).conditions[0]).toMatchObject({ reason: "NotCompared" });
    const { broken, held, drifted, synced } = countBindings(blocked, [ORDERS_API]);
    expect([broken, held, drifted, synced]).toEqual([0, 0, 0, 0]);
  });

  test.each([
    { generation: 1, observedGeneration: 0, since: LONG_AGO, because: "it is as old as its new manifest" },
    { generation: 2, observedGeneration: 1, since: NOW, because: "it was added to a manifest that is older" },
    { generation: 1, observedGeneration: 1, since: NOW, because: "an account was added to what it means" },
  ])("a binding without a record is reconciling since it was declared: $because", async (facts) => {
    const { since, generation, observedGeneration } = facts;
    const object = { generation, observedGeneration, createdAt: LONG_AGO, keys: [ORDERS_API] };
    const state = { ...pushed([]), objects: [manifest(object)], records: [] };

    const { conditions } = bindingStatus(await readerFor(state), ORDERS_API);

    expect(conditions.map(({ lastTransitionTime }) => lastTransitionTime)).toEqual([since, since]);
  });

  test.each(["GuardrailRefused", "ValidationFailed"] as const)(
    "the %s of the manifest before is no required action",
    async (reason) => {
      const conditions = [condition({ status: "False", reason })];

      expect(await itemsOf(withStatus({ conditions }))).not.toEqual([]);
      expect(await itemsOf(pushed(conditions))).toEqual([]);
    },
  );

  test.each(["Contended", "ReconciliationFailed", "RoleNotUsed"] as const)(
    "the required action for %s is marked as one that was found before",
    async (reason) => {
      const state = withStatus(badly(reason));
      const marks = async (uncompared: FakeState["uncompared"]) =>
        (await itemsOf({ ...state, uncompared: uncompared ?? new Set() })).map(
          ({ isOutdated }) => isOutdated,
        );

      expect(await marks(new Set())).toEqual([undefined]);
      expect(await marks(new Set([ORDERS_API]))).toEqual([true]);
    },
  );

  test("a ManagedPolicy is counted as one that no pass has compared", async () => {
    const state = fakeState();
    const accounts = state.overview.accounts.map((account) => ({
      ...account,
      record: account.record && { ...account.record, failing: null },
    }));
    const read = { ...state, overview: { ...state.overview, accounts } };
    const before = await readerFor(read);
    const after = await readerFor({ ...read, uncompared: new Set([AUDIT_READ]) });

    expect(countBindings(before, [AUDIT_READ]).policies?.uncompared).toBe(0);
    expect(countBindings(after, [AUDIT_READ]).policies).toEqual({ declared: 1, synced: 0, uncompared: 1 });
  });

  test("its difference and its pending approval are shown as those of the declaration before", async () => {
    const state = fakeState();
    const [keys] = state.overview.holds.map((hold) => hold.keys);
    const uncompared = new Set(keys);
    const before = await readerFor(state);
    const after = await readerFor({ ...state, uncompared });
    const shown = (reader: Reader) => [
      ...[...uncompared].map((key) => bindingStatus(reader, key).drift?.isOutdated),
      holdSummaries(reader).some(({ status }) => status.isOutdated === true),
      countBindings(reader, [...uncompared]).held,
    ];

    expect(uncompared.size).toBeGreaterThan(0);
    expect(shown(before)).toEqual([...[...uncompared].map(() => undefined), false, uncompared.size]);
    expect(shown(after).slice(-2)).toEqual([true, 0]);
  });

  test("the difference in the status is marked as one that was seen before", async () => {
    const drift = { since: LONG_AGO, fields: ["trust"], delta: NO_DELTA, actor: "alice", authors: [] };
    const marked = async (state: FakeState) => bindingStatus(await readerFor(state), ORDERS_API).drift;

    expect(await marked(withStatus({ drift }))).toEqual(drift);
    expect(await marked({ ...withStatus({ drift }), uncompared: new Set([ORDERS_API]) })).toEqual({
      ...drift,
      isOutdated: true,
    });
  });

  test("the declaration is that of the revision in force, not the one that was compared", async () => {
    const state = fakeState();
    const desired = state.views.get(ORDERS_API)?.desired ?? null;
    if (desired === null) throw new Error("a view with a declaration");
    const declared = { ...desired, namespace: "renamed" as Namespace };
    const reader = await readerFor({ ...state, declared: new Map([[ORDERS_API, declared]]) });

    const [binding] = bindings(reader).filter(({ spec }) => spec.key === ORDERS_API);
    expect(binding?.spec.desired?.namespace).toBe("renamed");
  });

  test("its plan and its drift are marked as those of an earlier declaration", async () => {
    const state = fakeState();
    const before = await readerFor(state);
    const after = await readerFor({ ...state, uncompared: new Set(state.views.keys()) });

    const marks = (reader: Reader) =>
      [...plans(reader), ...drifts(reader)].map(({ status }) => status.isOutdated);

    expect(new Set(marks(before))).toEqual(new Set([undefined]));
    expect(new Set(marks(after))).toEqual(new Set([true]));
  });

  test("an account that cannot be read keeps that reason", async () => {
    const state = pushed([condition({ status: "False", reason: "AccessDenied" })]);
    const failing = { sinceMs: NOW_MS - 1_000, reason: "AccessDenied", fix: "run doctor" };
    const accounts = state.overview.accounts.map((account) => ({
      ...account,
      record: account.record && { ...account.record, failing },
    }));
    const records = [
      record(ORDERS_API, {
        sync: "Unknown",
        conditions: [condition({ status: "False", reason: "AccessDenied" })],
      }),
    ];
    const reader = await readerFor({ ...state, records, overview: { ...state.overview, accounts } });

    expect(bindingStatus(reader, ORDERS_API).conditions).toMatchObject([{ reason: "AccessDenied" }]);
  });
});

describe("after a restart, until the account is compared", () => {
  const restarted = (generations: { generation: number; observedGeneration: number }): FakeState => {
    const state = withStatus({ conditions: [READY] });
    const accounts = state.overview.accounts.map((account) => ({ ...account, comparing: true }));
    const objects = state.objects.map((object) => ({ ...object, ...generations }));
    return { ...state, objects, overview: { ...state.overview, accounts } };
  };

  test.each([
    { generation: 2, observedGeneration: 1, reason: "NotCompared" },
    { generation: 2, observedGeneration: 2, reason: "ReconciliationSucceeded" },
  ])(
    "a manifest of generation $generation, compared at $observedGeneration, is $reason",
    async ({ reason, ...generations }) => {
      const reader = await readerFor(restarted(generations));

      expect(bindingStatus(reader, ORDERS_API).conditions[0]?.reason).toBe(reason);
    },
  );

  test("a binding that was removed from Git before a pass saw that does not match Git", async () => {
    const state = restarted({ generation: 1, observedGeneration: 1 });
    const reader = await readerFor({ ...state, objects: [] });

    expect(bindingStatus(reader, ORDERS_API)).toMatchObject({
      sync: "Unknown",
      conditions: [{ type: "Ready", reason: "NotCompared" }, { type: "Reconciling" }],
    });
  });
});
