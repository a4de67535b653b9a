import { describe, expect, test } from "@jest/globals";
import type { Key } from "../../../src/model/keys/key.ts";
import type { LiveFunction } from "../../../src/model/live.ts";
import type { PlanContext } from "../../../src/plan/inputs/context.ts";
import { planRemoval } from "../../../src/plan/removal.ts";
import { withFunction } from "../../support/pass/apply.ts";
import { appliedRecord, binding, caller, desiredOf, REGION } from "../../support/pass/bindings.ts";
import { accountWith, liveFunctionOf, liveRoleOf } from "../../support/pass/live-state.ts";
import { context, stepsOf } from "../../support/pass/plans.ts";
import { UNBINDING } from "./unbinding.ts";

const OLD = { functionName: "orders-old" };
const FORMER = binding({}, { ...OLD, callers: [caller("one", null, OLD)] });
const GONE = binding({}, { callers: [caller("one")], deletionPolicy: "delete" });
const ITEM = {
  type: "statement",
  id: `${FORMER.functionArn}#${FORMER.callers[0]?.sid}`,
  uniqueId: null,
} as const;
const ELSEWHERE = { roleArn: "arn:aws:iam::111122223333:role/elsewhere" } as Partial<LiveFunction>;

const removal = (gone: typeof GONE, change: Partial<PlanContext> = {}) => {
  const account = accountWith({ role: liveRoleOf(gone), found: liveFunctionOf(gone, ELSEWHERE) });
  const live = withFunction(account, REGION, liveFunctionOf(FORMER, ELSEWHERE));
  const applied = appliedRecord(gone, { unbinding: UNBINDING });
  const record = { ...applied, inventory: [...applied.inventory, ITEM] };
  return planRemoval(record, context(live, { record, ...change }));
};

describe("a manifest that left Git and that named another function before", () => {
  test("loses its statements on both functions under deletionPolicy: delete", () => {
    const plan = removal(GONE);

    expect(plan.actions.flatMap(({ call, target }) => (call.startsWith("lambda:") ? [target] : []))).toEqual([
      GONE.functionArn,
      FORMER.functionArn,
    ]);
    expect(plan.withheld).toEqual([]);
  });

  test("keeps both under retain, and names them", () => {
    const plan = removal({ ...GONE, deletionPolicy: "retain" });

    expect(plan.actions).toEqual([]);
    expect(plan.withheld.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([
        "its deletionPolicy is retain",
        `${ITEM.id} is no longer declared in Git and is kept`,
      ]),
    );
  });

  test("keeps a statement on which another manifest relies that took the function over", () => {
    const claimed = binding(
      { name: "other" },
      { key: `${GONE.key}-other` as Key, name: "other" as never, callers: [caller("one")] },
    );
    const plan = removal(GONE, { desired: desiredOf([claimed]) });

    expect(stepsOf(plan)[0]).toBe("13 lambda:RemovePermission now");
    expect(plan.actions[0]?.target).toBe(FORMER.functionArn);
    expect(plan.withheld).toMatchObject([{ kind: "waiting", subject: GONE.functionArn }]);
  });
});
