import type { Drift } from "../model/drift.ts";
import type { Finding } from "../model/finding.ts";
import type { Key } from "../model/key.ts";
import type { KeyPlan } from "../model/plan.ts";
import type { Verdict } from "../model/verdict.ts";

/** One key's change as people are shown it. */
export interface PlanView {
  readonly key: Key;
  /** `teams/orders/orders-api.yaml`; null for what left git. */
  readonly file: string | null;
  /** `prod/eu-west-1`, for a policy `prod`. */
  readonly target: string;
  readonly plan: KeyPlan;
  readonly drifts: readonly Drift[];
  readonly notes: readonly string[];
  readonly findings: readonly Finding[];
  readonly verdict: Verdict;
  /** How much of it is as before; null where it was not counted. */
  readonly unchanged: { readonly grants: number; readonly callers: number } | null;
}

/**
 * The lines that `grantkeeper plan` prints, without colour: a line's first mark (`+ may now`, `- may no longer`,
 * `= as before`, `✗ refused`, `note`, `guard`, `calls`) says which it gets. Keys whose change is the same are shown once.
 */
export function renderPlan(views: readonly PlanView[]): readonly string[] {
  throw new Error(`not rendered yet: ${views.length}`);
}

/** `+ AdministratorAccess attached to its role`: one line for one difference, as status, alerts and the demo say it. */
export function driftLine(drift: Drift): string {
  throw new Error(`not rendered yet: ${drift.change.kind}`);
}

/** `1 newly allowed, 1 no longer · 2 calls`: a plan in one line. */
export function planLine(plan: KeyPlan): string {
  throw new Error(`not rendered yet: ${plan.key}`);
}
