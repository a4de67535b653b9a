import { CompiledTexts } from "../../diff/documents/compiled-texts.ts";
import { usersByPolicy } from "../../guard/context/declared.ts";
import type { Delta } from "../../model/delta.ts";
import {
  type DesiredTarget,
  isBinding,
  type Desired,
  type DesiredBinding,
  type DesiredPolicy,
} from "../../model/desired.ts";
import type { Finding } from "../../model/finding.ts";
import { type Key, placeText } from "../../model/keys/key.ts";
import type { PlanView } from "../../plan/render/plan-view.ts";
import { unreadFilesOf } from "../../manifest/revision/unread.ts";
import type { ShippedPolicies } from "../../iam/shipped-policies.ts";
import { byKey } from "../../text/order.ts";
import { someOf } from "../../text/phrases.ts";
import { lowerMode } from "../../model/rules/mode.ts";
import { approversOfChange, isPreapprovedByAll } from "../../judge/approvals/new-access.ts";
import type { OfflineFacts } from "../project/findings.ts";
import type { Project } from "../project/project.ts";
import { reasonNotes } from "./reasons.ts";
import { brokenKeys, contentsOf, type KnownState } from "./broken-keys.ts";
import { bindingDelta, policyDelta, unreadDocuments, type CompiledState } from "./compiled-delta.ts";
import { withNarrowerBoundaries } from "./merge/narrower-boundaries.ts";
import { otherChanges, type OtherChange } from "./other-changes.ts";
import type { PlanReport } from "./report.ts";
import { unchangedOf } from "./unchanged.ts";

export interface OfflinePlan {
  readonly views: readonly PlanView[];
  readonly others: readonly OtherChange[];
  readonly limited: PlanReport["limited"];
  /** A line for each attached policy whose document is unknown. */
  readonly unread: readonly string[];
}

export interface OfflineJudgement {
  readonly findings: ReadonlyMap<Key, readonly Finding[]>;
  readonly shipped: ShippedPolicies | null;
  readonly facts: Pick<OfflineFacts, "actionData" | "authors" | "checks">;
}

/** Compares two revisions of Git: what the compiled head allows and the base does not, and the reverse. */
export function planOffline(
  base: Project,
  head: Project,
  { findings, shipped, facts }: OfflineJudgement,
): OfflinePlan {
  const [then, now] = [base.compilation.desired, head.compilation.desired];
  const bindings = unionOf(then.bindings, now.bindings);
  const policies = unionOf(then.policies, now.policies);
  const broken = brokenKeys(head, knownIn(base));
  const brokenBase = brokenKeys(base, knownIn(head));
  const index = { usersByPolicy: usersByPolicy(now.bindings) };
  const { checks, ...known } = facts;
  const context = { head, broken, brokenBase, findings, rules: { ...known, desired: now, index } };
  const texts = checks?.texts ?? new CompiledTexts();
  const applied = { ...now, policies: new Map([...brokenPolicies(then, broken), ...now.policies]) };
  const views = [
    ...bindings.map((change) => bindingView(change, { ...context, earlier: then, applied, shipped, texts })),
    ...policies.map((change) => policyView(change, context)),
  ];
  const others = [...bindings, ...policies].flatMap(({ before, after }) =>
    otherChanges(before, after, { base, head, broken }),
  );
  const shown = withNarrowerBoundaries(views, { earlier: then, later: now });
  return { ...shown, others, unread: unreadLines([...now.bindings.values()], head, shipped) };
}

/** The applied version of a broken policy stays attached: the functions that use it lose nothing. */
function brokenPolicies(
  { policies }: Desired,
  broken: ReadonlyMap<Key, string>,
): readonly (readonly [Key, DesiredPolicy])[] {
  return [...policies].filter(([key]) => broken.has(key));
}

function knownIn(project: Project): KnownState {
  const { compilation } = project;
  return {
    fileKeys: compilation.fileKeys,
    unreadFiles: unreadFilesOf(compilation, contentsOf(project)),
  };
}

/** The state of a key in the base and in the head; null: it is not declared there. */
interface Change<DesiredTarget> {
  readonly key: Key;
  readonly before: DesiredTarget | null;
  readonly after: DesiredTarget | null;
}

interface Context {
  readonly head: Project;
  /** Why a key cannot be compiled in the head, and in the base. */
  readonly broken: ReadonlyMap<Key, string>;
  readonly brokenBase: ReadonlyMap<Key, string>;
  readonly findings: ReadonlyMap<Key, readonly Finding[]>;
  readonly rules: Parameters<typeof approversOfChange>[2];
}

interface BindingViewContext extends Context, Pick<OfflineJudgement, "shipped"> {
  readonly earlier: Desired;
  readonly applied: Desired;
  readonly texts: CompiledTexts;
}

function bindingView(change: Change<DesiredBinding>, context: BindingViewContext): PlanView {
  const { before, after } = change;
  const { earlier, applied, shipped, rules } = context;
  const compiled = (state: DesiredBinding | null, desired: Desired) =>
    state === null ? null : { state, desired, shipped };
  const existing = {
    sids: new Set((before?.role.inline.statements ?? []).map(({ statement }) => statement.Sid ?? "")),
    callerSids: new Set((before?.callers ?? []).map(({ sid }) => sid)),
  };
  const delta = bindingDelta(
    compiled(before, earlier),
    stays(change, context) ? compiled(before, earlier) : compiled(after, applied),
    context.texts,
  );
  return {
    ...commonView(change, context),
    delta,
    approvers: approversOfView(change, delta, context),
    isPreapproved: after !== null && isPreapprovedByAll(after, delta, rules),
    notes: notesOf(change, delta, context),
    unchanged: after === null || before === null ? null : unchangedOf(after, existing),
  };
}

function policyView(change: Change<DesiredPolicy>, context: Context): PlanView {
  const { before, after } = change;
  const delta = policyDelta(before, stays(change, context) ? before : after);
  return {
    ...commonView(change, context),
    delta,
    isPreapproved: false,
    approvers: approversOfView(change, delta, context),
    notes: notesOf(change, delta, context),
    unchanged: null,
  };
}

/** A change in observe mode is not applied, and a change that cannot be compared is not known to be new. */
function approversOfView(
  { key, before, after }: Change<DesiredTarget>,
  delta: Delta,
  { head, brokenBase, rules }: Context,
): PlanView["approvers"] {
  if (after === null || (before === null && brokenBase.has(key))) return [];
  const account = head.compilation.desired.accounts.get(after.accountId)?.mode ?? "observe";
  const mode = lowerMode(account, isBinding(after) ? after.mode : "enforce");
  return mode === "observe" ? [] : approversOfChange(after, () => delta, rules);
}

function commonView(
  { key, before, after }: Change<DesiredTarget>,
  { head, broken, brokenBase, findings }: Context,
): Omit<PlanView, "delta" | "isPreapproved" | "approvers" | "notes" | "unchanged"> {
  const state = after ?? before;
  const account = accountName(state, head);
  const error = after === null ? (broken.get(key) ?? null) : null;
  return {
    key,
    file: after?.origin.file ?? (error === null ? null : (before?.origin.file ?? null)),
    target: placeText({ key, account }),
    plan: null,
    isObserved: false,
    findings: findings.get(key) ?? [],
    broken: error,
    brokenBase: before === null ? (brokenBase.get(key) ?? null) : null,
    applied: { kind: "unknown" },
    isNew: before === null,
    verdict: null,
    published: null,
  };
}

function accountName(state: DesiredTarget | null, { compilation }: Project): string {
  if (state === null) return "";
  if ("account" in state) return state.account;
  return compilation.desired.accounts.get(state.accountId)?.name ?? state.accountId;
}

/** True for a key that is no longer declared or cannot be compiled, and that stays unchanged in AWS. */
function stays({ before, after }: Change<DesiredTarget>, { broken }: Context): boolean {
  if (after !== null || before === null) return false;
  return broken.has(before.key) || before.deletionPolicy === "retain";
}

function notesOf(change: Change<DesiredTarget>, delta: Delta, context: Context): readonly string[] {
  if (change.after !== null) return reasonNotes(change.after, delta);
  if (change.before === null || stays(change, context)) return [];
  return ["deletionPolicy delete: Grantkeeper deletes what is in AWS once nothing uses it"];
}

/** One line for each policy: many functions attach the same one. */
function unreadLines(
  bindings: readonly DesiredBinding[],
  { compilation: { desired } }: Project,
  shipped: ShippedPolicies | null,
): readonly string[] {
  const attached = bindings.flatMap((state) => {
    const compiled: CompiledState<DesiredBinding> = { state, desired, shipped };
    return unreadDocuments(compiled).map((arn) => ({ arn, to: `${state.namespace}/${state.name}` }));
  });
  return [...Map.groupBy(attached, ({ arn }) => arn)].sort(byKey).map(([arn, uses]) => {
    const names = [...new Set(uses.map(({ to }) => to))].sort();
    return `Not in this plan: policy ${arn}, attached to ${someOf(names)} (not read)`;
  });
}

function unionOf<DesiredTarget>(
  then: ReadonlyMap<Key, DesiredTarget>,
  now: ReadonlyMap<Key, DesiredTarget>,
): readonly Change<DesiredTarget>[] {
  const keys = [...new Set([...then.keys(), ...now.keys()])].sort();
  return keys.map((key) => ({ key, before: then.get(key) ?? null, after: now.get(key) ?? null }));
}
