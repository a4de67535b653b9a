import { conditionKeyName } from "../../iam/condition-key-names.ts";
import { testsOf } from "../../iam/row-text.ts";
import type { ConditionTest } from "../../model/aws/policy-document.ts";
import type { RowCondition } from "../../model/delta.ts";

/** `if aws:sourcevpc StringEquals vpc-123`: every test, with its exact values. */
export function conditionTexts(condition: RowCondition): readonly string[] {
  return testsOf(condition).map(testText);
}

export function testText({ operator, key, values }: ConditionTest): string {
  return `if ${conditionKeyName(key)} ${operator} ${values.join(" or ") || "(no value)"}`;
}
