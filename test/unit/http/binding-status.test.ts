import { expect, test } from "@jest/globals";
import { bindingStatus, countBindings } from "../../../src/http/present/binding-status.ts";
import { readerOf } from "../../../src/http/request/reader.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import { FakeControl } from "../../support/fakes/fake-control.ts";
import { ALL, LONG_AGO, NOW_MS, withStatus } from "../../support/screens/action-required.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { condition, view } from "../../support/screens/world-states.ts";

test("a condition is shown without the facts that only the record needs", async () => {
  const shown = condition({ status: "False", reason: "AccessDenied", message: "no" });
  const control = new FakeControl(
    withStatus({ conditions: [{ ...shown, missingAction: "iam:PutRolePolicy" }] }),
  );
  const world = await new WorldReader(control).read();
  const reader = readerOf({ control, world, access: ALL, tenantPath: "teams", nowMs: NOW_MS });

  expect(bindingStatus(reader, ORDERS_API).conditions).toEqual([shown]);
});

const SWEPT = new Date(NOW_MS - 41_000).toISOString();

test.each([
  { change: {}, expected: SWEPT, because: "compared in the account's last sweep" },
  { change: { verifiedUntil: LONG_AGO }, expected: LONG_AGO, because: "not read since an earlier one" },
  { change: { verifiedUntil: null }, expected: null, because: "never compared" },
])(
  "the time of the last check is that of a read that compared it: $because",
  async ({ change, expected }) => {
    const control = new FakeControl(withStatus(change));
    const world = await new WorldReader(control).read();
    const reader = readerOf({ control, world, access: ALL, tenantPath: "teams", nowMs: NOW_MS });

    const status = bindingStatus(reader, ORDERS_API);

    expect(status.lastVerifiedAt).toBe(expected);
    expect(status).not.toHaveProperty("verifiedUntil");
  },
);

const KEPT_MS = NOW_MS - 1_800_000;

test.each([
  { readMs: KEPT_MS, expected: KEPT_MS, because: "its policies were read then" },
  { readMs: NOW_MS, expected: NOW_MS - 41_000, because: "its policies were read later" },
  {
    readMs: null,
    expected: KEPT_MS,
    because: "of a process that has not compared it, the account's oldest reading counts",
  },
])(
  "the time of the last check is no later than the oldest reading: $because",
  async ({ readMs, expected }) => {
    const state = withStatus({});
    const accounts = state.overview.accounts.map((account) => ({
      ...account,
      record: account.record === null ? null : { ...account.record, oldestPolicyReadMs: KEPT_MS },
    }));
    const shown = view(ORDERS_API);
    const found = {
      ...shown,
      liveFunction: shown.liveFunction && { ...shown.liveFunction, policiesReadMs: readMs ?? 0 },
    };
    const views = readMs === null ? new Map() : new Map([[ORDERS_API, found]]);
    const control = new FakeControl({ ...state, views, overview: { ...state.overview, accounts } });
    const world = await new WorldReader(control).read();
    const reader = readerOf({ control, world, access: ALL, tenantPath: "teams", nowMs: NOW_MS });

    expect(bindingStatus(reader, ORDERS_API).lastVerifiedAt).toBe(new Date(expected).toISOString());
  },
);

test("what changed in Git is neither in sync nor counted as synced before a pass has compared it", async () => {
  const control = new FakeControl({ ...withStatus({}), uncompared: new Set([ORDERS_API]) });
  const world = await new WorldReader(control).read();
  const reader = readerOf({ control, world, access: ALL, tenantPath: "teams", nowMs: NOW_MS });

  const counts = countBindings(reader, [ORDERS_API]);

  expect(bindingStatus(reader, ORDERS_API).sync).toBe("Unknown");
  expect([counts.bindings, counts.synced, counts.groups]).toEqual([1, 0, { "not-compared": 1 }]);
});

test("a function without a record, whose account cannot be read, has the reason of the account", async () => {
  const state = withStatus({});
  const failing = { reason: "sts:AssumeRole is denied", sinceMs: NOW_MS - 60_000 };
  const accounts = state.overview.accounts.map((account) => ({
    ...account,
    record: account.record === null ? null : { ...account.record, failing },
  }));
  const control = new FakeControl({ ...state, records: [], overview: { ...state.overview, accounts } });
  const world = await new WorldReader(control).read();
  const reader = readerOf({ control, world, access: ALL, tenantPath: "teams", nowMs: NOW_MS });

  const ready = bindingStatus(reader, ORDERS_API).conditions.find(({ type }) => type === "Ready");

  expect(ready).toMatchObject({ status: "Unknown", reason: "Progressing", message: failing.reason });
});
