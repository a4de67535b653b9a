import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { Finding } from "../../model/finding.ts";
import type { Key } from "../../model/key.ts";
import type { PlanView } from "../../plan/render-plan.ts";
import type { Project } from "../project.ts";
import { placeText } from "../target.ts";
import { bindingDelta, policyDelta, unreadDocuments } from "./compiled-delta.ts";
import { otherChanges, type OtherChange } from "./other-changes.ts";
import { unchangedOf } from "./unchanged.ts";

export interface OfflinePlan {
  readonly views: readonly PlanView[];
  readonly others: readonly OtherChange[];
}

/** Git against git: what the head's compiled state allows that the base's does not, and the reverse. */
export function planOffline(
  base: Project,
  head: Project,
  findings: ReadonlyMap<Key, readonly Finding[]>,
): OfflinePlan {
  const [then, now] = [base.compilation.desired, head.compilation.desired];
  const bindings = unionOf(then.bindings, now.bindings);
  const policies = unionOf(then.policies, now.policies);
  const views = [
    ...bindings.map(([key, before, after]) => bindingView(key, before, after, { base, head, findings })),
    ...policies.map(([key, before, after]) => policyView(key, before, after, { head, findings })),
  ];
  const others = [...bindings, ...policies].flatMap(([, before, after]) => otherChanges(before, after, head));
  return { views, others };
}

type State = DesiredBinding | DesiredPolicy;

interface Context {
  readonly head: Project;
  readonly findings: ReadonlyMap<Key, readonly Finding[]>;
}

function bindingView(
  key: Key,
  before: DesiredBinding | null,
  after: DesiredBinding | null,
  { base, head, findings }: Context & { readonly base: Project },
): PlanView {
  const compiled = (state: DesiredBinding | null, { compilation }: Project) =>
    state === null ? null : { state, desired: compilation.desired };
  const standing = {
    sids: new Set((before?.role.inline.statements ?? []).map(({ statement }) => statement.Sid ?? "")),
    callerSids: new Set((before?.callers ?? []).map(({ sid }) => sid)),
  };
  return {
    ...commonView(key, before, after, { head, findings }),
    delta: bindingDelta(
      compiled(before, base),
      stays(before, after, head) ? compiled(before, base) : compiled(after, head),
    ),
    notes: [...notesOf(before, after, head), ...unreadNotes(after ?? before)],
    unchanged: after === null || before === null ? null : unchangedOf(after, standing),
  };
}

function policyView(
  key: Key,
  before: DesiredPolicy | null,
  after: DesiredPolicy | null,
  context: Context,
): PlanView {
  return {
    ...commonView(key, before, after, context),
    delta: policyDelta(before, stays(before, after, context.head) ? before : after),
    notes: notesOf(before, after, context.head),
    unchanged: null,
  };
}

function commonView(
  key: Key,
  before: State | null,
  after: State | null,
  { head, findings }: Context,
): Pick<PlanView, "key" | "file" | "target" | "plan" | "findings" | "verdict"> {
  const state = after ?? before;
  const account = accountName(state, head);
  const invalid = head.compilation.invalid.get(key)?.[0]?.origin.file ?? null;
  return {
    key,
    file: after?.origin.file ?? invalid,
    target: placeText({ key, account }),
    plan: null,
    findings: findings.get(key) ?? [],
    verdict: null,
  };
}

function accountName(state: State | null, { compilation }: Project): string {
  if (state === null) return "";
  if ("account" in state) return state.account;
  return compilation.desired.accounts.get(state.accountId)?.name ?? state.accountId;
}

/** What left git, or can't be compiled there, and keeps in AWS what it has. */
function stays(before: State | null, after: State | null, { compilation }: Project): boolean {
  if (after !== null || before === null) return false;
  return compilation.invalid.has(before.key) || before.deletionPolicy === "retain";
}

function notesOf(before: State | null, after: State | null, head: Project): readonly string[] {
  if (after !== null || before === null || stays(before, after, head)) return [];
  return ["its deletionPolicy is delete: what is in AWS goes, once nothing uses it"];
}

function unreadNotes(state: DesiredBinding | null): readonly string[] {
  return (state === null ? [] : unreadDocuments(state)).map((arn) => `not read  ${arn}`);
}

function unionOf<State>(
  then: ReadonlyMap<Key, State>,
  now: ReadonlyMap<Key, State>,
): readonly (readonly [Key, State | null, State | null])[] {
  const keys = [...new Set([...then.keys(), ...now.keys()])].sort();
  return keys.map((key) => [key, then.get(key) ?? null, now.get(key) ?? null]);
}
