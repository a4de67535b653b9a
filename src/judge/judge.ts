import type { GuardContext } from "../guard/context/context.ts";
import { guardIndexSteps } from "../guard/context/guard-index.ts";
import { ownProfiles } from "../guard/context/profile-scopes.ts";
import { isBinding, type DesiredBinding, type DesiredPolicy } from "../model/desired.ts";
import { pendingAuthorsOf } from "../model/authors.ts";
import type { Finding } from "../model/finding.ts";
import { isAppliedAt } from "../model/records/key-revision.ts";
import { isBindingKey, keyParts, type Key } from "../model/keys/key.ts";
import { driftFingerprint, type Drift } from "../model/drift.ts";
import type { KeyRecord } from "../model/keys/key-record.ts";
import type { KeyPlan } from "../model/plan.ts";
import { complete, mapSteps, type Steps } from "../model/values/steps.ts";
import { waitsByItself, type Verdict, type WaitCause } from "../model/verdict.ts";
import { deleteObstacles } from "../plan/removal.ts";
import type { JudgeContext } from "./inputs.ts";
import { refusalsOf, type AppliedJudgement } from "./approvals/applied-verdict.ts";
import { coveredUntil } from "./approvals/covered.ts";
import { approvedParts, releasedActions } from "./approvals/released.ts";
import { confirmedKeys, confirmedOfKey, hasFirstPass } from "./approvals/confirmed-keys.ts";
import { formerRulesOf, relaxedText } from "./approvals/former-rules.ts";
import { judgedByOf } from "./states/judged-by.ts";
import {
  appliedJudgement,
  stateVerdicts,
  withAttached,
  type Standards,
  type StateVerdicts,
} from "./state-verdicts.ts";
import { judgePlans, planRefusal } from "./judge-plans.ts";
import type { KeyJudgement, NoJudgement } from "./judgement.ts";
import { isRecordLost } from "./states/lost-record.ts";
import { functionWaits, type DependencyFacts } from "./windows/dependencies.ts";
import { gatesByKey, gatesOf, type Gate, type GateOf } from "./windows/gates.ts";
import { furtherWaits, heldBackBy, withoutHeldParts } from "./windows/waiting-holds.ts";
import { limitFacts } from "./limit-facts.ts";
import { firstClaimOf } from "./first-claim.ts";
import { approversOf } from "./approvals/new-access.ts";
import { takeOverReason } from "../plan/take-over/take-over.ts";
import { planContext, planSubject, withSharedPlan, type PlannedSubject } from "./plan-subject.ts";
import { lastAppliedState, desiredOf, modeOf, type Subject } from "./subject.ts";

export interface Judgement {
  readonly judged: readonly KeyJudgement[];
  readonly unjudged: readonly NoJudgement[];
}

/** A subject with the results of diff and plan, before all plans of the account are judged together. */
interface PlanDraft extends StateVerdicts, Pick<KeyJudgement, "subject" | "firstClaim"> {
  readonly planned: Extract<PlannedSubject, { readonly kind: "planned" }>;
}

export function judge(context: JudgeContext, subjects: readonly Subject[]): Judgement {
  return complete(judgeSteps(context, subjects));
}

/** Diff, plan, guard and verdict for every subject, with a pause after each. */
export function* judgeSteps(context: JudgeContext, subjects: readonly Subject[]): Steps<Judgement> {
  const states = subjects.flatMap((subject) => [desiredOf(subject), lastAppliedState(subject.record)]);
  const rules = yield* guardContext(context, { subjects, states: states.filter((state) => state !== null) });
  const formerOf = formerRulesOf(rules, context.history);
  const shared = { context, rules, judgedBy: judgedByOf(context), appliedJudgements: new Map() };
  const standardsOf = (key: Key): Standards => ({ ...shared, former: formerOf(key) });
  const alone: PlanDraft[] = [];
  const unjudged: NoJudgement[] = [];
  for (const subject of subjects) {
    const drafted = yield* draft(subject, standardsOf(subject.key));
    if ("planned" in drafted) alone.push(drafted);
    else unjudged.push(drafted);
    yield;
  }
  const drafts = withPolicies(alone, rules);
  const enforced = drafts.filter(({ subject }) => modeOf(subject, context) === "enforce");
  const facts = limitFacts(context);
  const gateOf = gatesOf(context, functionWaits(dependencyFacts(context, drafts, unjudged)));
  const verdicts = judgePlans({
    plans: enforced.map(({ planned }) => planned.plan),
    approvers: new Map(enforced.flatMap((found) => approversByKey(found, standardsOf(found.subject.key)))),
    relaxed: new Map(enforced.flatMap(relaxedByKey)),
    authors: rules.authors,
    assisted: new Set(enforced.flatMap((found) => assistedKey(found, rules))),
    firstClaims: new Map(enforced.flatMap(claimByKey)),
    takeOvers: new Map(enforced.flatMap(takeOverByKey)),
    findings: new Map(drafts.map(({ subject, findings }) => [subject.key, findings])),
    gates: gatesByKey(
      gateOf,
      enforced.map(({ subject }) => subject.record),
    ),
    approvals: context.history?.approvals ?? [],
    nowMs: context.nowMs,
    ...facts,
    account: { ...facts.account, isRecordLost: hasFirstPass(facts.account) && isRecordLost(context) },
  });
  yield;
  const judged = yield* mapSteps(drafts, (found) =>
    judgedOf(found, verdicts.get(found.subject.key) ?? observedVerdict(found.findings), {
      ...standardsOf(found.subject.key),
      gateOf,
    }),
  );
  return { judged, unjudged };
}

function dependencyFacts(
  context: JudgeContext,
  drafts: readonly PlanDraft[],
  unjudged: readonly NoJudgement[],
): DependencyFacts {
  const read = drafts.map(({ subject, planned }) => [subject.key, planned.comparison] as const);
  const unread = unjudged.map(({ subject }) => [subject.key, null] as const);
  return {
    ...context,
    records: context.history === null ? null : context.records,
    read: new Map([...read, ...unread]),
  };
}

/** A binding is refused for what refuses a policy that it attaches now. */
function withPolicies(drafts: readonly PlanDraft[], rules: GuardContext): readonly PlanDraft[] {
  const ofPolicies = new Map(
    drafts.flatMap(({ subject: { key }, applied }) =>
      applied === null || isBindingKey(key) ? [] : [[key, refusalsOf(applied)] as const],
    ),
  );
  return drafts.map((found) => {
    const findings = withAttached(found.subject, found.findings, { ofPolicies, rules });
    return findings === found.findings ? found : { ...found, findings };
  });
}

/** As long as the present standard is not confirmed, who had to approve before must approve too. */
function approversByKey(
  { subject, planned: { plan } }: PlanDraft,
  { rules, former }: Pick<Standards, "rules" | "former">,
): readonly (readonly [Key, readonly (string | null)[]])[] {
  if (subject.kind !== "desired") return [];
  const now = approversOf(subject.desired, plan, rules);
  const before = former === null ? [] : approversOf(subject.desired, plan, former);
  return [[subject.key, [...new Set([...now, ...before])]]];
}

function relaxedByKey({ subject, findings, formerFindings }: PlanDraft): readonly (readonly [Key, string])[] {
  const text = formerFindings === null ? null : relaxedText(formerFindings, findings);
  return text === null ? [] : [[subject.key, text]];
}

function assistedKey({ subject }: PlanDraft, rules: GuardContext): readonly Key[] {
  if (subject.kind !== "desired" || !rules.authors.has(subject.key)) return [];
  return ownProfiles(subject.desired, rules).some(({ agent }) => agent) ? [subject.key] : [];
}

function claimByKey({ subject, firstClaim }: PlanDraft): readonly (readonly [Key, string])[] {
  return firstClaim === null ? [] : [[subject.key, firstClaim]];
}

function takeOverByKey({ subject, planned: { plan } }: PlanDraft): readonly (readonly [Key, string])[] {
  const state = desiredOf(subject);
  if (state === null || !isBinding(state)) return [];
  const reason = takeOverReason(state, subject.record, plan);
  return reason === null ? [] : [[subject.key, reason]];
}

/** @param judged the authors of the subjects' open changes count; the states are those that rules will judge */
export function* guardContext(
  context: JudgeContext,
  {
    subjects,
    states,
  }: { readonly subjects: readonly Subject[]; readonly states: readonly (DesiredBinding | DesiredPolicy)[] },
): Steps<GuardContext> {
  const { desired, account, actionData, comparer, roleChecks, live, nowMs } = context;
  const judged = states.filter(isBinding);
  const index = yield* guardIndexSteps({ desired, live, judged, roleChecks });
  const facts = { live, shipped: null, account, actionData, index, nowMs, comparer, roleChecks };
  return { ...facts, desired, authors: openAuthors(context, subjects), defaults: null };
}

/** A key that was applied at this revision has no open change. */
function openAuthors(context: JudgeContext, subjects: readonly Subject[]): GuardContext["authors"] {
  const open = subjects.filter(({ key, record }) => !isAppliedAt(record.applied, key, context));
  return new Map(
    open.flatMap(({ key }) => {
      const pending = pendingAuthorsOf(context.authors, key);
      return pending === null ? [] : [[key, pending]];
    }),
  );
}

const PURPOSES = { desired: "converge", invalid: "undo", removed: "delete" } as const satisfies Record<
  Subject["kind"],
  KeyPlan["purpose"]
>;

function* draft(unjudged: Subject, standards: Standards): Steps<PlanDraft | NoJudgement> {
  const { context } = standards;
  const verdicts = yield* stateVerdicts(unjudged, standards);
  const subject = unjudged.kind === "invalid" ? withRefusal(unjudged, verdicts.applied) : unjudged;
  const computed = planSubject(subject, PURPOSES[subject.kind], context);
  if (computed === null) return { kind: "unusable", subject };
  const planned = withSharedPlan(computed, context.shown.get(subject.key));
  if (planned.kind === "unknown") return { kind: "unknown", subject, reason: planned.reason };
  return { subject, planned, ...verdicts, firstClaim: firstClaimOf(subject, context) };
}

/**
 * With the rules that refuse the last applied state now, as when the platform narrowed a fence or a waiver expired: what
 * may not be applied as a new state may not be restored as an old one.
 */
function withRefusal(subject: Subject, applied: AppliedJudgement | null): Subject {
  if (applied === null || subject.kind === "removed") return subject;
  const refusal = planRefusal(applied.findings);
  return refusal === null ? subject : { ...subject, appliedRefusal: refusal.reason };
}

function judgedOf(
  draft: PlanDraft,
  verdict: Verdict,
  { gateOf, ...standards }: Standards & { readonly gateOf: GateOf },
): KeyJudgement {
  const { planned, findings, formerFindings, firstClaim } = draft;
  const { context } = standards;
  const gate = modeOf(draft.subject, context) === "enforce" ? gateOf(draft.subject.record) : null;
  const { comparison, plan } = planned;
  const isUndone = hasUndo(draft.subject, verdict, context);
  const applied = isUndone ? complete(appliedJudgement(draft.subject, standards)) : draft.applied;
  const subject = isUndone ? withRefusal(draft.subject, applied) : draft.subject;
  const approved = approvedParts(plan, context, switchSinceMs(subject.record, comparison.drifts));
  return {
    subject,
    drifts: comparison.drifts,
    leftAlone: comparison.leftAlone,
    notes: comparison.notes,
    waitsForFunction: comparison.waitsForFunction,
    unread: comparison.unread,
    ...(comparison.isAsApplied === true && { isAsApplied: true }),
    findings,
    formerFindings,
    judgedBy: standards.judgedBy(keyParts(subject.key).namespace),
    appliedVerdict: applied?.verdict ?? null,
    stricter: applied?.stricter ?? null,
    firstClaim,
    plan,
    verdict,
    undo: undoPlan(subject, verdict, context),
    mayBeDeleted:
      subject.kind === "removed" &&
      deleteObstacles(subject.record, planContext(subject, "converge", context)).length === 0,
    approved,
    heldBack: heldBackBy(plan, gate),
    furtherWaits: furtherWaits(plan, gate, { verdict, isOverridden: overriddenOf(plan, standards) }),
    ...windowOpening(gate),
    released: withoutHeldParts(releasedActions(plan, approved, context.nowMs), gate),
  };
}

function overriddenOf(plan: KeyPlan, { context, rules }: Standards): (cause: WaitCause) => boolean {
  const { history, nowMs } = context;
  const given = { approvals: history?.approvals ?? [], authors: rules.authors, nowMs };
  return (cause) => coveredUntil(plan, { code: cause.code, cause, group: null }, given) !== null;
}

function windowOpening(gate: Gate | null): Pick<KeyJudgement, "windowOpensAt"> {
  const opensAt = gate?.kind === "closed" ? gate.waits[0].opensAt : null;
  return opensAt === null ? {} : { windowOpensAt: opensAt };
}

/** Since when the function is seen on the role that it runs on instead of the declared one; null: the record does not know. */
function switchSinceMs({ driftSinceMs }: KeyRecord, drifts: readonly Drift[]): number | null {
  const drift = drifts.find(
    ({ change, comparedWith }) => change.kind === "function-role" && comparedWith === undefined,
  );
  return drift === undefined ? null : (driftSinceMs[driftFingerprint(drift)] ?? null);
}

/** In observe mode no plan is held, since nothing would be written. Refusals by a rule are shown all the same. */
function observedVerdict(findings: readonly Finding[]): Verdict {
  return planRefusal(findings) ?? { kind: "allow" };
}

/**
 * The plan back to the last applied state, for a key whose new state may not be applied. Null in an account's first
 * enforcing pass: what was applied there before may not be wanted.
 */
function undoPlan(subject: Subject, verdict: Verdict, context: JudgeContext): KeyPlan | null {
  if (!hasUndo(subject, verdict, context)) return null;
  const planned = planSubject(subject, "undo", context);
  return planned?.kind === "planned" ? planned.plan : null;
}

function hasUndo(subject: Subject, verdict: Verdict, context: JudgeContext): boolean {
  return (
    verdict.kind !== "allow" && subject.kind === "desired" && !isFirstPass(subject.key, verdict, context)
  );
}

function isFirstPass(key: Key, verdict: Verdict, { history, catalogueDigest }: JudgeContext): boolean {
  if (verdict.kind !== "hold") return false;
  if (verdict.code === "profile-approval" || waitsByItself(verdict.code))
    return !confirmedOfKey(key, confirmedKeys(history?.record ?? null, catalogueDigest)).started;
  return verdict.code === "first-enforcing-pass" || verdict.code === "lost-database";
}
