import type { GuardContext } from "../guard/context/context.ts";
import { judgeByStandardsSteps, judgeDesiredSteps, type FindingsByStandard } from "../guard/judge-desired.ts";
import { waiverState } from "../guard/waive.ts";
import { type DesiredTarget, type DesiredRole, isBinding } from "../model/desired.ts";
import { isBlocking, wouldBlock, type Finding } from "../model/finding.ts";
import type { JudgedBy, KeyRecord } from "../model/keys/key-record.ts";
import type { Key } from "../model/keys/key.ts";
import { keyParts } from "../model/keys/key.ts";
import type { Steps } from "../model/values/steps.ts";
import type { JudgeContext } from "./inputs.ts";
import { lastAppliedState, policiesOf, type Subject } from "./subject.ts";
import { judgeApplied, type AppliedJudgement } from "./approvals/applied-verdict.ts";
import { declaresAll, isSameDeclaration } from "./states/same-declaration.ts";

/** What one judgement judges all its states by. */
export interface Standards {
  readonly context: JudgeContext;
  readonly rules: GuardContext;
  /** By the profiles and defaults that the account confirmed last; null: these are the present ones. */
  readonly former: GuardContext | null;
  readonly judgedBy: (namespace: string) => JudgedBy;
  /** By key, for one judgement: several steps need the verdict on the last applied state. */
  readonly appliedJudgements: Map<Key, AppliedJudgement | null>;
}

/** What the rules make of a key. */
export interface StateVerdicts {
  /** Of the declared state. */
  readonly findings: readonly Finding[];
  readonly formerFindings: readonly Finding[] | null;
  /** Of the last applied state; null: it was not judged. */
  readonly applied: AppliedJudgement | null;
}

/**
 * A declaration that was not applied is judged by the present rules alone. One that is still as it was applied keeps its
 * accepted verdict until an operator approves a stricter one.
 */
export function* stateVerdicts(subject: Subject, standards: Standards): Steps<StateVerdicts> {
  if (subject.kind === "removed") return { findings: [], formerFindings: null, applied: null };
  if (subject.kind === "invalid")
    return { findings: [], formerFindings: null, applied: yield* appliedJudgement(subject, standards) };
  const { desired, record } = subject;
  // A release grants nothing, so no rule about permissions may keep the team in.
  if (isBinding(desired) && desired.released === true)
    return { findings: [], formerFindings: null, applied: null };
  const { findings, formerFindings } = yield* byStandards(desired, standards);
  if (!findings.some(isBlocking)) return { findings, formerFindings, applied: null };
  if (!isAsApplied(desired, record, standards.context.nowMs)) {
    // A function that attaches the policy gets what was applied of it.
    const applied = isBinding(desired) ? null : yield* appliedJudgement(subject, standards);
    return { findings, formerFindings, applied };
  }
  const applied = judgedAsApplied(desired, subject, { findings, formerFindings, standards });
  return { findings: applied.findings, formerFindings, applied };
}

function isAsApplied(declared: DesiredTarget, record: KeyRecord, nowMs: number): boolean {
  const applied = lastAppliedState(record);
  if (applied === null) return false;
  const isSame = record.appliedVerdict === undefined ? declaresAll : isSameDeclaration;
  return isSame(applied, declared, nowMs);
}

/** The same for the last applied state, which a plan may restore; null: there is none. */
export function* appliedJudgement(subject: Subject, standards: Standards): Steps<AppliedJudgement | null> {
  const { appliedJudgements } = standards;
  const cached = appliedJudgements.get(subject.key);
  if (cached !== undefined) return cached;
  const judged = yield* judgeAppliedState(subject, standards);
  appliedJudgements.set(subject.key, judged);
  return judged;
}

function* judgeAppliedState(subject: Subject, standards: Standards): Steps<AppliedJudgement | null> {
  const applied = lastAppliedState(subject.record);
  if (applied === null || subject.kind === "removed") return null;
  // The author of the new change did not make the state before it.
  const without = (rules: GuardContext): GuardContext => ({ ...rules, authors: new Map() });
  const { rules, former } = standards;
  const ofApplied: Standards = {
    ...standards,
    rules: without(rules),
    former: former === null ? null : without(former),
  };
  const state = withTagPlaces(applied);
  const findings = yield* byStandards(state, ofApplied);
  return judgedAsApplied(state, subject, { ...findings, standards: ofApplied });
}

function* byStandards(
  state: DesiredTarget,
  { rules, former }: Standards,
): Steps<Pick<StateVerdicts, "findings" | "formerFindings">> {
  if (former === null) return { findings: yield* judgeDesiredSteps(state, rules), formerFindings: null };
  const findings: FindingsByStandard = yield* judgeByStandardsSteps(state, rules, former);
  return findings;
}

function judgedAsApplied(
  state: DesiredTarget,
  { record }: Subject,
  {
    findings,
    formerFindings,
    standards: { context, rules, former, judgedBy },
  }: Pick<StateVerdicts, "findings" | "formerFindings"> & { readonly standards: Standards },
): AppliedJudgement {
  return judgeApplied(findings, {
    state,
    record,
    judgedBy: judgedBy(state.namespace),
    revision: context.revision,
    rules,
    former: former === null || formerFindings === null ? null : { rules: former, findings: formerFindings },
    approvals: context.history?.approvals ?? [],
    nowMs: context.nowMs,
  });
}

/**
 * The findings of a binding with those of the policies that it attaches now and did not before, as far as these refuse
 * what was applied of the policy: an attachment would spread what keeps its verdict only where it is.
 */
export function withAttached(
  subject: Subject,
  findings: readonly Finding[],
  {
    ofPolicies,
    rules,
  }: { readonly ofPolicies: ReadonlyMap<Key, readonly Finding[]>; readonly rules: GuardContext },
): readonly Finding[] {
  if (subject.kind !== "desired" || ofPolicies.size === 0) return findings;
  const { key, desired, record } = subject;
  const applied = lastAppliedState(record);
  const before = new Set(applied === null ? [] : policiesOf(applied));
  const added = policiesOf(desired).filter((policy) => !before.has(policy));
  const attached = added.flatMap((policy) =>
    (ofPolicies.get(policy) ?? []).map((found): Finding => {
      const { pending: _, ...finding } = found;
      const why = `${found.why} (in ManagedPolicy ${keyParts(policy).name})`;
      return { ...finding, key, why, waiver: waiverState(found.rule, key, rules) };
    }),
  );
  return [...findings, ...attached.filter(wouldBlock)];
}

/** Bindings that 0.1.0 recorded have no places of their tags. */
export function withTagPlaces(state: DesiredTarget): DesiredTarget {
  if (!isBinding(state)) return state;
  const recorded: Partial<Pick<DesiredRole, "tagOrigins">> = state.role;
  return { ...state, role: { ...state.role, tagOrigins: recorded.tagOrigins ?? {} } };
}
