import { expect, test } from "@jest/globals";
import { bindingStatus, countBindings } from "../../../src/http/present/binding-status.ts";
import { readerOf } from "../../../src/http/request/reader.ts";
import { WorldReader } from "../../../src/http/request/world.ts";
import { FakeControl } from "../../support/fakes/fake-control.ts";
import { ALL, LONG_AGO, NOW_MS, withStatus } from "../../support/screens/action-required.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { condition } from "../../support/screens/world-states.ts";

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

test("what changed in Git is neither in sync nor counted as synced before a pass has compared it", async () => {
  const control = new FakeControl({ ...withStatus({}), uncompared: new Set([ORDERS_API]) });
  const world = await new WorldReader(control).read();
  const reader = readerOf({ control, world, access: ALL, tenantPath: "teams", nowMs: NOW_MS });

  const counts = countBindings(reader, [ORDERS_API]);

  expect(bindingStatus(reader, ORDERS_API).sync).toBe("Unknown");
  expect([counts.bindings, counts.synced, counts.groups]).toEqual([1, 0, { "not-compared": 1 }]);
});
