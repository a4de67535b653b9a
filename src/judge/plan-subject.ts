import { RoleDeltas } from "../diff/documents/role-deltas.ts";
import { diffBinding } from "../diff/binding.ts";
import type { Comparison } from "../diff/drift/context.ts";
import type { RecentWrites } from "../diff/drift/recent-writes.ts";
import { diffPolicy } from "../diff/policy.ts";
import { type DesiredBinding, type DesiredPolicy, isBinding } from "../model/desired.ts";
import type { LiveAccount } from "../model/live.ts";
import type { KeyPlan } from "../model/plan.ts";
import { planBinding } from "../plan/binding.ts";
import type { PlanContext } from "../plan/inputs/context.ts";
import { planPolicy } from "../plan/managed-policy.ts";
import type { Pass } from "./pass.ts";
import { type Subject } from "./subject.ts";

/** The inputs of a plan, in addition to the pass. */
export interface PlanInputs {
  readonly live: LiveAccount;
  readonly writes: RecentWrites;
  readonly nowMs: number;
}

/** For one minute after our own write AWS may still return the previous value. Shorter if the waits are (simulator). */
const ECHO_MS = 60_000;
const FIGHTS = { max: 3, windowMs: 3_600_000 } as const;

export function planContext(
  pass: Pass,
  subject: Subject,
  inputs: PlanInputs,
  purpose: PlanContext["purpose"],
): PlanContext {
  return {
    live: inputs.live,
    record: subject.record,
    writes: inputs.writes,
    nowMs: inputs.nowMs,
    echoMs: echoMs(pass),
    roleDeltas: new RoleDeltas(pass.comparer),
    texts: pass.texts,
    instance: pass.instance,
    account: pass.account,
    purpose,
    desired: pass.desired,
    records: pass.records,
    fights: FIGHTS,
    sweepMs: pass.sweepMs,
    comparer: pass.comparer,
  };
}

export function echoMs(pass: Pass): number {
  return Math.min(ECHO_MS, pass.account.propagationWaitMs);
}

export type Planned =
  | {
      readonly kind: "planned";
      readonly comparison: Extract<Comparison, { readonly kind: "compared" }>;
      readonly plan: KeyPlan;
    }
  | { readonly kind: "unknown"; readonly reason: string };

/** Compares a state with live and plans the actions that make live match. */
export function planState(state: DesiredBinding | DesiredPolicy, context: PlanContext): Planned {
  if (isBinding(state)) {
    const comparison = diffBinding(state, context);
    if (comparison.kind === "unknown") return comparison;
    return { kind: "planned", comparison, plan: planBinding(state, comparison.drifts, context) };
  }
  const comparison = diffPolicy(state, context);
  if (comparison.kind === "unknown") return comparison;
  return { kind: "planned", comparison, plan: planPolicy(state, comparison.drifts, context) };
}

/** How far back the planner reads writes: covers the waits, the pending window and the detection of fights. */
export function historyMs(pass: Pass): number {
  return Math.max(2 * pass.account.propagationWaitMs, 2 * ECHO_MS, FIGHTS.windowMs);
}
