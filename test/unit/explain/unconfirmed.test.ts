import { expect, test } from "@jest/globals";
import { unconfirmedChanges } from "../../../src/explain/state/unconfirmed.ts";
import type { KeyView } from "../../../src/model/answers/key-view.ts";
import { driftOf } from "../../support/pass/passes.ts";
import { ORDERS_API } from "../../support/screens/world-keys.ts";
import { plan, view } from "../../support/screens/world-states.ts";

const FACTS = { home: { accountId: "1", region: null }, names: new Map() };
const AT = "2026-11-29T03:00:00.000Z";
const WAITING = { ...plan(ORDERS_API), actions: [], approvable: [], withheld: [], nextDueMs: Date.parse(AT) };
const WITHHELD = { kind: "quota", subject: "r", reason: "too large", fix: null } as const;
const ATTACHED = driftOf({ change: { kind: "attachment-extra", arn: "arn:aws:iam::aws:policy/Admin" } });
const UPSTREAM = driftOf({
  change: { kind: "upstream-changed", arn: "arn:aws:iam::aws:policy/Read", versionId: "v2" },
});
const OTHER_ROLE = driftOf({ change: { kind: "function-role" }, live: "arn:aws:iam::1:role/old" });

function reasonsOf(change: Partial<KeyView>): readonly unknown[] {
  return unconfirmedChanges(view(ORDERS_API, { plan: WAITING, drifts: [ATTACHED], ...change }), FACTS).map(
    ({ reason }) => reason,
  );
}

test("a difference for which nothing is planned is not confirmed until the plan is made again", () => {
  expect(reasonsOf({})).toEqual([{ kind: "unconfirmed", until: AT }]);
  expect(reasonsOf({ plan: { ...WAITING, nextDueMs: null } })).toEqual([
    { kind: "unconfirmed", until: null },
  ]);
});

test.each<{ readonly change: Partial<KeyView>; readonly because: string }>([
  { change: { drifts: [] }, because: "AWS matches" },
  { change: { plan: null }, because: "nothing was compared" },
  { change: { plan: { ...WAITING, withheld: [WITHHELD] } }, because: "its reason is shown" },
  { change: { drifts: [UPSTREAM] }, because: "AWS made the change itself" },
  { change: { drifts: [OTHER_ROLE] }, because: "it is shown as one that Grantkeeper does not change" },
])("nothing is called unconfirmed where $because", ({ change }) => {
  expect(reasonsOf(change)).toEqual([]);
});
