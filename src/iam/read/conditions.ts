import type { ConditionTest, ConditionBlock } from "../../model/aws/policy-document.ts";
import { unclearOperand } from "./operands.ts";
import { findOperator } from "../operators.ts";
import { byKey, sortedList, sortedSet } from "../../text/order.ts";
import { isObject, toList } from "../../text/json-values.ts";
import { lowerCase } from "../lower-case.ts";

export type ReadConditions =
  | {
      readonly kind: "read";
      readonly blocks: readonly OperatorBlock[];
      readonly tests: readonly ConditionTest[];
    }
  | { readonly kind: "not-understood"; readonly reason: string };

type Values = string | readonly string[];
type OperatorBlock = readonly [operator: string, keys: readonly (readonly [string, Values])[]];

/** The conditions as they were written, with all values as strings. */
export function writtenBlock(blocks: readonly OperatorBlock[]): ConditionBlock {
  return Object.fromEntries(blocks.map(([operator, keys]) => [operator, Object.fromEntries(keys)]));
}

/**
 * An operator without keys is no condition; a key with an empty list is a test that never holds. `fold` brings the
 * values that are compared into one spelling.
 */
export function readConditions(
  element: unknown,
  fold: (value: string) => string = (value) => value,
): ReadConditions {
  if (!isObject(element)) return { kind: "not-understood", reason: "Condition is not an object" };
  const blocks: OperatorBlock[] = [];
  const tests: ConditionTest[] = [];
  for (const [operator, keys] of Object.entries(element)) {
    const block = readKeys(operator, keys);
    if (typeof block === "string") return { kind: "not-understood", reason: block };
    if (block.length === 0) continue;
    blocks.push([operator, block]);
    for (const [key, values] of block)
      tests.push({ operator, key: lowerCase(key), values: sortedSet(toList(values).map(fold)) });
  }
  return { kind: "read", blocks, tests: sortedTests(tests) };
}

/** The keys of one operator with their values as strings, or why they are not understood. */
function readKeys(operator: string, keys: unknown): OperatorBlock[1] | string {
  if (!isObject(keys)) return `condition operator "${operator}" holds no keys`;
  const entries = Object.entries(keys);
  if (entries.length > 0 && findOperator(operator) === undefined)
    return `unknown condition operator "${operator}"`;
  const read: (readonly [string, Values])[] = [];
  for (const [key, value] of entries) {
    const values = readValues(value);
    if (values === undefined) return `the values of condition key "${key}" are not understood`;
    const doubt = unclearOperand(operator, toList(values));
    if (doubt !== undefined) return `condition key "${key}": ${doubt}`;
    read.push([key, values]);
  }
  return read;
}

function readValues(value: unknown): Values | undefined {
  if (!Array.isArray(value)) return scalarText(value);
  const texts = value.map(scalarText).filter((text) => text !== undefined);
  return texts.length === value.length ? texts : undefined;
}

/** Integers that JavaScript rounds have lost what was written. */
function scalarText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "number" || Math.abs(value) > Number.MAX_SAFE_INTEGER) return undefined;
  return String(value);
}

/** Sorted, each once: all must hold, so that neither order nor repetition matters. */
export function sortedTests(tests: readonly ConditionTest[]): readonly ConditionTest[] {
  const [first, second] = tests;
  if (first === undefined || second === undefined) return tests;
  // The usual case. Operators have only letters and a colon, so that their order is the order of the texts.
  if (tests.length === 2 && first.operator !== second.operator)
    return first.operator < second.operator ? tests : [second, first];
  const testByText = new Map(tests.map((test) => [testText(test), test]));
  return sortedList([...testByText], byKey).map(([, test]) => test);
}

function testText(test: ConditionTest): string {
  return JSON.stringify([test.operator, test.key, test.values]);
}
