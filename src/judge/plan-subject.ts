import { RoleDeltas } from "../diff/documents/role-deltas.ts";
import { diffBinding } from "../diff/binding.ts";
import type { KeyComparison } from "../diff/drift/context.ts";
import { diffPolicy } from "../diff/policy.ts";
import { type DesiredAccount, type DesiredBinding, type DesiredPolicy, isBinding } from "../model/desired.ts";
import type { KeyPlan } from "../model/plan.ts";
import type { UndoFinding } from "../model/keys/adoption-undo.ts";
import { lowerMode } from "../model/rules/mode.ts";
import { planAdoptionUndo } from "../plan/adoption-undo.ts";
import { planBinding } from "../plan/binding.ts";
import type { PlanContext } from "../plan/inputs/context.ts";
import { planPolicy } from "../plan/managed-policy.ts";
import { planRemoval } from "../plan/removal.ts";
import { withGrowth } from "./approvals/growth.ts";
import { withChangedReferences } from "./states/changed-references.ts";
import { isEqual } from "../text/json-values.ts";
import type { JudgeContext, ShownPlan } from "./inputs.ts";
import { undoReason } from "./approvals/ordered-undo.ts";
import { lastAppliedState, appliedRefusalOf, desiredOf, forbiddenOf, type Subject } from "./subject.ts";

/** For one minute after our own write AWS may still return the previous value. Shorter if the waits are (simulator). */
const STALE_READ_MS = 60_000;
const CONTENTION_LIMITS = { max: 3, windowMs: 3_600_000 } as const;

export type PlannedSubject =
  | {
      readonly kind: "planned";
      readonly comparison: Extract<KeyComparison, { readonly kind: "compared" }>;
      readonly plan: KeyPlan;
    }
  | { readonly kind: "unknown"; readonly reason: string };

/** Nothing was compared, and nothing differs. */
export const NOTHING_COMPARED = {
  kind: "compared",
  drifts: [],
  leftAlone: [],
  notes: [],
  waitsForFunction: false,
  unread: [],
} as const;

/** Compares the state that the purpose names with live, and plans the actions. null: there is no such state. */
export function planSubject(
  subject: Subject,
  purpose: KeyPlan["purpose"],
  context: JudgeContext,
): PlannedSubject | null {
  if (purpose === "adoption-undo") return plannedUndo(subject, context);
  if (purpose === "delete") {
    const plan = planRemoval(subject.record, planContext(subject, "converge", context));
    return { kind: "planned", comparison: NOTHING_COMPARED, plan };
  }
  const state = purpose === "undo" ? lastAppliedState(subject.record) : desiredOf(subject);
  if (state === null) return null;
  const inputs = planContext(subject, purpose, context);
  const forbidden = purpose === "undo" ? null : forbiddenOf(subject);
  if (forbidden !== null && isBinding(state)) return notCompared(state, [forbidden], inputs);
  // A release is final: an undo that removed the tags again would undo that people tagged the role as ours.
  if (purpose === "undo" && isBinding(state) && state.released === true)
    return notCompared(state, [], inputs);
  const planned = planState(state, inputs);
  // An undo plan leads back to what was approved before.
  if (planned.kind === "unknown" || purpose === "undo") return planned;
  const grown = withGrowth(planned, { state, context: inputs }, context.actionData);
  const { writtenReferences: pinned = [] } = subject.record;
  return withChangedReferences(grown, { applied: lastAppliedState(subject.record), pinned, declared: state });
}

function notCompared(state: DesiredBinding, unread: readonly string[], context: PlanContext): PlannedSubject {
  const comparison = { ...NOTHING_COMPARED, unread };
  return { kind: "planned", comparison, plan: planBinding(state, [], context) };
}

/** As a plan of a pass: nothing is compared with Git. */
function plannedUndo(subject: Subject, context: JudgeContext): PlannedSubject {
  const finding = undoFinding(subject, context);
  if (finding.kind === "planned")
    return { kind: "planned", comparison: NOTHING_COMPARED, plan: finding.plan };
  return { kind: "unknown", reason: undoReason(finding) };
}

/** What an undo of the binding's adoption would do now. Only process and account decide whether it may write at all. */
export function undoFinding(subject: Subject, context: JudgeContext): UndoFinding {
  const state = desiredOf(subject) ?? lastAppliedState(subject.record);
  const refused = (message: string): UndoFinding => ({
    kind: "refused",
    obstacles: [{ kind: "no-record", message, fix: null }],
  });
  if (state === null || !isBinding(state)) return refused("no function is declared under this name");
  const forbidden = forbiddenOf(subject);
  if (forbidden !== null) return refused(forbidden);
  const finding = planAdoptionUndo(state, planContext(subject, "converge", context));
  if (finding.kind === "nothing" || lowerMode(context.mode, context.account.mode) === "enforce")
    return finding;
  const message = "process or account is in observe mode, which writes nothing";
  const obstacle = { kind: "observe", message, fix: "set mode: enforce in the AwsAccount" } as const;
  const others = finding.kind === "refused" ? finding.obstacles : [];
  return { kind: "refused", obstacles: [obstacle, ...others] };
}

export function planContext(
  subject: Subject,
  purpose: PlanContext["purpose"],
  {
    live,
    writes,
    nowMs,
    account,
    instance,
    desired,
    records,
    sweepMs,
    comparer,
    texts,
    declarations,
    changes,
  }: JudgeContext,
): PlanContext {
  return {
    live,
    record: subject.record,
    writes,
    nowMs,
    staleReadMs: staleReadMs(account),
    roleDeltas: new RoleDeltas(comparer, texts),
    texts,
    declarations,
    instance,
    account,
    purpose,
    refusedBy: purpose === "undo" ? appliedRefusalOf(subject) : null,
    desired,
    records,
    contentionLimits: CONTENTION_LIMITS,
    sweepMs,
    comparer,
    ...(changes && { changes }),
  };
}

/** Compares a state with live and plans the actions that make live match. */
export function planState(state: DesiredBinding | DesiredPolicy, context: PlanContext): PlannedSubject {
  if (isBinding(state)) {
    const comparison = diffBinding(state, context);
    if (comparison.kind === "unknown") return comparison;
    const drifts = comparison.drifts.filter(({ comparedWith }) => comparedWith === undefined);
    return { kind: "planned", comparison, plan: planBinding(state, drifts, context) };
  }
  const comparison = diffPolicy(state, context);
  if (comparison.kind === "unknown") return comparison;
  const drifts = comparison.drifts.filter(({ comparedWith }) => comparedWith === undefined);
  return { kind: "planned", comparison, plan: planPolicy(state, drifts, context) };
}

export function staleReadMs({ propagationWaitMs }: DesiredAccount): number {
  return Math.min(STALE_READ_MS, propagationWaitMs);
}

/** How far back the planner reads writes: covers the waits, the window of stale reads and the detection of contention. */
export function historyMs({ propagationWaitMs }: DesiredAccount): number {
  return Math.max(2 * propagationWaitMs, 2 * STALE_READ_MS, CONTENTION_LIMITS.windowMs);
}

/**
 * The same drift and plan, with what is shown in the place of equal new objects: while a plan waits for its approval, each
 * pass computes it again, and memory then has it once instead of twice (8 MB of 1,000 new bindings).
 */
export function withSharedPlan(planned: PlannedSubject, shown: ShownPlan | undefined): PlannedSubject {
  if (shown === undefined || planned.kind === "unknown") return planned;
  const { comparison, plan } = planned;
  const drifts = shared(shown.drifts, comparison.drifts);
  return { kind: "planned", comparison: { ...comparison, drifts }, plan: sharedActions(shown.plan, plan) };
}

function sharedActions(shown: KeyPlan | null, plan: KeyPlan): KeyPlan {
  if (shown === null || shown.digest !== plan.digest) return plan;
  return { ...plan, actions: shared(shown.actions, plan.actions) };
}

function shared<Value>(shown: Value, found: Value): Value {
  return isEqual(shown, found) ? shown : found;
}
