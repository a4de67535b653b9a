import { describe, expect, test } from "@jest/globals";
import { bindingStatus, countBindings } from "../../../src/http/present/binding-status.ts";
import { functionPermissions, awsAccounts } from "../../../src/http/present/manifests.ts";
import { BINDING } from "../../../src/http/kubernetes/columns/keys.ts";
import { FUNCTION_PERMISSION } from "../../../src/http/kubernetes/columns/owners.ts";
import { bindings } from "../../../src/http/present/bindings.ts";
import { readerOf, type Reader } from "../../../src/http/request/reader.ts";
import { RequestedReconciles } from "../../../src/http/request/requested-reconciles.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import { Stamps } from "../../../src/http/watch/stamps.ts";
import { NO_DELTA } from "../../../src/model/delta.ts";
import type { AccountRecord } from "../../../src/model/records/account-record.ts";
import type { KeyStatus } from "../../../src/model/status.ts";
import { FakeControl } from "../../support/fakes/fake-control.ts";
import type { FakeState } from "../../support/fakes/fake-state.ts";
import { ALL, calm, itemsOf, LONG_AGO, NOW_MS, withStatus } from "../../support/screens/action-required.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { suspension } from "../../support/screens/world-overview.ts";
import { condition } from "../../support/screens/world-states.ts";

const LATE_MS = NOW_MS - 3_600_000;

function withAccount(state: FakeState, change: Partial<AccountRecord>): FakeState {
  const accounts = state.overview.accounts.map((account) => ({
    ...account,
    record: account.record && { ...account.record, ...change },
  }));
  return { ...state, overview: { ...state.overview, sweepMs: 1_000, accounts } };
}

async function readerFor(state: FakeState, nowMs = NOW_MS): Promise<Reader> {
  const control = new FakeControl(state);
  const world = await new WorldReader(control).read();
  return readerOf({ control, world, access: ALL, tenantPath: "teams", nowMs });
}

const synced: Partial<KeyStatus> = {
  conditions: [condition({ type: "Drifted", status: "False", reason: "NoDriftDetected" }), condition()],
};

const fault = { sinceMs: LATE_MS, reason: "TypeError: x is undefined" };

describe.each([
  {
    account: { lastSweepMs: LATE_MS },
    reason: "the last read has not ended",
    because: "its read does not end",
  },
  { account: { failing: fault }, reason: fault.reason, because: "its passes throw" },
])("an account is not read because $because", ({ account, reason }) => {
  const state = () => withAccount(withStatus(synced), account);

  test("its binding is neither synced nor ready, and the condition has the reason and the time", async () => {
    const status = bindingStatus(await readerFor(state()), ORDERS_API);

    expect([status.sync, status.health]).toEqual(["Unknown", "Progressing"]);
    expect(status.conditions).toMatchObject([
      { type: "Drifted", status: "Unknown", lastTransitionTime: LONG_AGO },
      {
        type: "Ready",
        status: "Unknown",
        reason: "Progressing",
        message: reason,
        lastTransitionTime: LONG_AGO,
      },
      { type: "Reconciling", status: "True" },
    ]);
  });

  test("the rows of kubectl show that its state is not known", async () => {
    const reader = await readerFor(state());
    const cell = <Item>(
      columns: readonly { name: string; cell(item: Item, nowMs: number): unknown }[],
      name: string,
      items: Iterable<Item>,
    ) => {
      const [first] = items;
      const column = columns.find((one) => one.name === name);
      return first === undefined ? undefined : column?.cell(first, NOW_MS);
    };

    expect([
      cell(BINDING, "Sync", bindings(reader)),
      cell(BINDING, "Drift", bindings(reader)),
      cell(FUNCTION_PERMISSION, "Ready", functionPermissions(reader)),
      cell(FUNCTION_PERMISSION, "Drift", functionPermissions(reader)),
    ]).toEqual(["unknown", "unknown", "Unknown", "unknown"]);
  });

  test("it counts no binding as synced, and has the reason and the time of the required action", async () => {
    const reader = await readerFor(state());
    const counts = countBindings(reader, [ORDERS_API]);
    const failing = awsAccounts(reader).map(({ status }) => status?.failing);

    expect([counts.synced, counts.groups]).toEqual([0, { unread: 1 }]);
    expect(failing).toContainEqual({ since: LONG_AGO, reason });
    expect(await itemsOf(state())).toMatchObject([{ kind: "unreadable", since: LONG_AGO }]);
  });
});

test("drift that was seen has not ended, and a suspension is in force, while the account is not read", async () => {
  const drift = { since: LONG_AGO, fields: ["trust"], delta: NO_DELTA, actor: null, authors: [] };
  const drifted = condition({ type: "Drifted", status: "True", reason: "DriftDetected" });
  const suspended = condition({ type: "Suspended", status: "True", reason: "Suspended" });
  const conditions = [drifted, condition({ status: "Unknown", lastTransitionTime: LONG_AGO }), suspended];
  const { overview, ...others } = withStatus({ sync: "OutOfSync", drift, conditions });
  const suspensions = [suspension("s-1", {}, "INC-1")];
  const state = { ...others, overview: { ...overview, suspensions } };

  const status = bindingStatus(await readerFor(withAccount(state, { lastSweepMs: LATE_MS })), ORDERS_API);

  expect([status.sync, status.health, status.drift]).toEqual(["Unknown", "Suspended", drift]);
  expect(status.conditions).toContainEqual(drifted);
  expect(status.conditions).toContainEqual({ ...suspended, message: expect.stringContaining("INC-1") });
});

test("a read that is a little late is no failure, and the stamp of a watch changes when it becomes one", async () => {
  const state = withAccount(calm(), { lastSweepMs: NOW_MS - 50_000 });
  const stamps = new Stamps();
  const requestedReconciles = new RequestedReconciles(new FakeControl(state));
  const [before, after] = [await readerFor(state), await readerFor(state, NOW_MS + 20_000)];
  const stampOf = (reader: Reader) => stamps.ofKeys({ reader, requestedReconciles })(ORDERS_API);

  expect(bindingStatus(before, ORDERS_API).sync).toBe("Synced");
  expect(bindingStatus(after, ORDERS_API).sync).toBe("Unknown");
  expect(stampOf(after)).not.toBe(stampOf(before));
});
