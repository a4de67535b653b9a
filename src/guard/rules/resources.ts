import type { ActionData } from "../../iam/action-data.ts";
import { collapseWildcards, expandAction } from "../../iam/wildcard.ts";
import type { CompiledStatement } from "../../model/desired.ts";
import type { Breach } from "./rule.ts";
import { breachOf, listed, someOf } from "./written.ts";

/** RES-001: `*` where the action could be bound to a resource. What the catalogue gives a reason for passes. */
export function openResources(statements: readonly CompiledStatement[], data: ActionData): readonly Breach[] {
  return statements.flatMap((compiled) => {
    const { statement, wildcardReason } = compiled;
    if (statement.Effect === "Deny" || wildcardReason !== null) return [];
    if (!listed(statement.Resource).some((resource) => collapseWildcards(resource) === "*")) return [];
    const bindable = [
      ...new Set(listed(statement.Action).flatMap((action) => bindableActions(action, data))),
    ];
    const [first] = bindable.sort();
    if (first === undefined) return [];
    const pattern = data.find(first)?.resourceArns[0];
    const why = `${someOf(bindable)} can be bound to a resource, and Resource "*" means every one`;
    const mend = pattern === undefined ? "name the resources" : `name the resources, such as ${pattern}`;
    return [breachOf("RES-001", compiled, { why, mend })];
  });
}

function bindableActions(action: string, data: ActionData): readonly string[] {
  const names = /[*?]/.test(action) ? expandAction(action, data) : [action];
  return names.filter((name) => data.find(name)?.wildcardOnly === false);
}

/** RES-003: everything but a list of resources. */
export function allowedButResources(statements: readonly CompiledStatement[]): readonly Breach[] {
  return statements
    .filter(({ statement }) => statement.Effect === "Allow" && statement.NotResource !== undefined)
    .map((compiled) =>
      breachOf("RES-003", compiled, {
        why: "NotResource with Allow allows every resource that it does not name",
        mend: "write Resource with the resources that the code uses",
      }),
    );
}
