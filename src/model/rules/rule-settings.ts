import { byStrictness, type DesiredProfile, type RuleSeverity } from "./guardrail-profile.ts";

/** `ESC-PassRole` belongs to the family `ESC-*`, which a profile may name instead. */
const FAMILY = "ESC-*";

/**
 * The severity of a rule where these profiles apply: of those that name it the strictest, otherwise its default. The
 * order of the profiles does not matter.
 */
export function severityIn(
  profiles: readonly DesiredProfile[],
  rule: string,
  byDefault: RuleSeverity,
): RuleSeverity {
  const [strictest] = profiles
    .flatMap((profile) => severityOf(profile, rule, byDefault))
    .toSorted(byStrictness);
  return strictest ?? byDefault;
}

/** Whether a state that breaks the rule is refused where only this profile applies. */
export function refusesIn(profile: DesiredProfile, rule: string, byDefault: RuleSeverity): boolean {
  return severityOf(profile, rule, byDefault).includes("block");
}

/** A profile that gives a rule its parameters, or that excludes waivers of it, wants it to hold. */
function severityOf(profile: DesiredProfile, rule: string, byDefault: RuleSeverity): readonly RuleSeverity[] {
  const named = namedSeverity(profile, rule);
  if (named !== undefined) return [named];
  return isUnwaivableIn(profile, rule) || hasParameters(profile, rule) ? [byDefault] : [];
}

/** The severity that a profile has for the rule, or about its family. */
export function namedSeverity(
  { rules }: Pick<DesiredProfile, "rules">,
  rule: string,
): RuleSeverity | undefined {
  return ownOf(rules, rule) ?? (isOfFamily(rule) ? ownOf(rules, FAMILY) : undefined);
}

export function isUnwaivableIn({ unwaivable }: Pick<DesiredProfile, "unwaivable">, rule: string): boolean {
  return unwaivable.includes(rule) || (isOfFamily(rule) && unwaivable.includes(FAMILY));
}

function hasParameters({ maxUntilMs, requiredAnnotations }: DesiredProfile, rule: string): boolean {
  if (rule === "EXP-100") return maxUntilMs !== null;
  return rule === "OWN-001" && requiredAnnotations.length > 0;
}

function isOfFamily(rule: string): boolean {
  return rule.startsWith("ESC-");
}

function ownOf(rules: DesiredProfile["rules"], rule: string): RuleSeverity | undefined {
  return Object.hasOwn(rules, rule) ? rules[rule] : undefined;
}
