import { isObject, toList } from "../../text/json-values.ts";

/** One test of a condition block as it is written. */
export interface ConditionTest {
  readonly operator: string;
  /** Lower-case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** The tests of a condition block that is given as JSON; a block that is none has a single test that says so. */
export function conditionTests(condition: string): readonly ConditionTest[] {
  if (condition === "") return [];
  const block: unknown = JSON.parse(condition);
  if (!isObject(block)) return [{ operator: "not understood", key: condition, values: [] }];
  return Object.entries(block).flatMap(([operator, keys]) =>
    isObject(keys)
      ? Object.entries(keys).map(([key, values]) => ({
          operator,
          key: key.toLowerCase(),
          values: valuesOf(values),
        }))
      : [],
  );
}

function valuesOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((member) => typeof member === "string") : [];
}

/** `if aws:sourcevpc StringEquals vpc-123`: every test, with its exact values. */
export function conditionTexts(condition: string): readonly string[] {
  return conditionTests(condition).map(testText);
}

export function testText({ operator, key, values }: ConditionTest): string {
  return `if ${key} ${operator} ${toList(values).join(" or ") || "(no value)"}`;
}
