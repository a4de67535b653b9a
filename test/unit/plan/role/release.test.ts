import { describe, expect, test } from "@jest/globals";
import { diffBinding } from "../../../../src/diff/binding.ts";
import { INSTANCE_TAG, OWNER_TAG } from "../../../../src/model/aws/tag.ts";
import type { DesiredBinding } from "../../../../src/model/desired.ts";
import type { LiveAccount, LiveRole } from "../../../../src/model/live.ts";
import { planRemoval } from "../../../../src/plan/removal.ts";
import { inventoryOf } from "../../../../src/settle/key/inventory.ts";
import { recentWrites } from "../../../../src/diff/drift/recent-writes.ts";
import { applyTo, pastWrites, withRole } from "../../../support/pass/apply.ts";
import {
  allow,
  appliedRecord,
  binding,
  caller,
  documentOf,
  INSTANCE,
  NOW_MS,
} from "../../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { context, planOfBinding, stepsOf } from "../../../support/pass/plans.ts";
import { UNBINDING } from "../unbinding.ts";

const MANAGED = binding({}, { callers: [caller("one")], deletionPolicy: "delete" });
const RELEASED: DesiredBinding = { ...MANAGED, released: true };
const OURS = [
  { key: INSTANCE_TAG, value: INSTANCE },
  { key: OWNER_TAG, value: "orders/orders-api" },
];
const TEAM = { key: "team", value: "orders" };
/** Everything differs from what the manifest declares. */
const CHANGED: Partial<LiveRole> = {
  boundary: null,
  trust: documentOf(allow("sts:AssumeRole")),
  inline: [{ name: "hotfix", text: documentOf(allow("*")) }],
};

function accountOf(role: Partial<LiveRole>): LiveAccount {
  return accountWith({ role: liveRoleOf(MANAGED, role), found: liveFunctionOf(MANAGED) });
}

function at(live: LiveAccount, applied = MANAGED) {
  return context(live, { record: appliedRecord(applied) });
}

const FORMER = binding({ name: "former" });
const WITH_FORMER = {
  ...appliedRecord(MANAGED),
  inventory: [
    ...appliedRecord(MANAGED).inventory,
    { type: "role", id: FORMER.role.arn, uniqueId: "AROAORDERSAPI00000001" } as const,
  ],
};

describe("a function that its manifest releases after the name of its role was changed", () => {
  const live = withRole(accountOf({ tags: OURS }), liveRoleOf(FORMER, { tags: [...OURS, TEAM] }));
  const at = context(live, { record: WITH_FORMER });

  test("releases both roles, and none stays in its inventory", () => {
    const plan = planOfBinding(RELEASED, at);
    const after = applyTo(live, plan.actions, NOW_MS);
    const seen = { record: WITH_FORMER, live: after, writes: recentWrites([]), instance: INSTANCE };

    expect(plan.actions.map(({ call, target, cause }) => [call, target, cause])).toEqual([
      ["iam:UntagRole", FORMER.role.arn, "revision"],
      ["iam:UntagRole", MANAGED.role.arn, "revision"],
    ]);
    expect(inventoryOf(RELEASED, seen)).toEqual([]);
  });

  test("still releases the former role if a version that did not do it released the present one", () => {
    const before = { ...WITH_FORMER, applied: appliedRecord(RELEASED).applied };
    const plan = planOfBinding(
      RELEASED,
      context(withRole(live, liveRoleOf(MANAGED, { tags: [] })), { record: before }),
    );

    expect(plan.actions.map(({ target, cause }) => [target, cause])).toEqual([[FORMER.role.arn, "revision"]]);
  });

  test("is not known to be released while the former role is unread", () => {
    const roles = new Map(live.roles).set("former", { kind: "unknown", reason: "denied" });

    expect(diffBinding(RELEASED, { ...at, live: { ...live, roles } })).toMatchObject({
      unread: [`${FORMER.role.arn}: denied`],
    });
  });
});

describe("a function that its manifest releases", () => {
  test.each([
    { because: "its role is as declared", role: {} },
    { because: "its role differs in everything else", role: CHANGED },
  ])("loses both ownership tags in one call and nothing else: $because", ({ role }) => {
    const live = accountOf({ ...role, tags: [...OURS, TEAM] });
    const plan = planOfBinding(RELEASED, at(live));

    expect(plan.actions.map(({ call, input }) => ({ call, input }))).toEqual([
      {
        call: "iam:UntagRole",
        input: { RoleName: MANAGED.role.name, TagKeys: [INSTANCE_TAG, OWNER_TAG] },
      },
    ]);
    expect(plan.withheld).toEqual([]);

    const after = applyTo(live, plan.actions, NOW_MS);

    expect(diffBinding(RELEASED, at(after))).toMatchObject({ drifts: [], unread: [], leftAlone: [] });
    expect(after.roles.get(MANAGED.role.name.toLowerCase())).toMatchObject({
      kind: "present",
      value: { ...liveRoleOf(MANAGED, role), tags: [TEAM] },
    });
  });

  test.each([
    { because: "it has no tags", tags: [] },
    { because: "another tool tags it", tags: [TEAM] },
    { because: "another instance owns it", tags: [{ key: INSTANCE_TAG, value: "other-1" }, OURS[1]] },
    { because: "another function owns it", tags: [OURS[0], { key: OWNER_TAG, value: "orders/other" }] },
    { because: "only the owner tag is left, which makes nothing ours", tags: [OURS[1]] },
  ])("has no difference in a role that is not ours: $because", ({ tags }) => {
    const live = accountOf({ ...CHANGED, tags: tags as LiveRole["tags"] });

    expect(diffBinding(RELEASED, at(live))).toMatchObject({ kind: "compared", drifts: [] });
    expect(planOfBinding(RELEASED, at(live))).toMatchObject({ actions: [], withheld: [] });
  });

  test("keeps the tags while AWS may still show them after our call", () => {
    const plan = planOfBinding(RELEASED, at(accountOf({ tags: OURS })));
    const writes = recentWrites(pastWrites(plan.actions, NOW_MS - 1_000));
    const again = planOfBinding(RELEASED, { ...at(accountOf({ tags: OURS })), writes });

    expect(plan.actions).toHaveLength(1);
    expect(again).toMatchObject({ actions: [], nextDueMs: NOW_MS + 60_000 });
  });

  test("has no difference in a role of that name with another path", () => {
    const live = accountOf({ tags: OURS, arn: `${MANAGED.role.arn}-x` as LiveRole["arn"] });

    expect(diffBinding(RELEASED, at(live))).toMatchObject({ drifts: [] });
  });

  test("loses the instance tag if the owner tag is gone already", () => {
    const plan = planOfBinding(RELEASED, at(accountOf({ tags: OURS.slice(0, 1) })));

    expect(plan.actions.map(({ input }) => input["TagKeys"])).toEqual([[INSTANCE_TAG]]);
  });

  test("has no difference if its role does not exist, and none is created", () => {
    const live = accountWith({ found: liveFunctionOf(MANAGED) });

    expect(planOfBinding(RELEASED, at(live))).toMatchObject({ actions: [], withheld: [] });
  });

  test("is unknown, and nothing is written, while its role cannot be read", () => {
    const live = { ...accountOf({}), roles: new Map(), complete: false };

    expect(diffBinding(RELEASED, at(live))).toEqual({
      kind: "unknown",
      reason: `role ${MANAGED.role.name} was not read`,
    });
  });

  test.each([
    { because: "it was created again", role: { roleId: "AROAOTHER" }, kind: "not-in-this-version" },
    { because: "an AWS service owns it", role: { path: "/aws-service-role/x/" }, kind: "unmodifiable" },
  ])("keeps its tags if the role is not the one that we know: $because", ({ role, kind }) => {
    const plan = planOfBinding(RELEASED, at(accountOf({ ...role, tags: OURS })));

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toMatchObject([{ kind }]);
  });

  test("waits for our own writes to reach AWS, so that the next owner finds a role at rest", () => {
    const record = appliedRecord(MANAGED);
    const written = {
      key: MANAGED.key,
      atMs: NOW_MS - 1_000,
      call: "iam:PutRolePolicy",
      step: 6,
      target: MANAGED.role.arn,
      beforeHash: null,
      afterHash: null,
    } as const;
    const planning = context(accountOf({ tags: OURS }), { record, writes: recentWrites([written]) });

    expect(stepsOf(planOfBinding(RELEASED, planning))).toEqual(["12 iam:UntagRole at"]);
  });
});

describe("after the release", () => {
  const live = accountOf({ tags: [] });
  const seen = { live, writes: recentWrites([]), instance: INSTANCE };

  test("the inventory has neither the role nor the callers, so that nothing is ever pruned", () => {
    const record = appliedRecord(MANAGED);

    expect(record.inventory).not.toEqual([]);
    expect(inventoryOf(RELEASED, { ...seen, record })).toEqual([]);
  });

  test("the inventory keeps the role as long as it has our tags", () => {
    const tagged = { ...seen, live: accountOf({ tags: OURS }), record: appliedRecord(MANAGED) };

    expect(inventoryOf(RELEASED, tagged)).toMatchObject([{ type: "role", id: MANAGED.role.arn }]);
  });

  test("a manifest that leaves Git deletes nothing, even with deletionPolicy delete", () => {
    const record = appliedRecord(RELEASED, { unbinding: UNBINDING });

    expect(planRemoval(record, context(live, { record }))).toMatchObject({ actions: [], withheld: [] });
  });

  test("a manifest that is managed again is refused its role, which has no tags", () => {
    const record = appliedRecord(RELEASED, { inventory: [] });
    const plan = planOfBinding(MANAGED, context(accountOf({ ...CHANGED, tags: [] }), { record }));

    expect(plan.actions).toEqual([]);
    expect(plan.withheld).toMatchObject([{ kind: "ownership-conflict" }]);
  });
});
