import { readConditions } from "../../../../src/iam/read/conditions.ts";
import type { ConditionTest } from "../../../../src/model/aws/policy-document.ts";

type Values = string | readonly string[];
/** An operator and its values, of one key. */
export type Written = readonly [operator: string, values: Values];

export function tests(...written: readonly Written[]): readonly ConditionTest[] {
  return written.flatMap(([operator, values]) => {
    const read = readConditions({ [operator]: { k: values } });
    if (read.kind !== "read") throw new Error(read.reason);
    return read.tests;
  });
}
