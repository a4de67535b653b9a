import type { Approval } from "../model/approval.ts";
import { digestOfSet } from "../model/values/digest.ts";
import { isBlocking, type Finding } from "../model/finding.ts";
import { isBindingKey, type Key } from "../model/keys/key.ts";
import { refusalReason, refusedRules } from "../model/rules/refusal.ts";
import type { KeyPlan } from "../model/plan.ts";
import type { HoldCode, Verdict } from "../model/verdict.ts";
import { isApproved } from "./approval-cover.ts";
import { isOfRevision, overLimits, type Counted } from "./limits.ts";

/** All plans of one account, and the facts for limits and approvals. */
export interface PlansContext extends Counted {
  readonly plans: readonly KeyPlan[];
  readonly findings: ReadonlyMap<Key, readonly Finding[]>;
  readonly approvals: readonly Approval[];
  readonly nowMs: number;
  readonly account: {
    /** A first enforcing pass was approved, or had nothing to hold. */
    readonly started: boolean;
    /** The record is new and has no writes yet: suspensions may have been lost. */
    readonly freshDatabase: boolean;
    /** The meaning of the grant catalogue changed since the account last converged. */
    readonly catalogueChanged: boolean;
  };
}

/**
 * A verdict for each complete plan: refused because of its content, held with others under the digest of their set, or
 * allowed. An approved plan is never held again. Reverts of changes made in AWS are held only by the first enforcing
 * pass.
 */
export function judgePlans(context: PlansContext): ReadonlyMap<Key, Verdict> {
  const refused = new Map(context.plans.flatMap((plan) => refusal(plan, context.findings)));
  const open = context.plans.filter((plan) => plan.actions.length > 0 && !refused.has(plan.key));
  const held = heldVerdicts(holdsOf(open, context), context);
  return new Map(
    context.plans.map(({ key }) => [key, refused.get(key) ?? held.get(key) ?? { kind: "allow" }]),
  );
}

/** Content rules judge the declared state. Undo plans and deletes do not apply it. */
function refusal(
  { key, purpose }: KeyPlan,
  findings: PlansContext["findings"],
): readonly (readonly [Key, Verdict])[] {
  const refused = purpose === "converge" ? refusalOf(findings.get(key) ?? []) : null;
  return refused === null ? [] : [[key, refused]];
}

/** The verdict that the findings alone require; null if none of them refuses the state. */
export function refusalOf(findings: readonly Finding[]): Extract<Verdict, { kind: "refuse" }> | null {
  const blocking = findings.filter(isBlocking);
  if (blocking.length === 0) return null;
  return { kind: "refuse", reason: refusalReason(refusedRules(blocking)), findings: blocking };
}

interface Hold {
  readonly code: HoldCode;
  readonly reason: string;
  readonly plans: readonly KeyPlan[];
}

/** In order of precedence: a plan is held once, by the first limit that covers it. */
function holdsOf(plans: readonly KeyPlan[], context: PlansContext): readonly Hold[] {
  if (!context.account.started) return [{ ...firstHold(context), plans }];
  const byCatalogue: Hold = {
    code: "catalogue-changed",
    reason: "the grant catalogue of this version differs from the previous one",
    plans: context.account.catalogueChanged ? plans.filter(isOfRevision) : [],
  };
  return [byCatalogue, ...overLimits(plans, context)];
}

function firstHold(context: PlansContext): Omit<Hold, "plans"> {
  if (!isRecordLost(context)) return { code: "first-enforcing-pass", reason: "first enforcing run" };
  const reason =
    "first enforcing run, and AWS has roles of this instance that are not in the record: suspensions may have been lost";
  return { code: "lost-database", reason };
}

/** This record never applied anything, and yet AWS has roles with our tags. */
function isRecordLost({ account, namespaceBindings, plans }: PlansContext): boolean {
  if (!account.freshDatabase || namespaceBindings.size > 0) return false;
  return plans.some(
    ({ key, actions, withheld }) =>
      isBindingKey(key) && withheld.length === 0 && !actions.some(({ call }) => call === "iam:CreateRole"),
  );
}

function heldVerdicts(holds: readonly Hold[], context: PlansContext): ReadonlyMap<Key, Verdict> {
  const held = new Map<Key, Verdict>();
  for (const { code, reason, plans } of holds) {
    const waiting = plans.filter(({ key, actions }) => !held.has(key) && !isApproved(key, actions, context));
    const subject = digestOfSet(waiting.map(({ digest }) => digest));
    for (const { key } of waiting) held.set(key, { kind: "hold", code, reason, subject });
  }
  return held;
}
