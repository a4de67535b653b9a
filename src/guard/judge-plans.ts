import type { Approval } from "../model/approval.ts";
import type { Finding } from "../model/finding.ts";
import type { Key } from "../model/key.ts";
import type { Limits } from "../model/limits.ts";
import type { Approvable, KeyPlan } from "../model/plan.ts";
import type { Verdict } from "../model/verdict.ts";

/** All plans of one account and what limits and approvals rest on. */
export interface PlansContext {
  readonly plans: readonly KeyPlan[];
  readonly findings: ReadonlyMap<Key, readonly Finding[]>;
  readonly approvals: readonly Approval[];
  readonly nowMs: number;
  readonly limits: Limits;
  readonly account: {
    /** A first enforcing pass was approved, or held nothing. */
    readonly started: boolean;
    /** The record began anew: suspensions may have been lost. */
    readonly freshDatabase: boolean;
    /** The grant catalogue means something else than when the account was last converged. */
    readonly catalogueChanged: boolean;
  };
  /** By namespace: bindings of this account that were applied once. */
  readonly namespaceBindings: ReadonlyMap<string, number>;
  /** By namespace: keys that this revision changed or deleted in earlier passes. */
  readonly changedAlready: ReadonlyMap<string, ReadonlySet<Key>>;
}

/** A verdict for each plan. */
export function judgePlans(context: PlansContext): ReadonlyMap<Key, Verdict> {
  throw new Error(`not judged yet: ${context.plans.length}`);
}

/** Whether a person has set free a part of a plan that only a person may. */
export function judgeApprovable(
  part: Approvable,
  key: Key,
  approvals: readonly Approval[],
  nowMs: number,
): Verdict {
  throw new Error(`not judged yet: ${key} ${part.digest} ${approvals.length} ${nowMs}`);
}
