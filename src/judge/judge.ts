import type { GuardContext } from "../guard/context.ts";
import { guardIndexSteps } from "../guard/guard-index.ts";
import { judgeDesiredSteps } from "../guard/judge-desired.ts";
import { judgeApprovable, judgePlans, refusalOf } from "./judge-plans.ts";
import type { Action } from "../model/action.ts";
import type { Finding } from "../model/finding.ts";
import { lowerMode, type Mode } from "../model/rules/mode.ts";
import type { Key } from "../model/keys/key.ts";
import type { KeyPlan } from "../model/plan.ts";
import { complete, mapSteps, type Steps } from "../model/values/steps.ts";
import type { Verdict } from "../model/verdict.ts";
import { deleteObstacles, planRemoval } from "../plan/removal.ts";
import { limitFacts } from "./limit-facts.ts";
import { planContext, planState, type PlanInputs, type Planned } from "./plan-subject.ts";
import { appliedOf, desiredOf, type Subject } from "./subject.ts";
import { isBinding } from "../model/desired.ts";
import type { Judged, Pass, Unjudged } from "./pass.ts";

/** A subject with the results of diff and plan, before the guard judges all plans of the account together. */
interface Draft {
  readonly subject: Subject;
  readonly planned: Extract<Planned, { readonly kind: "planned" }>;
  readonly findings: readonly Finding[];
}

export function judge(
  pass: Pass,
  subjects: readonly Subject[],
  inputs: PlanInputs,
): readonly (Judged | Unjudged)[] {
  return complete(judgeSteps(pass, subjects, inputs));
}

/** Diff, plan and guard for every subject, with a pause after each. A subject that can't be judged gets an outcome instead. */
export function* judgeSteps(
  pass: Pass,
  subjects: readonly Subject[],
  inputs: PlanInputs,
): Steps<readonly (Judged | Unjudged)[]> {
  const context = yield* guardContext(pass, subjects, inputs);
  const drafts: (Draft | Unjudged)[] = [];
  for (const subject of subjects) {
    drafts.push(yield* draft(pass, subject, inputs, context));
    yield;
  }
  const planned = drafts.filter((found): found is Draft => "planned" in found);
  const enforced = planned.filter(({ subject }) => modeOf(pass, subject) === "enforce");
  const verdicts = judgePlans({
    plans: enforced.map(({ planned: { plan } }) => plan),
    findings: new Map(planned.map(({ subject, findings }) => [subject.key, findings])),
    approvals: pass.approvals,
    nowMs: inputs.nowMs,
    ...limitFacts(pass),
  });
  yield;
  return yield* mapSteps(drafts, (found) =>
    "planned" in found ? judged(pass, found, verdicts, inputs) : found,
  );
}

function* guardContext(
  { desired, account, actionData, comparer, roleChecks }: Pass,
  subjects: readonly Subject[],
  { live, nowMs }: PlanInputs,
): Steps<GuardContext> {
  const judged = subjects.map(desiredOf).filter((state) => state !== null && isBinding(state));
  const index = yield* guardIndexSteps({ desired, live, judged });
  return { desired, live, shipped: null, account, actionData, index, nowMs, comparer, roleChecks };
}

function* draft(
  pass: Pass,
  subject: Subject,
  inputs: PlanInputs,
  context: GuardContext,
): Steps<Draft | Unjudged> {
  if (subject.kind === "removed") {
    const plan = planRemoval(subject.record, planContext(pass, subject, inputs, "converge"));
    return { subject, planned: { kind: "planned", comparison: NOTHING_COMPARED, plan }, findings: [] };
  }
  const state = desiredOf(subject) ?? appliedOf(subject.record);
  if (state === null) return { kind: "unusable", subject };
  const planned = planState(
    state,
    planContext(pass, subject, inputs, subject.kind === "invalid" ? "undo" : "converge"),
  );
  if (planned.kind === "unknown") return { kind: "unknown", subject, reason: planned.reason };
  const findings = subject.kind === "invalid" ? [] : yield* judgeDesiredSteps(state, context);
  return { subject, planned, findings };
}

const NOTHING_COMPARED = { kind: "compared", drifts: [], notes: [], unread: [] } as const;

function judged(
  pass: Pass,
  { subject, planned, findings }: Draft,
  verdicts: ReadonlyMap<Key, Verdict>,
  inputs: PlanInputs,
): Judged {
  const verdict = verdicts.get(subject.key) ?? observedVerdict(findings);
  return {
    subject,
    drifts: planned.comparison.drifts,
    notes: planned.comparison.notes,
    unread: planned.comparison.unread,
    findings,
    plan: planned.plan,
    verdict,
    undo: undoPlan(pass, subject, verdict, inputs),
    mayBeDeleted:
      subject.kind === "removed" &&
      deleteObstacles(subject.record, planContext(pass, subject, inputs, "converge")).length === 0,
    released: releasedActions(planned.plan, pass, inputs.nowMs),
  };
}

/** In observe mode no plan is held, since nothing would be written. Refusals by a rule are shown all the same. */
function observedVerdict(findings: readonly Finding[]): Verdict {
  return refusalOf(findings) ?? { kind: "allow" };
}

/**
 * The plan back to the last applied state, for a key whose new state may not be applied. Null in an account's first
 * enforcing pass: what was applied there before may not be wanted.
 */
function undoPlan(pass: Pass, subject: Subject, verdict: Verdict, inputs: PlanInputs): KeyPlan | null {
  if (verdict.kind === "allow" || subject.kind !== "desired") return null;
  if (
    verdict.kind === "hold" &&
    (verdict.code === "first-enforcing-pass" || verdict.code === "lost-database")
  )
    return null;
  const applied = appliedOf(subject.record);
  if (applied === null) return null;
  const planned = planState(applied, planContext(pass, subject, inputs, "undo"));
  return planned.kind === "planned" ? planned.plan : null;
}

function releasedActions(plan: KeyPlan, pass: Pass, nowMs: number): readonly Action[] {
  return plan.approvable.flatMap((part) =>
    judgeApprovable(part, plan.key, pass.approvals, nowMs).kind === "allow" ? part.actions : [],
  );
}

/** The most cautious of process, account and manifest. */
export function modeOf(pass: Pass, subject: Subject): Mode {
  const ceiling = lowerMode(pass.mode, pass.account.mode);
  const state = desiredOf(subject) ?? appliedOf(subject.record);
  return state !== null && isBinding(state) && subject.kind !== "removed"
    ? lowerMode(ceiling, state.mode)
    : ceiling;
}
