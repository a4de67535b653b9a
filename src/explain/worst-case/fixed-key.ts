import { testHolds, type CompiledTest } from "../../iam/evaluate/condition.ts";
import type { FixedKey } from "./capabilities.ts";

/** Whether the test holds for a request of the attack; undefined: the attacker chooses the value of the key. */
export function mayHold(test: CompiledTest, key: FixedKey | undefined): boolean {
  if (key === undefined || hasVariable(test)) return true;
  return requestValues(test, key).some((values) => holds(test, values) !== false);
}

/** Whether the test holds for every request of the attack. Of a key with many possible values only `Null` is certain. */
export function holdsAlways(test: CompiledTest, key: FixedKey | undefined): boolean {
  if (key === undefined || hasVariable(test)) return false;
  if (key.kind === "other-than" && test.matches !== null) return false;
  return requestValues(test, key).every((values) => holds(test, values) === true);
}

function holds(test: CompiledTest, values: readonly string[]) {
  return testHolds(test, new Map([[test.test.key, values]]));
}

function hasVariable({ test }: CompiledTest): boolean {
  return test.values.some((value) => value.includes("${"));
}

/**
 * The values that the test may treat differently: those that it names (`*` is itself for StringEquals, any text for
 * StringLike), and one that it does not name.
 */
function requestValues({ test }: CompiledTest, key: FixedKey): readonly (readonly string[])[] {
  if (key.kind === "absent") return [[]];
  if (key.kind === "is") return [[key.value]];
  const named = test.values.flatMap((value) => [value, value.replaceAll(/[*?]/g, "x")]);
  return [...named, `${key.value}-other`].filter((value) => value !== key.value).map((value) => [value]);
}
