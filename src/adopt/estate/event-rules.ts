import type { Member } from "../../iam/document.ts";
import { arnMatches, compileArn } from "../../iam/match/arn-pattern.ts";
import { matchesPattern } from "../../iam/match/wildcard.ts";
import { readDocument } from "../../iam/read/parse.ts";
import { arnParts } from "../../model/aws/arn.ts";
import type { ConditionTest } from "../../model/aws/policy-document.ts";
import { sortedSet } from "../../text/order.ts";
import { notCalled, type Estate, type EstateFunction, type EstatePart, type Unread } from "./estate.ts";

export const RULES_NOT_ASKED: Unread = notCalled("events:ListRuleNamesByTarget");

export function rulesOfTarget(
  { eventRules }: Pick<Estate, "eventRules">,
  targetArn: string,
): EstatePart<readonly string[]> {
  if (eventRules.kind === "unknown") return eventRules;
  return eventRules.value.get(targetArn) ?? RULES_NOT_ASKED;
}

/** A target of rules: the function, or one of its aliases. */
export function targetArn(functionArn: string, qualifier: string | null): string {
  return qualifier === null ? functionArn : `${functionArn}:${qualifier}`;
}

/** The test of a statement that lets any rule of EventBridge call the function whose ARN matches a pattern; null: it has none. */
export function ruleTest(member: Member): ConditionTest | null {
  if (member.kind === "opaque") return null;
  const [test, ...others] = member.conditions.filter(({ key }) => key === "aws:sourcearn");
  if (test === undefined || others.length > 0 || !PATTERN_OPERATORS.has(test.operator)) return null;
  return test.values.some(isRulePattern) ? test : null;
}

/** Whether the rule passes the test. */
export function matchesRule({ operator, values }: ConditionTest, ruleArn: string): boolean {
  return values.some((pattern) =>
    operator === "StringLike"
      ? matchesPattern(pattern, ruleArn)
      : arnMatches(compileArn(pattern) ?? [], ruleArn),
  );
}

const PATTERN_OPERATORS: ReadonlySet<string> = new Set(["ArnEquals", "ArnLike", "StringLike"]);

function isRulePattern(value: string): boolean {
  return arnParts(value).service === "events" && /[*?]/.test(value);
}

/** The targets whose rules a report lists, sorted. */
export function ruleTargets({
  account: { id, partition },
  functions,
}: Pick<Estate, "account"> & {
  readonly functions: readonly Pick<EstateFunction, "arn" | "policies">[];
}): readonly string[] {
  const context = { dialect: "resource", partition, accountId: id } as const;
  const targets = functions.flatMap(({ arn, policies }) =>
    [...policies].flatMap(([qualifier, policy]) => {
      if (policy.kind === "unknown" || policy.value === null) return [];
      const parsed = readDocument(policy.value.text, context);
      const members = parsed.kind === "parsed" ? parsed.document.members : [];
      const hasPattern = members.some((member) => ruleTest(member) !== null);
      return hasPattern ? [targetArn(arn, qualifier === "" ? null : qualifier)] : [];
    }),
  );
  return sortedSet(targets);
}
