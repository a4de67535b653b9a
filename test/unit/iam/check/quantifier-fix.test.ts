import { describe, expect, test } from "@jest/globals";
import { quantifierFix } from "../../../../src/iam/check/conditions/quantifier-fix.ts";
import { compileTest, testHolds } from "../../../../src/iam/evaluate/condition.ts";
import { operatorNames } from "../../../../src/iam/operators.ts";

const KEY = "aws:tagkeys";
const SAMPLES: readonly (readonly string[])[] = [[], [""], ["1"], ["2"], ["true"], ["2026-01-01T00:00:00Z"]];
const SEVERAL: readonly (readonly string[])[] = [...SAMPLES, ["1", "2"], ["1", ""], ["true", "false"]];
const VALUES: readonly (readonly string[])[] = [["1"], ["1", "true"], ["*"], [""], ["2026-01-01T00:00:00Z"]];

const holds = (operator: string, values: readonly string[], found: readonly string[]): boolean =>
  testHolds(compileTest({ operator, key: KEY, values }, false), new Map([[KEY, found]])) === true;

/** What the advice makes of a test, for one request. */
function holdsAsAdvised(advice: string, values: readonly string[], found: readonly string[]): boolean {
  const [, operator = "", more = ""] = /^write ([\w:]+)(.*)$/.exec(advice) ?? [];
  const itself = holds(operator, values, found);
  if (more === "") return itself;
  if (more === `, and add "Null": {"${KEY}": "false"}`) return itself && holds("Null", ["false"], found);
  expect(more).toBe(`, and a second Deny without it, but with "Null": {"${KEY}": "true"}`);
  return itself || holds("Null", ["true"], found);
}

const bases = operatorNames().filter((name) => name !== "Null");

describe("the fix of CON-003 never allows more than the test that it replaces", () => {
  test.each(
    ["", "ForAllValues:", "ForAnyValue:"].flatMap((quantifier) =>
      (["Allow", "Deny"] as const).map((effect) => ({ quantifier, effect })),
    ),
  )("$effect with $quantifier", ({ quantifier, effect }) => {
    const requests = quantifier === "" ? SEVERAL : SAMPLES;
    const wider: object[] = [];
    for (const base of bases)
      for (const suffix of ["", "IfExists"])
        for (const values of VALUES) {
          const operator = `${quantifier}${base}${suffix}`;
          const texts = values.map((text) => ({ text, steps: [] }));
          const advice = quantifierFix({ operator, key: KEY, steps: [], values: texts }, effect);
          for (const found of requests) {
            const [before, after] = [holds(operator, values, found), holdsAsAdvised(advice, values, found)];
            const isWider = effect === "Allow" ? after && !before : before && !after;
            if (isWider) wider.push({ operator, values, found, advice });
          }
        }

    expect(wider).toEqual([]);
  });
});

test.each([
  {
    operator: "StringNotEquals",
    effect: "Deny",
    fix: `write ForAnyValue:StringNotEquals, and a second Deny without it, but with "Null": {"${KEY}": "true"}`,
    because: "a negated operator denies a request without the key, and ForAnyValue does not",
  },
  {
    operator: "StringEquals",
    effect: "Deny",
    fix: "write ForAnyValue:StringEquals",
    because: "a request without the key was allowed before",
  },
  {
    operator: "ForAnyValue:StringNotEquals",
    effect: "Allow",
    fix: `write StringNotEquals, and add "Null": {"${KEY}": "false"}`,
    because: "StringNotEquals alone would allow a request without the key",
  },
  {
    operator: "ForAllValues:StringEquals",
    effect: "Deny",
    fix: `write StringEquals, and a second Deny without it, but with "Null": {"${KEY}": "true"}`,
    because: "ForAllValues denies a request without the key, and StringEquals does not",
  },
  {
    operator: "ForAllValues:StringNotEquals",
    effect: "Deny",
    fix: "write StringNotEquals",
    because: "both deny a request without the key",
  },
] as const)("$effect with $operator: $because", ({ operator, effect, fix }) => {
  const test = { operator, key: KEY, steps: [], values: [{ text: "team", steps: [] }] };

  expect(quantifierFix(test, effect)).toBe(fix);
});
