import type { ActionData, ActionFacts } from "../../iam/action-data.ts";
import { factsOf } from "../../iam/action-facts.ts";
import { someOf } from "../../text/phrases.ts";
import { sortedSet } from "../../text/order.ts";
import { collapseWildcards, matchesPattern } from "../../iam/match/wildcard.ts";
import { arnParts, hasArnParts } from "../../model/aws/arn.ts";
import type { CompiledStatement } from "../../model/desired.ts";
import type { Breach } from "./rule.ts";
import { breachOf, listed } from "./written.ts";

/** RES-001: `*` although the action supports resources. Wildcards with a reason in the catalogue pass. */
export function openResources(statements: readonly CompiledStatement[], data: ActionData): readonly Breach[] {
  return statements.flatMap((compiled) => {
    const { statement, wildcardReason } = compiled;
    if (statement.Effect === "Deny" || wildcardReason !== null) return [];
    if (!listed(statement.Resource).some((resource) => collapseWildcards(resource) === "*")) return [];
    const bindable = sortedSet(bindableActions(compiled, data).map(({ action }) => action));
    const [first] = bindable;
    if (first === undefined) return [];
    const pattern = data.find(first)?.resourceArns[0];
    const why = `${someOf(bindable)} can be limited to a resource, but Resource "*" means every one`;
    const fix = pattern === undefined ? "name the resources" : `name the resources, such as ${pattern}`;
    return [breachOf("RES-001", compiled, { why, fix })];
  });
}

/** RES-002: an ARN that matches every resource of its type, such as `arn:aws:s3:::*` and `table/*`. */
export function effectivelyOpenResources(
  statements: readonly CompiledStatement[],
  data: ActionData,
): readonly Breach[] {
  return statements.flatMap((compiled) => {
    const { statement, wildcardReason } = compiled;
    if (statement.Effect === "Deny" || wildcardReason !== null) return [];
    const types = bindableActions(compiled, data).flatMap(({ resourceArns }) => resourceArns);
    const open = listed(statement.Resource).find((resource) => types.some((type) => isAllOf(type, resource)));
    if (open === undefined) return [];
    const why = `"${open}" matches every resource of its type`;
    return [breachOf("RES-002", compiled, { why, fix: "name the resources that the code uses" })];
  });
}

/** True if the pattern covers the type's own one, `arn:*:dynamodb:*:*:table/*`, whose stars count as plain text. */
function isAllOf(type: string, resource: string): boolean {
  const wanted = arnParts(type);
  const collapsed = collapseWildcards(resource);
  if (!hasArnParts(collapsed) || !wanted.resource.includes("*")) return false;
  const pattern = arnParts(collapsed);
  return matchesPattern(pattern.service, wanted.service) && matchesPattern(pattern.resource, wanted.resource);
}

/** The actions of the statement that can be limited to a resource. */
function bindableActions({ statement }: CompiledStatement, data: ActionData): readonly ActionFacts[] {
  const facts = listed(statement.Action).flatMap((action) => factsOf(action, data));
  return facts.filter(({ wildcardOnly }) => !wildcardOnly);
}

/** RES-003: NotResource. */
export function allowedButResources(statements: readonly CompiledStatement[]): readonly Breach[] {
  return statements
    .filter(({ statement }) => statement.Effect === "Allow" && statement.NotResource !== undefined)
    .map((compiled) =>
      breachOf("RES-003", compiled, {
        why: "NotResource with Allow allows every resource that it does not list",
        fix: "replace it with Resource and the resources that the code uses",
      }),
    );
}
