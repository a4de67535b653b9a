import { isAssistants } from "../../model/authors.ts";
import { type DesiredTarget, isBinding } from "../../model/desired.ts";
import {
  byStrictness,
  type DesiredProfile,
  type NewAccessApproval,
  type RuleSeverity,
} from "../../model/rules/guardrail-profile.ts";
import { isUnwaivableIn, refusesIn, severityIn } from "../../model/rules/rule-settings.ts";
import { selects } from "../../model/rules/selects.ts";
import type { GuardContext } from "./context.ts";

export type ProfileContext = Pick<GuardContext, "desired" | "authors"> & {
  readonly index: Pick<GuardContext["index"], "usersByPolicy">;
};

/** The profiles that apply in one place: to a function, or to a policy itself. */
type ProfilesInPlace = readonly DesiredProfile[];

/**
 * The profiles of the platform that select the object itself; sorted by name. Those for assistants apply only while a change
 * of an assistant is not applied.
 */
export function ownProfiles(state: DesiredTarget, context: Omit<ProfileContext, "index">): ProfilesInPlace {
  return selecting(state, context, isByAssistant(state, context));
}

function isByAssistant({ key }: DesiredTarget, { authors }: Pick<ProfileContext, "authors">): boolean {
  const found = authors.get(key);
  return found !== undefined && isAssistants(found);
}

function selecting(
  state: DesiredTarget,
  { desired }: Pick<ProfileContext, "desired">,
  byAssistant: boolean,
): ProfilesInPlace {
  if (desired.profiles.length === 0) return [];
  const { namespace, labels } = state;
  const account = desired.accounts.get(state.accountId)?.name ?? "";
  return desired.profiles.filter(
    ({ agent, selector }) => (byAssistant || !agent) && selects(selector, { namespace, labels, account }),
  );
}

/**
 * Where the object has effect: a policy also in each function that attaches it, so that a permission is judged by the
 * same rules in both documents.
 */
function scopesOf(state: DesiredTarget, context: ProfileContext): readonly ProfilesInPlace[] {
  const own = ownProfiles(state, context);
  if (isBinding(state) || context.desired.profiles.length === 0) return [own];
  const users = context.index.usersByPolicy.get(state.key) ?? [];
  // Thousands of functions may attach the policy, and a few profiles apply to all of them.
  const byAssistant = isByAssistant(state, context);
  const scopes = new Map(
    [own, ...users.map((user) => selecting(user, context, byAssistant))].map((scope) => [
      nameOf(scope),
      scope,
    ]),
  );
  return [...scopes.values()];
}

function nameOf(scope: ProfilesInPlace): string {
  return scope.map(({ name }) => name).join(" ");
}

/** The profiles that refuse an object for this rule; in the order of `desired.profiles`. */
export function refusingProfiles(
  state: DesiredTarget,
  { rule, byDefault }: { readonly rule: string; readonly byDefault: RuleSeverity },
  context: ProfileContext,
): readonly DesiredProfile[] {
  const applying = new Set(scopesOf(state, context).flat());
  return context.desired.profiles.filter(
    (profile) => applying.has(profile) && refusesIn(profile, rule, byDefault),
  );
}

/** What the profiles make of the rules for one object. */
export interface RuleSettings {
  readonly severityOf: (rule: string, byDefault: RuleSeverity) => RuleSeverity;
  readonly isUnwaivable: (rule: string) => boolean;
}

/** In several scopes the strictest severity counts. */
export function ruleSettings(state: DesiredTarget, context: ProfileContext): RuleSettings {
  const scopes = scopesOf(state, context);
  return {
    severityOf: (rule, byDefault) =>
      scopes.map((scope) => severityIn(scope, rule, byDefault)).toSorted(byStrictness)[0] ?? byDefault,
    isUnwaivable: (rule) => scopes.flat().some((profile) => isUnwaivableIn(profile, rule)),
  };
}

/** The profile with the shortest maximum for `until`; null: none has one. */
export function shortestUntil(state: DesiredTarget, context: ProfileContext): DesiredProfile | null {
  const limiting = scopesOf(state, context)
    .flat()
    .filter(({ maxUntilMs }) => maxUntilMs !== null)
    .toSorted((a, b) => Number(a.maxUntilMs) - Number(b.maxUntilMs));
  return limiting[0] ?? null;
}

/** What the profiles ask of a change of the object that grants something new. */
export function newAccessApprovals(
  state: DesiredTarget,
  context: ProfileContext,
): readonly NewAccessApproval[] {
  return scopesOf(state, context)
    .flat()
    .flatMap(({ newAccessApproval }) => newAccessApproval ?? []);
}
