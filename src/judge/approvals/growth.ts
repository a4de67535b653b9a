import { driftOf, sortedDrifts } from "../../diff/drift/drift.ts";
import type { DiffContext, KeyComparison } from "../../diff/drift/context.ts";
import type { ActionData } from "../../iam/action-data.ts";
import { isServicePattern, serviceOf } from "../../iam/compare/expansion.ts";
import { collapseWildcards } from "../../iam/match/wildcard.ts";
import { NO_DELTA } from "../../model/delta.ts";
import { type DesiredTarget, isBinding, type CompiledStatement } from "../../model/desired.ts";
import type { Statement } from "../../model/aws/policy-document.ts";
import type { MatchedActions } from "../../model/keys/key-record.ts";
import { withDigest, type KeyPlan } from "../../model/plan.ts";
import type { Origin } from "../../model/values/origin.ts";
import { toList } from "../../text/json-values.ts";
import { byTextOf, sortedSet } from "../../text/order.ts";
import { grownText } from "../../plan/render/words.ts";

type PublishedActions = Pick<ActionData, "actionNames" | "expand" | "snapshotDate">;
interface ComparedPlan {
  readonly comparison: Extract<KeyComparison, { readonly kind: "compared" }>;
  readonly plan: KeyPlan;
}

interface DeclaredPattern {
  readonly text: string;
  /** False for `NotAction` and for a pattern over several services. */
  readonly isOfOneService: boolean;
  readonly origin: Origin;
}

/** By pattern in one spelling. */
type DeclaredPatterns = ReadonlyMap<string, DeclaredPattern>;

const NONE: MatchedActions = Object.freeze({});

/**
 * The actions that each pattern of the state counts as approved: those of the record, and for a new pattern all that it
 * matches today, except what AWS added to an earlier pattern without an approval. So a pattern that is written otherwise
 * or narrower approves nothing.
 */
export function matchedActions(
  state: DesiredTarget,
  recorded: MatchedActions | undefined,
  data: PublishedActions,
): MatchedActions {
  return matchedBy(patternsOf(state), recorded ?? NONE, data);
}

function matchedBy(
  patterns: DeclaredPatterns,
  recorded: MatchedActions,
  data: PublishedActions,
): MatchedActions {
  if (patterns.size === 0) return NONE;
  const unapproved = new Set(
    Object.entries(recorded).flatMap(([pattern, known]) => furtherActions(pattern, known, data)),
  );
  const matched = [...patterns].flatMap(([pattern, { isOfOneService }]) => {
    const known = Object.hasOwn(recorded, pattern) ? recorded[pattern] : undefined;
    if (known !== undefined) return [[pattern, known] as const];
    // Without the data of the service nothing is known of the pattern.
    if (isOfOneService && data.actionNames(serviceOf(pattern)).length === 0) return [];
    return [[pattern, actionsToday(pattern, data).filter((action) => !unapproved.has(action))] as const];
  });
  return Object.fromEntries(matched);
}

/**
 * The plan with what AWS's new actions add to the declared patterns. AWS allows them already and no call takes them
 * back, so they are a difference that AWS made, and part of what an approval of the plan covers.
 */
export function withGrowth<T extends ComparedPlan>(
  planned: T,
  { state, context }: { readonly state: DesiredTarget; readonly context: DiffContext },
  data: PublishedActions,
): T {
  const patterns = patternsOf(state);
  if (patterns.size === 0) return planned;
  const matched = matchedBy(patterns, context.record?.matchedActions ?? NONE, data);
  const grown = Object.entries(matched).flatMap(([pattern, known]) => {
    const actions = furtherActions(pattern, known, data);
    const declared = patterns.get(pattern);
    return actions.length === 0 || declared === undefined ? [] : [{ declared, actions }];
  });
  if (grown.length === 0) return planned;
  const shown = grown
    .map(({ declared, actions }) => ({ pattern: declared.text, actions }))
    .toSorted(byTextOf(({ pattern }) => pattern));
  const drifts = grown.map(({ declared, actions }) =>
    driftOf(state.key, grownDifference(state, declared, actions), context),
  );
  const { plan, comparison } = planned;
  return {
    ...planned,
    comparison: {
      ...comparison,
      drifts: sortedDrifts([...comparison.drifts, ...drifts]),
      notes: [...comparison.notes, ...shown.map(grownText)],
    },
    plan: withDigest({ ...plan, grown: shown }),
  };
}

function grownDifference(
  state: DesiredTarget,
  { text, origin }: DeclaredPattern,
  actions: readonly string[],
) {
  return {
    subject: isBinding(state) ? state.role.arn : state.arn,
    change: { kind: "actions-grown", pattern: text, actions },
    tier: "security",
    live: actions.join(", "),
    desired: null,
    delta: NO_DELTA,
    origin,
    unchangedInGit: true,
  } as const;
}

function furtherActions(
  pattern: string,
  known: readonly string[],
  data: PublishedActions,
): readonly string[] {
  if (!isServicePattern(pattern)) return actionsToday(pattern, data).filter((today) => isLater(today, known));
  const before = new Set(known.map((action) => action.toLowerCase()));
  return actionsToday(pattern, data).filter((action) => !before.has(action.toLowerCase()));
}

/**
 * Of a pattern over services the data holds the loaded ones alone, so its actions have no names: each new version of the data
 * counts as one new action.
 */
function actionsToday(pattern: string, data: PublishedActions): readonly string[] {
  if (isServicePattern(pattern)) return data.expand(pattern);
  return [`any of its actions that are new in AWS's data of ${data.snapshotDate}`];
}

/** The texts differ only in the day of the data: an earlier version of Grantkeeper has nothing new. */
function isLater(today: string, known: readonly string[]): boolean {
  return known.every((earlier) => earlier < today);
}

/** A boundary grants nothing, and a Deny may grow. */
function patternsOf(state: DesiredTarget): DeclaredPatterns {
  const patterns = new Map<string, DeclaredPattern>();
  for (const { statement, origin } of statementsOf(state)) {
    if (statement.Effect !== "Allow") continue;
    for (const text of patternsIn(statement)) {
      const spelled = collapseWildcards(text).toLowerCase();
      const isOfOneService = isServicePattern(text);
      if (!patterns.has(spelled)) patterns.set(spelled, { text, isOfOneService, origin });
    }
  }
  return patterns;
}

function patternsIn({ Action, NotAction }: Statement): readonly string[] {
  if (NotAction !== undefined)
    return [`NotAction ${sortedSet(toList(NotAction).map((name) => name.toLowerCase())).join(", ")}`];
  return Action === undefined ? [] : toList(Action).filter((action) => /[*?]/.test(action));
}

function statementsOf(state: DesiredTarget): readonly CompiledStatement[] {
  if (isBinding(state)) return state.role.inline.statements;
  return state.use === "boundary" ? [] : state.document.statements;
}
