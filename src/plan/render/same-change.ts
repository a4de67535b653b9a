import { arnAnywhere, type OwnPlace } from "../../model/aws/arn.ts";
import { principalName, principalOf } from "../../model/aws/principal.ts";
import type { NameSet, PermissionRow, RowCondition } from "../../model/delta.ts";
import { keyParts } from "../../model/keys/key.ts";
import { remainsText } from "../../model/keys/last-applied.ts";
import { stableText } from "../../text/json-values.ts";
import { objectName, type PlanView } from "./plan-view.ts";

/** Equal for the targets of one object that change in the same way: their names differ only in the account and the region. */
export function sameChangeName(view: PlanView): string {
  const parts = keyParts(view.key);
  const place = { accountId: parts.accountId, region: parts.kind === "function" ? parts.region : null };
  const { delta, plan, findings, published } = view;
  return stableText([
    objectName(view.key),
    delta.allowed.map((row) => rowAnywhere(row, place)),
    delta.noLongerAllowed.map((row) => rowAnywhere(row, place)),
    (plan?.actions ?? []).map(({ call, target, step }) => [call, arnAnywhere(target, place), step]),
    (plan?.withheld ?? []).map(({ kind, reason }) => [kind, reason]),
    (plan?.approvable ?? []).map(({ reason }) => reason),
    view.notes,
    findings.map(({ rule, part, why }) => [rule, part ?? why]),
    view.verdict?.kind ?? null,
    view.approvers,
    view.broken,
    view.brokenBase,
    // Another target may have another revision in effect, or other published versions that run on its role.
    remainsText(view.applied),
    (published ?? []).map(({ version, aliases }) => [version, ...aliases]),
  ]);
}

function rowAnywhere(row: PermissionRow, place: OwnPlace): readonly unknown[] {
  const { effect, principal, action, resource, condition } = row;
  const nameOf = (name: string): string => arnAnywhere(name, place);
  return [
    effect,
    principal && namesAnywhere(principal, (name) => principalAnywhere(name, nameOf)),
    action,
    namesAnywhere(resource, nameOf),
    conditionAnywhere(condition, nameOf),
  ];
}

function namesAnywhere(set: NameSet, nameOf: (name: string) => string): NameSet {
  if (set.kind === "one") return { kind: "one", name: nameOf(set.name) };
  return set.kind === "any-of" || set.kind === "all-but"
    ? { kind: set.kind, names: set.names.map(nameOf) }
    : set;
}

function principalAnywhere(name: string, nameOf: (name: string) => string): string {
  const { type, value } = principalOf(name);
  return type === null ? nameOf(value) : principalName(type, nameOf(value));
}

function conditionAnywhere(condition: RowCondition, nameOf: (name: string) => string): RowCondition {
  if (condition.kind !== "tests") return condition;
  return {
    kind: "tests",
    tests: condition.tests.map((one) => ({ ...one, values: one.values.map(nameOf) })),
  };
}
