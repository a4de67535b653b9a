import { arnParts } from "../../model/aws/arn.ts";
import type { ConditionTest } from "../../model/aws/policy-document.ts";

/** A kind of resource that no statement can name: only a test on `key` does, and the resource has to be a wildcard. */
interface ConditionName {
  readonly key: string;
  readonly operators: readonly string[];
  /** What the resource has before the name; null for another resource, which the test does not name. */
  readonly prefixOf: (resource: string) => string | null;
}

const NAMES: readonly ConditionName[] = [
  {
    // IAM supports no alias as a resource.
    key: "kms:resourcealiases",
    operators: ["ForAnyValue:StringEquals", "ForAnyValue:StringLike"],
    prefixOf: (resource) => {
      const { service, resource: keys } = arnParts(resource);
      const place = resource.slice(0, -keys.length);
      return service === "kms" && keys === "key/*" && !/[*?$]/.test(place) ? place : null;
    },
  },
  {
    key: "cloudwatch:namespace",
    operators: ["StringEquals", "StringLike"],
    prefixOf: (resource) => (resource === "*" ? "namespace/" : null),
  },
];

/**
 * The names that the condition gives the resource: `…:alias/orders` for `…:key/*`, `namespace/Orders` for `*`. The
 * resource itself if the condition names nothing. These operators fail if the key is absent, so they always limit it.
 */
export function namedByCondition(resource: string, tests: readonly ConditionTest[]): readonly string[] {
  for (const { key, operators, prefixOf } of NAMES) {
    const prefix = prefixOf(resource);
    const test = tests.find((each) => each.key === key && operators.includes(each.operator));
    if (prefix !== null && test !== undefined) return test.values.map((value) => `${prefix}${value}`);
  }
  return [resource];
}
