import type { ConditionTest } from "../../model/aws/policy-document.ts";

/**
 * How conditions limit the resources that a pattern leaves open. `named`: to the keys with an alias, which IAM takes in
 * no resource, or to what the same request creates, which gets its tags then. `tagged`: to resources with a tag, which others may have or get too.
 */
export type TagLimit = "named" | "tagged" | "open";

/** Only tests that fail if the key is absent, with values that are no pattern, limit anything. */
export function pinnedBy(tests: readonly ConditionTest[]): TagLimit {
  const literal = tests.filter(({ values }) =>
    values.every((value) => value !== "" && !/[*?]|\$\{/.test(value)),
  );
  const has = (operators: readonly string[], key: RegExp): boolean =>
    literal.some((test) => operators.includes(test.operator) && key.test(test.key));
  if (has(["ForAnyValue:StringEquals"], /^kms:resourcealiases$/)) return "named";
  if (has(["StringEquals", "StringEqualsIgnoreCase"], /^ec2:createaction$/)) return "named";
  return has(["StringEquals", "StringEqualsIgnoreCase"], /^[a-z0-9-]+:resourcetag\/./) ? "tagged" : "open";
}
