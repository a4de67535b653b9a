import { expect, test } from "@jest/globals";
import { settle, type PassSettlement } from "../../../src/settle/settle.ts";
import { complete } from "../../../src/model/values/steps.ts";
import type { Orphan } from "../../../src/model/answers/orphan.ts";
import type { DesiredBinding } from "../../../src/model/desired.ts";
import { withFunction } from "../../support/pass/apply.ts";
import { binding, caller, NOW_MS, REGION } from "../../support/pass/bindings.ts";
import { convergedAccount, liveFunctionOf, presentPolicy } from "../../support/pass/live-state.ts";
import { doneOf, KEY, knownRecord, passOf, settleContext, skippedOf } from "../../support/pass/passes.ts";

const OLD = { functionName: "orders-old" };
const ONE = caller("one", null, OLD);
const FORMER = binding(
  {},
  { ...OLD, functionArn: `arn:aws:lambda:${REGION}:111122223333:function:orders-old` as never },
);
const ID = `${FORMER.functionArn}#${ONE.sid}`;
const ITEM = { type: "statement", id: ID, uniqueId: null } as const;

/** After a sweep in which the manifest names another function than the one with the statement of the inventory. */
function settled(
  deletionPolicy: DesiredBinding["deletionPolicy"],
  {
    statements,
    orphans = [],
    unread = null,
  }: {
    readonly statements: readonly unknown[];
    readonly orphans?: readonly Orphan[];
    readonly unread?: string | null;
  },
): PassSettlement {
  const desired = binding({}, { deletionPolicy });
  const policy =
    unread === null ? presentPolicy(...statements) : ({ kind: "unknown", reason: unread } as const);
  const found = liveFunctionOf(FORMER, { policies: new Map([["", policy]]) });
  const live = withFunction(convergedAccount(desired), REGION, found);
  const record = knownRecord({ inventory: [ITEM] });
  const subject = { kind: "desired", key: KEY, record, desired } as const;
  const outcome = skippedOf({ kind: "nothing-due" }, { subject });
  return complete(settle(doneOf([outcome], passOf([desired]), { live }), settleContext({ orphans })));
}

const since = new Date(NOW_MS).toISOString();

test("a statement that retain keeps on a former function is an orphan, since it was seen first", () => {
  const before = [{ key: KEY, account: "prod", arn: ID, since: "2026-01-01T00:00:00.000Z", reason: "x" }];
  const statements = [ONE.statement];

  expect(settled("retain", { statements }).orphans).toEqual([
    {
      key: KEY,
      account: "prod",
      arn: ID,
      since,
      reason:
        "orders/orders-api declares another function now, and deletionPolicy is retain: its callers may still invoke this one",
    },
  ]);
  expect(settled("retain", { statements, orphans: before }).orphans).toMatchObject([
    { since: "2026-01-01T00:00:00.000Z" },
  ]);
});

test("a statement that could not be read is kept as an orphan only as far as is known", () => {
  const before = [{ key: KEY, account: "prod", arn: ID, since: "2026-01-01T00:00:00.000Z", reason: "x" }];

  expect(settled("retain", { statements: [], orphans: before, unread: "denied" }).orphans).toMatchObject([
    {
      arn: ID,
      since: "2026-01-01T00:00:00.000Z",
      reason: expect.stringMatching(/may still invoke this one, as far as is known: denied$/),
    },
  ]);
});

test.each([
  { policy: "delete", statements: [ONE.statement], because: "with delete it is drift, which is reverted" },
  { policy: "retain", statements: [], because: "it was removed by hand" },
] as const)("a statement on a former function is no orphan: $because", ({ policy, statements }) => {
  expect(settled(policy, { statements }).orphans).toEqual([]);
});
