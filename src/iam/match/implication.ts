import type { ConditionTest } from "../../model/aws/policy-document.ts";
import { findOperator } from "../operators.ts";
import { oppositeForm, testForm, type JudgedValues, type TestForm } from "./test-form.ts";
import { lacksEmptyText, matchesSomething, valuesApart, valuesWithin } from "./value-sets.ts";

/** True only when every request that passes `inner` passes `outer`. */
export function conditionsImply(inner: readonly ConditionTest[], outer: readonly ConditionTest[]): boolean {
  return outer.every((wanted) => alwaysHolds(wanted) || inner.some((given) => testImplies(given, wanted)));
}

/** True only when no request passes both. */
export function conditionsExclude(a: readonly ConditionTest[], b: readonly ConditionTest[]): boolean {
  return a.some((test) => b.some((other) => testsExclude(test, other)));
}

/** True only when some request passes all: a value passes each test, no two of which are of one key. */
export function isSatisfiable(tests: readonly ConditionTest[]): boolean {
  if (new Set(tests.map((test) => test.key)).size < tests.length) return false;
  return tests.every((test) => {
    const { present } = testForm(test);
    if (typeof present === "boolean") return present;
    return !present.negated && matchesSomething(present.set);
  });
}

function testImplies(given: ConditionTest, wanted: ConditionTest): boolean {
  if (given.key !== wanted.key) return false;
  if (given.operator === wanted.operator && sameMembers(given.values, wanted.values)) return true;
  // It is not documented whether "not" holds where a variable has no value.
  const isNegated = findOperator(wanted.operator)?.negated === true;
  if (isNegated && wanted.values.some((value) => value.includes("${"))) return false;
  return formImplies(testForm(given), testForm(wanted));
}

function testsExclude(a: ConditionTest, b: ConditionTest): boolean {
  if (a.key !== b.key) return false;
  const [left, right] = [testForm(a), testForm(b)];
  return formImplies(left, oppositeForm(right)) || formImplies(right, oppositeForm(left));
}

function alwaysHolds(test: ConditionTest): boolean {
  const { absent, empty, present } = testForm(test);
  return absent && empty === true && present === true;
}

/** What `given` lets through, `wanted` must let through as well: without a value, with empty ones, with others. */
function formImplies(given: TestForm, wanted: TestForm): boolean {
  if (given.absent && !wanted.absent) return false;
  return presentImplies(given.present, wanted.present) && emptyImplies(given, wanted);
}

function presentImplies(given: TestForm["present"], wanted: TestForm["present"]): boolean {
  if (given === false || wanted === true) return true;
  if (given === true || wanted === false) return typeof given !== "boolean" && matchesNothing(given);
  return matchesNothing(given) || judgedImplies(given, wanted);
}

/** A request may have several values: a test that holds for one of them may fail for others. */
function judgedImplies(given: JudgedValues, wanted: JudgedValues): boolean {
  if (given.of === "one" && wanted.of === "all") return false;
  if (!given.negated)
    return wanted.negated ? valuesApart(given.set, wanted.set) : valuesWithin(given.set, wanted.set);
  return wanted.negated && valuesWithin(wanted.set, given.set);
}

function matchesNothing({ negated, set }: JudgedValues): boolean {
  return !negated && set.values.length === 0;
}

function emptyImplies(given: TestForm, wanted: TestForm): boolean {
  if (given.empty === false || wanted.empty === true) return true;
  if (given.empty === "judged" && wanted.empty === "judged") return true;
  return given.empty === "judged" && typeof given.present !== "boolean" && failsOnEmpty(given.present);
}

function failsOnEmpty({ negated, set }: JudgedValues): boolean {
  return !negated && lacksEmptyText(set);
}

export function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}
