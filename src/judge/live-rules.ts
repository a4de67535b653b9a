import { policiesByArn } from "../guard/context/declared.ts";
import type { GuardContext } from "../guard/context/context.ts";
import { judgeDesiredSteps } from "../guard/judge-desired.ts";
import { SharedDocuments } from "../guard/context/shared-documents.ts";
import { servicesOf } from "../iam/read/services.ts";
import { sortedSet } from "../text/order.ts";
import type { LiveBreach, LiveRules } from "../model/answers/live-rules.ts";
import { isBinding, type Desired, type DesiredPolicy } from "../model/desired.ts";
import type { Drift } from "../model/drift.ts";
import type { Key } from "../model/keys/key.ts";
import type { Steps } from "../model/values/steps.ts";
import type { ActionData } from "../iam/action-data.ts";
import type { JudgeContext } from "./inputs.ts";
import { withTagPlaces } from "./state-verdicts.ts";
import { guardContext } from "./judge.ts";
import type { KeyJudgement } from "./judgement.ts";
import { breachesInAws } from "./live-state/breaches.ts";
import { statesInAws, type StateInAws } from "./live-state/state-in-aws.ts";
import { lastAppliedState, type Subject } from "./subject.ts";

/** A key whose state in AWS is judged by itself. */
export interface JudgedInAws {
  readonly judged: KeyJudgement;
  readonly states: readonly StateInAws[];
}

/** The differences that a rule could judge. A missing role has no permissions, a description grants none. */
const JUDGED: ReadonlySet<Drift["change"]["kind"]> = new Set([
  "attachment-extra",
  "attachment-missing",
  "boundary",
  "function-role",
  "inline",
  "inline-extra",
  "policy-document",
  "statement-extra",
  "statement-missing",
  "tag-different",
  "tag-extra",
  "trust",
]);

/**
 * The keys of which AWS has something else than Git declares, as it was read after the writes. A key without a difference
 * costs nothing: for its state the rules found what they find in Git.
 */
export function* keysToJudgeInAws(
  found: readonly { readonly judged: KeyJudgement; readonly drifts: readonly Drift[] }[],
  { live, desired }: Pick<JudgeContext, "live" | "desired">,
): Steps<readonly JudgedInAws[]> {
  const facts = { live, policies: policiesByArn(desired.policies) };
  const keys: JudgedInAws[] = [];
  for (const { judged, drifts } of found) {
    const { subject, leftAlone } = judged;
    const differing = drifts.filter(isJudged);
    const base = differing.length + leftAlone.length === 0 ? null : baseOf(subject);
    if (base === null) continue;
    const deviation = { base, applied: lastAppliedState(subject.record), drifts: differing, leftAlone };
    keys.push({ judged, states: statesInAws(deviation, facts) });
    yield;
  }
  return keys.filter(({ states }) => states.length > 0);
}

/** null for a key that left Git: nothing is compared. */
function baseOf(subject: Subject): StateInAws["state"] | null {
  if (subject.kind === "desired") return subject.desired;
  const applied = subject.kind === "removed" ? null : lastAppliedState(subject.record);
  return applied === null ? null : withTagPlaces(applied);
}

function isJudged({ change, certainty, tier }: Drift): boolean {
  return certainty === "confirmed" && tier !== "metadata" && JUDGED.has(change.kind);
}

/** The services that the rules must know for these keys. */
export function servicesInAws(keys: readonly JudgedInAws[], { services }: ActionData): readonly string[] {
  const statements = keys
    .flatMap(({ states }) => states)
    .flatMap(({ state }) => (isBinding(state) ? state.role.inline : state.document).statements);
  return sortedSet([...services, ...statements.flatMap(({ statement }) => servicesOf(statement))]);
}

type JudgeKey = (key: JudgedInAws) => Steps<LiveRules>;

/** Judges the keys one by one. Equal breaches are one object: many roles may have the same policy attached. */
export function* judgeInAws(keys: readonly JudgedInAws[], context: JudgeContext): Steps<JudgeKey> {
  const bindings = keys.flatMap(({ states }) =>
    states.flatMap(({ state }) => (isBinding(state) ? [state] : [])),
  );
  const rules = yield* guardContext(context, { subjects: [], states: bindings });
  const ofState: GuardContext = { ...rules, index: { ...rules.index, waivers: new Map() } };
  const ofPolicies = withPoliciesOf(keys, ofState);
  const known = new Map<string, LiveBreach>();
  return function* ({ judged, states }) {
    const declared =
      judged.subject.kind === "desired" ? judged.findings : yield* findingsOfApplied(judged, rules);
    const isPolicy = states.some(({ state }) => !isBinding(state));
    const found = yield* breachesInAws(states, declared, isPolicy ? ofPolicies : ofState);
    return {
      breaches: found.map((breach) => sharedIn(known, breach)),
      unread: [...new Set(states.flatMap(({ unread }) => unread))],
    };
  };
}

function* findingsOfApplied({ subject }: KeyJudgement, rules: GuardContext): Steps<KeyJudgement["findings"]> {
  const applied = baseOf(subject);
  return applied === null ? [] : yield* judgeDesiredSteps(applied, rules);
}

/** The roles that attach a policy are judged with the document that AWS has of it. */
function withPoliciesOf(keys: readonly JudgedInAws[], context: GuardContext): GuardContext {
  const { desired, index } = context;
  const found = keys.flatMap(({ states }) =>
    states.flatMap(({ state }) => (isBinding(state) ? [] : [[state.key, state] as const])),
  );
  if (found.length === 0) return context;
  const policies: ReadonlyMap<Key, DesiredPolicy> = new Map([...desired.policies, ...found]);
  const inAws: Desired = { ...desired, policies };
  return {
    ...context,
    desired: inAws,
    index: { ...index, shared: new SharedDocuments(index.shared.revision) },
  };
}

function sharedIn(known: Map<string, LiveBreach>, breach: LiveBreach): LiveBreach {
  const name = JSON.stringify(breach);
  const same = known.get(name) ?? breach;
  known.set(name, same);
  return same;
}
