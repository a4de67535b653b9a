import { liveFunctionOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { binding } from "../../../support/pass/bindings.ts";
import { actionOf, planOf } from "../../../support/pass/passes.ts";
import { type Action, planDigest, type KeyPlan } from "../../../../src/model/plan.ts";
import type { KeyView } from "../../../../src/model/answers/key-view.ts";
import type { Arn } from "../../../../src/model/aws/arn.ts";
import { wavesKey } from "../../../support/adopt/wave-facts.ts";

const OLD = "arn:aws:iam::111122223333:role/orders-shared" as Arn;

/** A function `name` on an old role, proven, with a plan that an approval releases. */
export function provenView(name: string, change: Partial<KeyView> = {}): KeyView {
  const key = wavesKey(name);
  const state = binding({ name: `${name}-role` }, { key, functionName: name, functionRole: "manage" });
  return {
    key,
    desired: state,
    isInvalid: false,
    isApplied: true,
    drifts: [],
    notes: [],
    findings: [],
    liveRules: { breaches: [], unread: [] },
    plan: planWith(switchOf(name)),
    verdict: { kind: "allow" },
    approved: [],
    heldBack: null,
    stricter: null,
    liveRole: liveRoleOf(state),
    liveFunction: liveFunctionOf(state, { roleArn: OLD }),
    functionRole: "present",
    readings: null,
    unread: [],
    undo: null,
    obstacle: null,
    adoption: "adopted",
    usedRoles: [{ kind: "equal", arn: OLD, roleId: "AROAOLD" }],
    readAt: "2026-10-02T13:00:00.000Z",
    ...change,
  };
}

export function switchOf(name: string): Action {
  return actionOf({
    key: wavesKey(name),
    step: 8,
    call: "lambda:UpdateFunctionConfiguration",
    input: { FunctionName: name, Role: "declared" },
    before: OLD,
    after: "declared",
  });
}

export function planWith(...actions: readonly Action[]): KeyPlan {
  const [first] = actions;
  const digest = planDigest(first?.key ?? wavesKey("a"), { actions });
  return planOf([], { approvable: [{ reason: "the function leaves orders-shared", actions, digest }] });
}
