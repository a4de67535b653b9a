import type { DesiredBinding, DesiredPolicy } from "../model/desired.ts";
import type { Finding, WaiverState } from "../model/finding.ts";
import { UNWAIVABLE_RULES } from "../model/guard-rules.ts";
import type { GuardContext } from "./context.ts";
import { usersOf } from "./effective-role.ts";
import type { Breach, Rule } from "./rules/rule.ts";
import { RULES } from "./rules/table.ts";
import { sharedWaiverState, waiverState } from "./waive.ts";

/**
 * Every rule that the state breaks, with the waivers applied, by rule, place and evidence; each once. A ManagedPolicy
 * answers for what its document brings about in the roles that attach it, since it is written before them.
 */
export function judgeDesired(
  subject: DesiredBinding | DesiredPolicy,
  context: GuardContext,
): readonly Finding[] {
  const findings = RULES.flatMap((rule) =>
    breachesOf(subject, rule, context).map((breach) => toFinding(subject, rule, breach, context)),
  );
  const byOrder = new Map(findings.map((finding) => [orderOf(finding), finding]));
  return [...byOrder].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, finding]) => finding);
}

/** Ids of the rules that need the account as it is. */
export function notJudgedOffline(): readonly string[] {
  return RULES.filter((rule) => rule.needsLive).map((rule) => rule.id);
}

function breachesOf(
  subject: DesiredBinding | DesiredPolicy,
  rule: Rule,
  context: GuardContext,
): readonly Breach[] {
  if ("functionName" in subject) return rule.judgeBinding?.(subject, context) ?? [];
  return rule.judgePolicy?.(subject, context) ?? [];
}

function toFinding(
  subject: DesiredBinding | DesiredPolicy,
  { severity }: Rule,
  breach: Breach,
  context: GuardContext,
): Finding {
  const { rule, origin, evidence, why, mend } = breach;
  const { key } = subject;
  const isWaivable = !UNWAIVABLE_RULES.has(rule);
  const waiver = isWaivable ? waiverOf(rule, subject, context) : ({ kind: "none" } as const);
  return {
    rule,
    severity: breach.severity === "full" ? severity : "warn",
    key,
    origin,
    evidence,
    why,
    mend,
    waiver,
  };
}

function waiverOf(rule: string, subject: DesiredBinding | DesiredPolicy, context: GuardContext): WaiverState {
  if ("functionName" in subject) return waiverState(rule, subject.key, context);
  const users = usersOf(subject, context).map(({ key }) => key);
  return sharedWaiverState(rule, users, context);
}

function orderOf({ rule, origin, evidence, why }: Finding): string {
  const place = origin === null ? ["", 0, 0] : [origin.file, origin.line, origin.column];
  const [file, ...numbers] = place;
  return JSON.stringify([rule, file, ...numbers.map((each) => String(each).padStart(9, "0")), evidence, why]);
}
