import { getOrAdd } from "../model/values/lists.ts";
import { type DesiredBinding, type DesiredPolicy, isBinding } from "../model/desired.ts";
import type { Finding, WaiverState } from "../model/finding.ts";
import type { RuleSeverity } from "../model/rules/guardrail-profile.ts";
import { UNWAIVABLE_RULES } from "../model/rules/guard-rules.ts";
import { withTemplatePlace } from "../model/values/origin.ts";
import { complete, type Steps } from "../model/values/steps.ts";
import { byKey } from "../text/order.ts";
import type { GuardContext } from "./context/context.ts";
import { breachesInRoles, breachesOfRole, type RuleBreach } from "./in-roles.ts";
import { ruleSettings, type RuleSettings } from "./context/profile-scopes.ts";
import type { Breach, Rule } from "./rules/breach.ts";
import type { Remedy } from "./rules/remedy.ts";
import { RULES } from "./table.ts";
import { sharedWaiverState, waiverState } from "./waive.ts";

/**
 * Every rule that the state breaks, with the waivers applied, by rule, place and evidence; each once. A ManagedPolicy is
 * judged in the roles that attach it, since it is written before them.
 */
export function judgeDesired(
  subject: DesiredBinding | DesiredPolicy,
  context: GuardContext,
): readonly Finding[] {
  return complete(judgeDesiredSteps(subject, context));
}

/** The same with a pause after each role that attaches the policy. */
export function* judgeDesiredSteps(
  subject: DesiredBinding | DesiredPolicy,
  context: GuardContext,
): Steps<readonly Finding[]> {
  return findingsOf(subject, yield* breachesOf(subject, context), context);
}

/** A finding with the one change of its manifest that ends it. */
export interface RemediedFinding {
  readonly finding: Finding;
  readonly remedy: Remedy;
}

/** The findings that exactly one change ends. */
export function remediesOf(
  subject: DesiredBinding | DesiredPolicy,
  context: GuardContext,
): readonly RemediedFinding[] {
  const judged = judgedBreaches(subject, complete(breachesOf(subject, context)), context);
  return judged.flatMap(({ finding, remedy }) => (remedy === null ? [] : [{ finding, remedy }]));
}

export interface FindingsByStandard {
  readonly findings: readonly Finding[];
  readonly formerFindings: readonly Finding[];
}

/**
 * By the present standard and by a former one, which differ in severities and in what profiles ask. So a binding's
 * documents are judged once. The waivers of a ManagedPolicy's users depend on the profiles: it is judged twice.
 */
export function* judgeByStandardsSteps(
  subject: DesiredBinding | DesiredPolicy,
  now: GuardContext,
  former: GuardContext,
): Steps<FindingsByStandard> {
  const breaches = yield* breachesOf(subject, now);
  const findings = findingsOf(subject, breaches, now);
  if (!isBinding(subject)) return { findings, formerFindings: yield* judgeDesiredSteps(subject, former) };
  const same = breaches.filter(({ rule }) => !rule.readsProfiles);
  const others = bindingBreaches(subject, former, READING_PROFILES);
  return { findings, formerFindings: findingsOf(subject, [...same, ...others], former) };
}

const READING_PROFILES = RULES.filter(({ readsProfiles }) => readsProfiles);

function findingsOf(
  subject: DesiredBinding | DesiredPolicy,
  breaches: readonly RuleBreach[],
  context: GuardContext,
): readonly Finding[] {
  return judgedBreaches(subject, breaches, context).map(({ finding }) => finding);
}

interface JudgedBreach {
  readonly finding: Finding;
  readonly remedy: Remedy | null;
}

function judgedBreaches(
  subject: DesiredBinding | DesiredPolicy,
  breaches: readonly RuleBreach[],
  context: GuardContext,
): readonly JudgedBreach[] {
  if (breaches.length === 0) return [];
  const settings = ruleSettings(subject, context);
  const waiverOf = rememberedWaivers(subject, settings, context);
  const byOrder = new Map<string, JudgedBreach>();
  for (const { rule, breach } of breaches) {
    const { severity: extent, remedy = null, ...found } = breach;
    const severity = settings.severityOf(breach.rule, defaultOf(rule, context));
    if (severity === "off") continue;
    const finding: Finding = {
      ...found,
      // `validate` reports findings at a place: one without a statement of its own is about the document.
      origin: found.origin ?? subject.origin,
      why: withTemplatePlace(found.why, found.origin?.template),
      // A rule that is a warning by default has no lesser breach.
      severity: extent === "full" || rule.severity === "warn" ? severity : "warn",
      key: subject.key,
      waiver: waiverOf(breach.rule),
    };
    byOrder.set(orderOf(finding), { finding, remedy });
  }
  return [...byOrder].sort(byKey).map(([, judged]) => judged);
}

function defaultOf({ id, severity }: Rule, { defaults }: GuardContext): RuleSeverity {
  return defaults !== null && Object.hasOwn(defaults, id) ? (defaults[id] ?? severity) : severity;
}

/** Ids of the rules that need the live account. */
export function rulesSkippedOffline(): readonly string[] {
  return RULES.filter((rule) => rule.needsLive).map((rule) => rule.id);
}

function* breachesOf(
  subject: DesiredBinding | DesiredPolicy,
  context: GuardContext,
): Steps<readonly RuleBreach[]> {
  if (isBinding(subject))
    return [...bindingBreaches(subject, context, RULES), ...breachesOfRole(subject, context)];
  const own = RULES.flatMap((rule) => withRule(rule, rule.judgePolicy?.(subject, context)));
  return [...own, ...(yield* breachesInRoles(subject, context))];
}

function bindingBreaches(
  binding: DesiredBinding,
  context: GuardContext,
  rules: readonly Rule[],
): readonly RuleBreach[] {
  const breaches: RuleBreach[] = [];
  for (const rule of rules) {
    const found = rule.judgeBinding?.(binding, context);
    if (found !== undefined && found.length > 0) breaches.push(...withRule(rule, found));
  }
  return breaches;
}

function withRule(rule: Rule, breaches: readonly Breach[] = []): readonly RuleBreach[] {
  return breaches.map((breach) => ({ rule, breach }));
}

/**
 * Asked once for each rule: thousands of breaches of one policy have the same answer, which needs a look at each of its
 * users. Of subjects with few breaches no gain was measured.
 */
function rememberedWaivers(
  subject: DesiredBinding | DesiredPolicy,
  { isUnwaivable }: RuleSettings,
  context: GuardContext,
): (rule: string) => WaiverState {
  const byRule = new Map<string, WaiverState>();
  return (rule) =>
    getOrAdd(byRule, rule, () => (isUnwaivable(rule) ? { kind: "none" } : waiverOf(rule, subject, context)));
}

function waiverOf(rule: string, subject: DesiredBinding | DesiredPolicy, context: GuardContext): WaiverState {
  if (UNWAIVABLE_RULES.has(rule)) return { kind: "none" };
  if (isBinding(subject)) return waiverState(rule, subject.key, context);
  const users = context.index.usersByPolicy.get(subject.key) ?? [];
  return sharedWaiverState(
    rule,
    users.map(({ key }) => key),
    context,
  );
}

function orderOf({ rule, origin, evidence, why }: Finding): string {
  const place = origin === null ? ["", 0, 0] : [origin.file, origin.line, origin.column];
  const [file, ...numbers] = place;
  return JSON.stringify([rule, file, ...numbers.map((each) => String(each).padStart(9, "0")), evidence, why]);
}
