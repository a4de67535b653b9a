import { NO_DELTA, type DeltaRow, netDelta } from "../../../../src/model/delta.ts";
import type { Digest } from "../../../../src/model/values/digest.ts";
import type { Drift } from "../../../../src/model/drift.ts";
import type { KeyPlan } from "../../../../src/model/plan.ts";
import { type PlanView } from "../../../../src/plan/render/plan-view.ts";
import { allow, appliedRecord, binding, compiled, ORDERS_READ } from "../../../support/pass/bindings.ts";
import { context, planOfBinding } from "../../../support/pass/plans.ts";
import { accountWith, liveFunctionOf, liveRoleOf } from "../../../support/pass/live-state.ts";
import { deltaRow, type RowTexts } from "../../../support/policies/delta-rows.ts";

export function row(change: Partial<RowTexts> = {}): DeltaRow {
  return deltaRow(change);
}

export function mayDo(action: string): Drift["delta"] {
  return { allowed: [row({ action })], noLongerAllowed: [], unknownEffect: [] };
}

const READ = {
  ...allow(
    ["dynamodb:GetItem", "dynamodb:Query"],
    "arn:aws:dynamodb:eu-west-1:111122223333:table/customers",
    "DynamodbRead0a1b2c3d",
  ),
};

export function grantPlan(): KeyPlan {
  const before = binding();
  const desired = binding({ inline: compiled(READ, ORDERS_READ) });
  const live = accountWith({ role: liveRoleOf(before), found: liveFunctionOf(before) });
  return planOfBinding(desired, context(live, { record: appliedRecord(before) }));
}

export function view(change: Partial<PlanView> = {}): PlanView {
  const plan = change.plan === undefined ? grantPlan() : change.plan;
  return {
    key: binding().key,
    file: "teams/orders/orders-api.yaml",
    target: "prod/eu-west-1",
    plan,
    delta: plan === null ? NO_DELTA : netDelta(plan.actions.map(({ delta }) => delta)),
    isObserved: false,
    notes: [],
    findings: [],
    broken: null,
    brokenBase: null,
    applied: { kind: "unknown" },
    isNew: false,
    published: null,
    isPreapproved: false,
    approvers: [],
    verdict: { kind: "allow" },
    unchanged: null,
    ...change,
  };
}

export const NOTHING: KeyPlan = { ...grantPlan(), actions: [], digest: `sha256:${"0".repeat(64)}` as Digest };
