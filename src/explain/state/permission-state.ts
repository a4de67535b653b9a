import { homeOf } from "../../plan/render/words.ts";
import { canonicalText } from "../../model/values/digest.ts";
import type { Json } from "../../model/values/json.ts";
import type { Key } from "../../model/keys/key.ts";
import type { LiveAccount } from "../../model/live.ts";
import { lowerMode } from "../../model/rules/mode.ts";
import type { DeclaredState, EffectiveState, TypedState } from "../../model/answers/permission-state.ts";
import type { TypedLine } from "../../model/answers/permission-line.ts";
import {
  declaredNow,
  declaredState,
  compileErrorOf,
  indexOf,
  type Declaration,
  type State,
} from "./declared.ts";
import { isBinding } from "../../model/desired.ts";
import { effectivePolicy } from "./effective/effective-policy.ts";
import type { EffectiveFacts } from "./effective/effective-facts.ts";
import { roleComparison } from "./comparisons.ts";
import { differentPolicies, type PolicyViews } from "./different-policies.ts";
import { effectiveState } from "./effective/effective.ts";
import { pendingChanges, type PendingFacts } from "./pending.ts";
import {
  type ReferenceReadings,
  isReplaced,
  parseReference,
  placeName,
  referenceSource,
  type NamedReference,
  type PinnedReference,
  type ReferenceText,
  type ValueInAws,
} from "../../model/aws/reference.ts";
import { plannedActions } from "./planned-actions.ts";
import type { KeyView } from "../../model/answers/key-view.ts";
import type { ShownReference, ReferenceValueState } from "../../model/answers/shown-reference.ts";
import { byTextOf } from "../../text/order.ts";

export interface StateFacts extends Pick<
  PendingFacts,
  "target" | "view" | "mode" | "suspension" | "rejections" | "stricterHold" | "waveHold" | "conditions"
> {
  readonly key: Key;
  readonly declaration: Declaration | null;
  /** No pass has compared what the accepted revision declares: neither the key nor what it is judged by. */
  readonly isUncompared: boolean;
  /** The account as the last pass read it. */
  readonly live: LiveAccount | null;
  /** Why the last pass has no reading of the account. */
  readonly failure: string | null;
  readonly applied: State | null;
  /** Of all keys of the account, after their last passes. */
  readonly views: PolicyViews;
  readonly failing: FailingReads | null;
  /** The last reads of the values that manifests name. */
  readonly readings: ReferenceReadings;
}

/** Since when, and why, the account cannot be read. */
interface FailingReads {
  readonly since: string;
  readonly reason: string;
}

/** The declared, effective and pending permissions, computed on request from the results of the last pass. */
export function permissionState(facts: StateFacts): TypedState {
  const { key, target, declaration, view, applied, conditions, failing, suspension } = facts;
  const { rejections, stricterHold, waveHold } = facts;
  const declared = declaredState(key, declaration);
  const now = declaration === null ? null : declaredNow(key, declaration);
  const states = namingStates(now, applied);
  const effective = effectiveOf(now, facts, effectiveState);
  const names = { home: homeOf(key), names: indexOf(states) };
  const comparisons = (view?.usedRoles ?? []).map((used) => roleComparison(used, names));
  return {
    key,
    ...(isBoundary(now ?? applied) && { isBoundary: true }),
    comparisons,
    declared,
    effective,
    references: referenceStates({
      named: declaration?.compilation.namedReferences.get(key) ?? [],
      readings: facts.readings,
      applied,
    }),
    pending: [
      ...pendingChanges({
        manifestFix: declaration === null ? null : (compileErrorOf(key, declaration)?.fix ?? null),
        view,
        declared,
        effective,
        isCompared: isStateCompared(facts, now, declared),
        mode: now !== null && isBinding(now) ? lowerMode(facts.mode, now.mode) : facts.mode,
        suspension,
        rejections,
        stricterHold,
        waveHold,
        conditions,
        failing,
        ...names,
        comparisons,
        target,
        kept: view === null ? [] : keptStatements(effective, view),
      }),
      ...differentPolicies(now, facts.views),
    ],
  };
}

function isBoundary(state: State | null): boolean {
  return state !== null && !isBinding(state) && state.use === "boundary";
}

function namingStates(now: State | null, applied: State | null): EffectiveFacts["states"] {
  return [
    ...(now === null ? [] : [{ state: now, isFormer: false }]),
    ...(applied === null ? [] : [{ state: applied, isFormer: true }]),
  ];
}

/** @param evaluate the state of a function whose parts were read */
export function effectiveOf(
  now: State | null,
  { view, live, failure, failing, applied }: StateFacts,
  evaluate: (facts: EffectiveFacts) => EffectiveState<TypedLine>,
): EffectiveState<TypedLine> {
  if (view === null || live === null)
    return { kind: "unknown", reason: failing?.reason ?? failure ?? "AWS was not read yet" };
  const reference = now ?? applied;
  if (reference === null) return { kind: "unknown", reason: "nothing is declared or was applied" };
  const isInGit = now !== null || view.plan?.purpose === "undo";
  const { readAt, readings, unread } = view;
  const common = { states: namingStates(now, applied), isInGit, live, readAt, failing };
  if (!isBinding(reference)) return effectivePolicy({ ...common, reference });
  if (readings === null) return { kind: "unknown", reason: unread[0] ?? "not read since it was declared" };
  return evaluate({ ...common, reference, readings, unread });
}

/** True if the last pass compared with the state that the accepted revision declares now. */
export function isStateCompared(
  { view, isUncompared }: Pick<StateFacts, "view" | "isUncompared">,
  now: State | null,
  { kind }: DeclaredState<TypedLine>,
): boolean {
  if (view === null || isUncompared) return false;
  if (now === null) return kind === "broken" || view.plan === null || view.plan.purpose !== "converge";
  if (view.desired === null) return false;
  if (view.desired === now) return true;
  return canonicalText(view.desired as unknown as Json) === canonicalText(now as unknown as Json);
}

/** Undeclared statements that no action removes, with or without approval. */
function keptStatements(effective: EffectiveState<TypedLine>, { plan, undo }: KeyView): readonly string[] {
  if (effective.kind !== "read") return [];
  const removed = new Set(
    plannedActions({ plan, undo })
      .filter(({ call }) => call === "lambda:RemovePermission")
      .map(({ input }) => input["StatementId"]),
  );
  const sids = effective.permissions.lines.flatMap((line) => sidOf(line));
  return [...new Set(sids)].filter((sid) => !removed.has(sid));
}

function sidOf({ place }: TypedLine): readonly string[] {
  return place.kind === "statement" ? [place.sid ?? ""] : [];
}

interface ReferenceFacts {
  /** Of the accepted manifest. */
  readonly named: readonly NamedReference[];
  readonly readings: ReferenceReadings;
  readonly applied: State | null;
}

/**
 * Each value in AWS that the manifest names, once, sorted, next to the one that was applied.
 */
export function referenceStates({ named, readings, applied }: ReferenceFacts): readonly ShownReference[] {
  const pinned = new Map(pinnedOf(applied).map((one) => [one.text, one]));
  const byText = Map.groupBy(named, ({ text }) => text);
  return [...byText.entries()]
    .map(([text, uses]) => ({
      text,
      source: sourceOf(text),
      ...stateOf(uses, readings, pinned.get(text) ?? null),
    }))
    .sort(byTextOf(({ text }) => text));
}

function pinnedOf(applied: State | null): readonly PinnedReference[] {
  return applied !== null && isBinding(applied) ? (applied.references ?? []) : [];
}

function sourceOf(text: ReferenceText): string {
  const reference = parseReference(text);
  return reference === undefined ? text : referenceSource(reference);
}

/** The last read may be newer than the compilation, which follows it within seconds. */
function stateOf(
  uses: readonly NamedReference[],
  readings: ReferenceReadings,
  applied: PinnedReference | null,
): ReferenceValueState {
  const pinned = applied?.value ?? null;
  const [use] = uses;
  const reading = use === undefined ? undefined : readings.get(placeName(use));
  if (reading === undefined) return { kind: "unresolved", reason: "it was not read yet", pinned };
  if (reading.kind === "unusable") return { kind: "unresolved", reason: reading.reason, pinned };
  const { value } = reading;
  const problem = uses.find((one) => isAbout(one, value))?.problem ?? null;
  if (problem !== null) return { kind: "unresolved", reason: problem.message, pinned };
  const read = { value, ...stackOf(reading), readAt: new Date(reading.readAtMs).toISOString() };
  if (applied === null) return { kind: "new", ...read };
  if (applied.value === value && !isReplaced(applied, reading)) return { kind: "pinned", ...read };
  const { stackId } = applied;
  return {
    kind: "changed",
    ...read,
    pinned: applied.value,
    ...(stackId !== undefined && { pinnedStackId: stackId }),
  };
}

function stackOf({ stackId }: ValueInAws): Pick<ValueInAws, "stackId"> {
  return stackId === undefined ? {} : { stackId };
}

/** A value that can't be used in its field: the problem is that of the value that was read last. */
function isAbout({ reading, problem }: NamedReference, value: string): boolean {
  return problem !== null && reading?.kind === "value" && reading.value === value;
}
