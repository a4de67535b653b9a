import { sortedTests } from "./conditions.ts";
import type { ConditionTest, Member, Selector } from "./document.ts";
import { findOperator, operatorParts, type Operator } from "./operators.ts";
import { structureText } from "./statement.ts";
import { sortedSet } from "./text.ts";
import { arnCovers, collapseWildcards, patternCovers, resourceCovers } from "./wildcard.ts";

/** More pairs than this are not tried: members that others cover are then kept. */
const MAX_PAIRS = 1_000_000;

/**
 * The second, stronger normal form of one statement as text: operators that behave identically under one name,
 * values by what they stand for, members that another member of the same list covers left out.
 */
export function meaningText(member: Member): string {
  if (member.kind === "opaque") return member.structure;
  return structureText({
    effect: member.effect,
    principals: member.principals,
    actions: absorbed(member.actions, patternCovers),
    resources: member.resources && absorbed(member.resources, resourceCovers),
    conditions: sortedTests(member.conditions.map(meaningTest)),
  });
}

type Covers = (outer: string, inner: string) => boolean;

function absorbed(selector: Selector, covers: Covers): Selector {
  return { negated: selector.negated, values: absorbedPatterns(selector.values, covers) };
}

/**
 * A list matches what any of its members matches, negated or not: a covered member adds nothing. Of two that cover
 * each other the first one stays.
 */
function absorbedPatterns(values: readonly string[], covers: Covers): readonly string[] {
  const patterns = sortedSet(values.map(collapseWildcards));
  const wide = patterns.filter((pattern) => /[*?]/.test(pattern));
  if (wide.length * patterns.length > MAX_PAIRS) return patterns;
  const absorbs = (outer: string, inner: string): boolean =>
    outer !== inner && covers(outer, inner) && (outer < inner || !covers(inner, outer));
  return patterns.filter((inner) => !wide.some((outer) => absorbs(outer, inner)));
}

const SAME_OPERATOR: ReadonlyMap<string, string> = new Map([
  ["ArnEquals", "ArnLike"],
  ["ArnNotEquals", "ArnNotLike"],
]);

function meaningTest(test: ConditionTest): ConditionTest {
  const { quantifier, base, suffix } = operatorParts(test.operator);
  const known = findOperator(test.operator);
  const operator = `${quantifier}${SAME_OPERATOR.get(base) ?? base}${suffix}`;
  const covers = known?.type === "arn" ? arnCovers : patternCovers;
  if (known?.pattern === true)
    return { operator, key: test.key, values: absorbedPatterns(test.values, covers) };
  const fold = known === undefined ? undefined : FOLDS[known.type];
  return {
    operator,
    key: test.key,
    values: fold === undefined ? test.values : sortedSet(test.values.map(fold)),
  };
}

/** Values in one spelling where IAM compares what they stand for; text that is none of the type stays. */
const FOLDS: Partial<Record<Operator["type"], (text: string) => string>> = {
  bool: foldBool,
  null: foldBool,
  numeric: foldNumber,
  date: foldDate,
};

function foldBool(text: string): string {
  const lower = text.toLowerCase();
  return lower === "true" || lower === "false" ? lower : text;
}

/** Only what JavaScript reads exactly: more than 15 digits are left as written. */
function foldNumber(text: string): string {
  return /^-?\d{1,15}(\.\d{1,6})?$/.test(text) && text.length <= 16 ? String(Number(text)) : text;
}

/** An instant with its zone as UTC; other forms that IAM takes (a day, seconds of the epoch) stay as written. */
function foldDate(text: string): string {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/.test(text)) return text;
  const instantMs = Date.parse(text);
  return Number.isNaN(instantMs) ? text : `instant ${instantMs}`;
}
