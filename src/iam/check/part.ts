import type { ValuePath } from "../../text/located/value-path.ts";
import { lowerCase } from "../lower-case.ts";
import { PLAIN_DOLLAR } from "../match/wildcard.ts";
import { withActions, withResources, type StatementScope, type OwnScope } from "./statement-scope.ts";
import type { CheckedStatement, LocatedString } from "./statement.ts";

/** What a verdict is about: an entire statement, one of its actions, one of its resources. */
interface JudgedPart<Verdict> {
  readonly steps: ValuePath;
  /** `this statement`, `"s3:GetObject"`. */
  readonly what: string;
  readonly verdict: Verdict;
}

interface PartVerdicts<Verdict> {
  readonly parts: readonly JudgedPart<Verdict>[];
  /** What is left of the scope without these parts; null when nothing is. */
  readonly rest: OwnScope | null;
}

/** `rest` is the same scope without the part, null where the part is all of it. */
type Judge<Verdict> = (part: StatementScope, rest: StatementScope | null) => Verdict | undefined;

/**
 * Judges the complete subject, and where that has no verdict each action, then each resource, the last first: what was found
 * counts as gone for what follows, so that of two parts that make each other needless one stays.
 */
export function judgeParts<Verdict>(
  scope: OwnScope,
  statement: CheckedStatement,
  judge: Judge<Verdict>,
): PartVerdicts<Verdict> {
  const ofStatement = judge(scope, null);
  if (ofStatement !== undefined)
    return { parts: [{ steps: scope.steps, what: statement.name, verdict: ofStatement }], rest: null };
  const ofActions = judgeMembers(scope, judge, {
    values: (of) => (of.actions.negated ? [] : of.actions.values),
    replace: withActions,
    located: statement.actions,
    fold: lowerCase,
  });
  const ofResources = judgeMembers(ofActions.rest, judge, {
    values: (of) => (of.resources.negated ? [] : of.resources.values),
    replace: withResources,
    located: statement.resources,
    fold: (text) => text.replaceAll("${", PLAIN_DOLLAR),
  });
  return { parts: [...ofActions.parts, ...ofResources.parts], rest: ofResources.rest };
}

interface Members {
  readonly values: (scope: StatementScope) => readonly string[];
  readonly replace: (scope: OwnScope, values: readonly string[]) => OwnScope;
  readonly located: readonly LocatedString[];
  /** From what is written to what is compared. */
  readonly fold: (text: string) => string;
}

function judgeMembers<Verdict>(
  scope: OwnScope,
  judge: Judge<Verdict>,
  { values, replace, located, fold }: Members,
): { readonly parts: readonly JudgedPart<Verdict>[]; readonly rest: OwnScope } {
  const parts: JudgedPart<Verdict>[] = [];
  let rest = scope;
  for (const value of values(scope).toReversed()) {
    const others = values(rest).filter((other) => other !== value);
    if (others.length === 0) break;
    const without = replace(rest, others);
    const verdict = judge(replace(rest, [value]), without);
    if (verdict === undefined) continue;
    const found = located.find(({ text }) => text === value || fold(text) === value);
    parts.push({ steps: found?.steps ?? scope.steps, what: `"${found?.text ?? value}"`, verdict });
    rest = without;
  }
  return { parts, rest };
}
