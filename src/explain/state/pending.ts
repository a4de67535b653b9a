import { waitsByItself } from "../../model/verdict.ts";
import type { Suspension } from "../../model/approval.ts";
import { isOfGit, type Action, type KeyPlan } from "../../model/plan.ts";
import { netDelta } from "../../model/delta.ts";
import type { Mode } from "../../model/rules/mode.ts";
import type { LinePlace, TypedLine } from "../../model/answers/permission-line.ts";
import {
  limitedLines,
  type DeclaredState,
  type EffectiveState,
  type PendingChange,
  type PendingReason,
  type UsedRoleComparison,
} from "../../model/answers/permission-state.ts";
import { distinctMembers } from "../../model/values/lists.ts";
import { refusedRules, type RefusedRule } from "../../model/rules/refusal.ts";
import type { Condition } from "../../model/status.ts";
import type { RowIndex } from "../../plan/render/compiled-rows.ts";
import { actionSettings } from "../../plan/render/settings.ts";
import type { Home } from "../../plan/render/words.ts";
import { namesText } from "../../iam/row-text.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { Hold } from "../../model/answers/hold.ts";
import { failureHint, recordedFailures } from "./failure-hints.ts";
import { changeLines, type ChangeLines } from "./change-lines.ts";
import { approvalReason, holdHint, pendingPart, type Answers } from "./approval-reasons.ts";
import { stricterReason } from "./stricter.ts";
import { otherDifferences } from "./other-differences.ts";
import { approvableActions } from "./planned-actions.ts";
import { unconfirmedChanges } from "./unconfirmed.ts";

export interface PendingFacts extends Answers {
  readonly declared: DeclaredState<TypedLine>;
  /** How to fix a broken manifest. */
  readonly manifestFix: string | null;
  readonly effective: EffectiveState<TypedLine>;
  /** True if a pass has compared the accepted revision with AWS. */
  readonly isCompared: boolean;
  /** The more cautious mode of process and account. */
  readonly mode: Mode;
  readonly suspension: Suspension | undefined;
  /** The pending approval of the key's stricter verdict; null: there is none. */
  readonly stricterHold: Hold | null;
  readonly conditions: readonly Condition[];
  readonly failing: { readonly reason: string } | null;
  readonly home: Home;
  /** With the roles that the function runs on, that of $LATEST first. */
  readonly comparisons: readonly UsedRoleComparison<TypedLine>[];
  /** `payments/refunds@prod/eu-west-1`: a shorter form would suspend more than this binding. */
  readonly target: string;
  readonly names: RowIndex;
  /** Undeclared statements that no plan removes. */
  readonly kept: readonly string[];
}

/** All changes that are not in effect or that are about to happen, with the reason; most severe first. */
export function pendingChanges(facts: PendingFacts): readonly PendingChange<TypedLine>[] {
  const { view, declared, manifestFix, isCompared, kept, failing } = facts;
  const found = [
    ...(view === null ? [] : viewChanges(view, facts)),
    ...(kept.length === 0 ? [] : [block({ kind: "kept", statements: kept })]),
  ];
  return [
    ...(declared.kind === "broken"
      ? [block({ kind: "broken", message: declared.message }, { hint: manifestFix })]
      : []),
    ...(failing === null ? [] : [block({ kind: "unreadable", reason: failing.reason })]),
    // It is in force now, regardless of what the last pass found.
    ...(view === null || !isCompared ? suspendedChanges([], facts) : []),
    ...(isCompared ? [] : [block({ kind: "not-compared", revision: declared.revision })]),
    ...(isCompared ? found : found.map((change) => ({ ...change, isOutdated: true as const }))),
  ];
}

const NO_LINES = limitedLines([]);

function block(
  reason: PendingReason,
  change: Partial<PendingChange<TypedLine>> = {},
): PendingChange<TypedLine> {
  return { add: NO_LINES, remove: NO_LINES, settings: [], other: [], hint: null, ...change, reason };
}

function viewChanges(view: KeyView, facts: PendingFacts): readonly PendingChange<TypedLine>[] {
  const { plan, verdict } = view;
  const isStopped = verdict.kind !== "allow";
  const planned = plan?.actions ?? [];
  const stopped = isStopped ? planned.filter((action) => isOfGit(action) || view.undo === null) : [];
  const running = isStopped ? (view.undo?.actions ?? []) : planned;
  return [
    ...stoppedChanges(view, stopped, facts),
    ...stricterChanges(view, facts),
    ...(facts.mode === "observe" ? [] : approvableChanges(plan, facts)),
    ...runningChanges(
      view,
      facts.mode === "observe" ? [...running, ...approvableActions(plan)] : running,
      facts,
    ),
    ...withheldChanges(plan),
    ...(plan === null ? failedChanges(facts) : []),
    ...notDeployed(view, facts),
    ...unconfirmedChanges(view, facts),
    ...otherDifferences(view).map(({ isManaged, settings }) =>
      block({ kind: "differs", isManaged }, { settings }),
    ),
  ];
}

function stricterChanges({ stricter }: KeyView, facts: PendingFacts): readonly PendingChange<TypedLine>[] {
  const reason = stricterReason(stricter, facts.stricterHold, facts.rejections);
  if (reason === null) return [];
  return [block(reason, { hint: holdHint(reason.digest) })];
}

function stoppedChanges(
  { verdict, findings }: KeyView,
  actions: readonly Action[],
  facts: PendingFacts,
): readonly PendingChange<TypedLine>[] {
  if (verdict.kind === "allow") return [];
  if (verdict.kind === "hold") {
    const { subject, reason } = verdict;
    const hint = holdHint(subject);
    const pending: PendingReason = waitsByItself(verdict.code)
      ? { kind: verdict.code, digest: subject, reason }
      : approvalReason(subject, reason, facts);
    return [block(pending, { ...unlessCompared(actions, facts), hint })];
  }
  const changes = linesOf(actions, facts);
  const rules = refusedRules(verdict.findings.length > 0 ? verdict.findings : findings);
  const add = limitedLines([...changes.add.lines, ...linesWithoutEffect(rules, changes.add.lines, facts)]);
  return [
    block(
      { kind: "refused", rules, reason: verdict.reason },
      { ...changes, add: { ...add, more: add.more + changes.add.more }, hint: rules[0]?.hint ?? null },
    ),
  ];
}

/**
 * Declared lines that no call would bring into effect, because the boundary or a Deny excludes them. The plan has no
 * row for such a line, although it is declared and not in effect. The line of an attached policy has no actions of its
 * own: its statements are other lines.
 */
function linesWithoutEffect(
  rules: readonly RefusedRule[],
  added: readonly TypedLine[],
  { declared, effective }: PendingFacts,
): readonly TypedLine[] {
  if (declared.kind !== "declared" || effective.kind !== "read") return [];
  const known = [...added, ...effective.permissions.lines];
  return declared.permissions.lines
    .filter((line) => line.kind === "permission" && line.actions.length > 0)
    .filter((line) => rules.some((rule) => isAt(line.place, rule)))
    .filter((line) => !known.some((other) => isPartOf(other, line)))
    .map((line) => ({
      ...line,
      details: [...line.details, "without effect: not allowed by the boundary, or denied"],
    }));
}

function isAt(place: LinePlace, { file, line }: RefusedRule): boolean {
  return place.kind === "line" && place.file === file && place.line === line;
}

function isPartOf(part: TypedLine, line: TypedLine): boolean {
  const actions = new Set(line.actions.map(namesText));
  return part.on === line.on && part.actions.some((action) => actions.has(namesText(action)));
}

function approvableChanges(plan: KeyPlan | null, facts: PendingFacts): readonly PendingChange<TypedLine>[] {
  return (plan?.approvable ?? []).map((part) => {
    const { reason, hint } = pendingPart(part, facts);
    return block(reason, { ...unlessCompared(part.actions, facts), hint });
  });
}

/** Changes that are written as soon as permitted: changes from Git, and reverts of changes made in AWS. */
function runningChanges(
  { obstacle }: KeyView,
  actions: readonly Action[],
  facts: PendingFacts,
): readonly PendingChange<TypedLine>[] {
  const { suspension, mode, isCompared } = facts;
  if (mode === "observe") {
    const observed =
      actions.length === 0 ? [] : [block({ kind: "observe-only" }, unlessCompared(actions, facts))];
    return isCompared ? [...observed, ...suspendedChanges([], facts)] : observed;
  }
  if (suspension !== undefined && isCompared) return suspendedChanges(actions, facts);
  if (suspension !== undefined)
    return actions.length === 0
      ? []
      : [block({ kind: "differs", isManaged: true }, unlessCompared(actions, facts))];
  const reasons = actions.map((action) => ({ action, reason: reasonOf(action, obstacle) }));
  const groups = Map.groupBy(reasons, ({ reason }) => JSON.stringify(reason));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { reason } = first;
    const actions = group.map(({ action }) => action);
    return [block(reason, { ...linesOf(actions, facts), hint: runningHint(reason, facts) })];
  });
}

function runningHint(reason: PendingReason, { conditions, target }: PendingFacts): string | null {
  if (reason.kind === "failed") return failureHint(conditions);
  return reason.kind === "drift" && reason.revertsAt !== null
    ? `grantkeeper suspend ${target} --for 1h --reason TEXT`
    : null;
}

/** Present even if nothing would be written now: later drift is not reverted while the suspension lasts. */
function suspendedChanges(
  actions: readonly Action[],
  facts: PendingFacts,
): readonly PendingChange<TypedLine>[] {
  const { suspension } = facts;
  if (suspension === undefined) return [];
  const { id, until, actor: by, reason } = suspension;
  const hint = `grantkeeper resume ${id} --reason TEXT`;
  return [block({ kind: "suspended", id, until, by, reason }, { ...unlessCompared(actions, facts), hint })];
}

function reasonOf({ cause, due }: Action, obstacle: KeyView["obstacle"]): PendingReason {
  if (obstacle !== null && due.kind === "now") return { kind: "failed", reason: obstacle.reason };
  const at = due.kind === "at" ? new Date(due.atMs).toISOString() : null;
  if (cause === "out-of-band") return { kind: "drift", revertsAt: at };
  return due.kind === "now" ? { kind: "applying" } : { kind: "propagation", until: at };
}

/** Changes that await an approval are withheld too: they are shown with their calls, not a second time. */
function withheldChanges(plan: KeyPlan | null): readonly PendingChange<TypedLine>[] {
  return (plan?.withheld ?? [])
    .filter(({ approval }) => approval === undefined)
    .map(({ reason, fix }) => block({ kind: "withheld", reason }, { hint: fix }));
}

function failedChanges({ conditions, failing }: PendingFacts): readonly PendingChange<TypedLine>[] {
  return recordedFailures(conditions, failing !== null).map(({ reason, hint }) =>
    block({ kind: "failed", reason }, { hint }),
  );
}

function notDeployed({ readings }: KeyView, { declared }: PendingFacts): readonly PendingChange<TypedLine>[] {
  if (readings?.function.kind !== "absent" || declared.kind !== "declared") return [];
  const callers = declared.permissions.lines.filter(({ kind }) => kind === "caller");
  return [block({ kind: "not-deployed" }, { add: limitedLines(callers) })];
}

type Changes = ChangeLines & Pick<PendingChange<TypedLine>, "settings">;

function linesOf(actions: readonly Action[], facts: PendingFacts): Changes {
  const lines = changeLines(netDelta(actions.map((action) => action.delta)), facts);
  return { ...lines, settings: distinctMembers(actions.flatMap(actionSettings)) };
}

/**
 * The permissions of a new role are no change for a function that has them by its present role: what differs is in the
 * comparison, and the new role is among the settings.
 */
function unlessCompared(actions: readonly Action[], facts: PendingFacts): Changes {
  const [first] = facts.comparisons;
  const created = actions.find(({ call }) => call === "iam:CreateRole")?.target;
  const changes = linesOf(actions, facts);
  if (created === undefined || (first?.kind !== "equal" && first?.kind !== "different")) return changes;
  const others = linesOf(
    actions.filter(({ target }) => target !== created),
    facts,
  );
  return { ...others, settings: changes.settings };
}
