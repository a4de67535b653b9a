import { sortedTests } from "../read/conditions.ts";
import type { ConditionTest } from "../../model/aws/policy-document.ts";
import type { Member, NormalStatement, Selector } from "../document.ts";
import { instantOf, numberText, exactNetwork, networkHolds, type Network } from "../match/values.ts";
import { findOperator, operatorParts, type Operator } from "../operators.ts";
import { structureText } from "../read/statement.ts";
import { isStoredDate } from "../match/stored-date.ts";
import { sortedSet } from "../../text/order.ts";
import {
  arnCovers,
  collapseResource,
  collapseWildcards,
  patternCovers,
  resourceCovers,
} from "../match/wildcard.ts";

/** More pairs than this in one list are not tried (twenty milliseconds): members that others cover are then kept. */
const MAX_PAIRS = 40_000;

/**
 * The second, stronger normal form of one statement as text: operators that behave identically under one name,
 * values by what they mean, members that another member of the same list covers left out.
 */
export function meaningText(member: Member): string {
  return member.kind === "opaque" ? member.structure : structureText(meaningParts(member));
}

export type MeaningParts = Parameters<typeof structureText>[0];

/** The same as parts: equal for two statements exactly if their texts are equal. */
export function meaningParts({
  effect,
  principals,
  actions,
  resources,
  conditions,
}: NormalStatement): MeaningParts {
  return {
    effect,
    principals,
    actions: absorbed(everyAction(actions), TEXTS),
    resources: resources && absorbed(resources, RESOURCES),
    conditions: sortedTests(conditions.map(meaningTest)),
  };
}

/** Each action has one colon. */
function everyAction({ negated, values }: Selector): Selector {
  return { negated, values: values.map((value) => (/^\*+:\*+$/.test(value) ? "*" : value)) };
}

interface MeaningRules {
  readonly collapse: (pattern: string) => string;
  readonly covers: (outer: string, inner: string) => boolean;
}

const TEXTS: MeaningRules = { collapse: collapseWildcards, covers: patternCovers };
const ARNS: MeaningRules = { collapse: collapseWildcards, covers: arnCovers };
const RESOURCES: MeaningRules = { collapse: collapseResource, covers: resourceCovers };

function absorbed(selector: Selector, rules: MeaningRules): Selector {
  return { negated: selector.negated, values: absorbedPatterns(selector.values, rules) };
}

/**
 * A list matches what any of its members matches, negated or not: a covered member adds nothing. Of two that cover
 * each other the first one stays.
 */
function absorbedPatterns(values: readonly string[], { collapse, covers }: MeaningRules): readonly string[] {
  const patterns = sortedSet(values.map(collapse));
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
  const rules = known?.type === "arn" ? ARNS : TEXTS;
  if (known?.pattern === true)
    return { operator, key: test.key, values: absorbedPatterns(test.values, rules) };
  return { operator, key: test.key, values: valuesInOneSpelling(test.values, base, known?.type) };
}

function valuesInOneSpelling(
  values: readonly string[],
  base: string,
  type: Operator["type"] | undefined,
): readonly string[] {
  if (type === "ip") return widestNetworks(values);
  const fold = base.endsWith("IgnoreCase") ? foldCase : type && FOLDS[type];
  return fold === undefined ? values : sortedSet(values.map(fold));
}

/** Values in one spelling where IAM compares what they mean; text that is not of the type stays. */
const FOLDS: Partial<Record<Operator["type"], (text: string) => string>> = {
  bool: foldBool,
  null: foldBool,
  numeric: foldNumber,
  date: foldDate,
};

/** Which letters beyond these IAM takes for the same is not documented. */
function foldCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function foldBool(text: string): string {
  const lower = text.toLowerCase();
  return lower === "true" || lower === "false" ? lower : text;
}

function foldNumber(text: string): string {
  return numberText(text) ?? text;
}

/**
 * An instant with its zone, or seconds of the epoch, where IAM stores it. Other forms that IAM takes stay as written:
 * a day, whose zone is not documented, and four digits, which may be a year.
 */
function foldDate(text: string): string {
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)$/.test(text);
  if (!(isInstant && isStoredDate(text)) && !/^\d{5,12}$/.test(text)) return text;
  const instantMs = instantOf(text);
  return instantMs === undefined ? text : `instant ${instantMs}`;
}

/** In one spelling, without those that lie in another one of the list. */
function widestNetworks(values: readonly string[]): readonly string[] {
  if (values.length ** 2 > MAX_PAIRS) return values;
  const networks = new Map(
    values.map((text) => {
      const network = exactNetwork(text);
      return [
        network === undefined ? text : `IPv${network.version} ${network.address} free ${network.free}`,
        network,
      ];
    }),
  );
  const isWithin = (inner: Network, outer: Network | undefined): boolean =>
    outer !== undefined && outer !== inner && networkHolds(outer, inner);
  const isWide = (network: Network | undefined): boolean =>
    network === undefined || ![...networks.values()].some((other) => isWithin(network, other));
  return [...networks]
    .filter(([, network]) => isWide(network))
    .map(([text]) => text)
    .toSorted();
}
