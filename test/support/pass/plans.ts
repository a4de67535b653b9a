import { CompiledTexts } from "../../../src/diff/documents/compiled-texts.ts";
import { DeclarationDigests } from "../../../src/diff/drift/declaration-digests.ts";
import { RoleDeltas } from "../../../src/diff/documents/role-deltas.ts";
import { recentWrites } from "../../../src/diff/drift/recent-writes.ts";
import { Comparer } from "../../../src/iam/compare/comparer.ts";
import type { PlanContext } from "../../../src/plan/inputs/context.ts";
import { diffBinding } from "../../../src/diff/binding.ts";
import { diffPolicy } from "../../../src/diff/policy.ts";
import type { DesiredBinding, DesiredPolicy } from "../../../src/model/desired.ts";
import type { Drift } from "../../../src/model/drift.ts";
import { type LiveAccount } from "../../../src/model/live.ts";
import type { KeyPlan } from "../../../src/model/plan.ts";
import { planBinding } from "../../../src/plan/binding.ts";
import { planPolicy } from "../../../src/plan/managed-policy.ts";
import { INSTANCE, NOW_MS, desiredAccount, desiredOf } from "./bindings.ts";

export function context(live: LiveAccount, change: Partial<PlanContext> = {}): PlanContext {
  return {
    live,
    record: null,
    writes: recentWrites([]),
    nowMs: NOW_MS,
    staleReadMs: 60_000,
    roleDeltas: new RoleDeltas(new Comparer(), new CompiledTexts()),
    texts: new CompiledTexts(),
    declarations: new DeclarationDigests(),
    instance: INSTANCE,
    account: desiredAccount(),
    purpose: "converge",
    desired: desiredOf([]),
    records: new Map(),
    refusedBy: null,
    contentionLimits: { max: 3, windowMs: 3_600_000 },
    sweepMs: 300_000,
    comparer: new Comparer(),
    ...change,
  };
}

export function driftsOfBinding(state: DesiredBinding, at: PlanContext): readonly Drift[] {
  const comparison = diffBinding(state, at);
  if (comparison.kind === "unknown") throw new Error(comparison.reason);
  return comparison.drifts;
}

export function planOfBinding(state: DesiredBinding, at: PlanContext): KeyPlan {
  return planBinding(state, driftsOfBinding(state, at), at);
}

export function planOfPolicy(state: DesiredPolicy, at: PlanContext): KeyPlan {
  const comparison = diffPolicy(state, at);
  if (comparison.kind === "unknown") throw new Error(comparison.reason);
  return planPolicy(state, comparison.drifts, at);
}

/** `6 iam:PutRolePolicy now`: a plan at a glance. */
export function stepsOf(plan: KeyPlan): readonly string[] {
  return plan.actions.map(({ step, call, due }) => `${step} ${call} ${due.kind}`);
}
