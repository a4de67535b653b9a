import type { PermissionRow } from "../../../model/delta.ts";
import { stableText } from "../../../text/json-values.ts";
import type { ConditionTest, Selector } from "../../document.ts";
import { principalsCover, scopeCovers, type Scope } from "../../match/scope.ts";
import { ACTIONS, RESOURCES, selectorCovers, type PatternRules } from "../../match/selector.ts";
import { PLAIN_DOLLAR } from "../../match/wildcard.ts";
import { conditionBlock, sortedTests } from "../../read/conditions.ts";
import { rowRisk } from "../../risk/row-risk.ts";
import { OWN_ARNS_UNKNOWN, type ComparableRow } from "./comparable-row.ts";

/** True only when `outer` does the same to every request in `inner`. */
export function rowCovers(outer: ComparableRow, inner: ComparableRow): boolean {
  if (outer.key === inner.key) return true;
  return outer.role === inner.role && outer.role !== "opaque" && scopeCovers(outer, inner);
}

/** What a grant and a row around it (of a boundary, of a Deny) are both about. */
export interface CommonPart {
  readonly row: ComparableRow;
  /** False when it is more than that: their patterns overlap, and neither covers the other. */
  readonly isExact: boolean;
}

export function commonPart(grant: ComparableRow, around: ComparableRow): CommonPart {
  const actions = narrower(grant.actions, around.actions, ACTIONS);
  const resources = narrower(grant.resources, around.resources, RESOURCES);
  const ofPrincipals = withNarrowerPrincipals(grant, around);
  const { principals, permission: named } = ofPrincipals ?? grant;
  const conditions = sortedTests([...grant.conditions, ...around.conditions]);
  const permission: PermissionRow = {
    ...grant.permission,
    principal: named.principal,
    action: (actions === around.actions ? around : grant).permission.action,
    resource: (resources === around.resources ? around : grant).permission.resource,
    condition: conditions.length === 0 ? "" : conditionText(conditions),
  };
  const risk = principals === null ? rowRisk(permission, OWN_ARNS_UNKNOWN) : permission.risk;
  const row: ComparableRow = {
    ...grant,
    permission: { ...permission, risk },
    principals,
    actions: actions ?? grant.actions,
    resources: resources ?? grant.resources,
    conditions,
    shape: `${grant.shape} within ${around.shape}`,
    key: `${grant.key} within ${around.key}`,
  };
  return { row, isExact: actions !== null && resources !== null && ofPrincipals !== null };
}

function conditionText(conditions: readonly ConditionTest[]): string {
  return stableText(conditionBlock(conditions)).replaceAll(PLAIN_DOLLAR, "${");
}

/** The one that the other covers; null when neither does. */
function narrower(grant: Selector, around: Selector, rules: PatternRules): Selector | null {
  if (selectorCovers(around, grant, rules)) return grant;
  return selectorCovers(grant, around, rules) ? around : null;
}

/** The row whose principals the other one covers; null when neither does. */
function withNarrowerPrincipals<Row extends Scope>(grant: Row, around: Row): Row | null {
  if (principalsCover(around, grant.principals)) return grant;
  return principalsCover(grant, around.principals) && around.principals?.negated === false ? around : null;
}

/** What it takes to make, sort and show what two rows have in common. */
export function partCost({ permission }: ComparableRow, around: ComparableRow): number {
  const characters = [permission, around.permission].reduce(
    (sum, { action, resource }) => sum + action.length + resource.length,
    0,
  );
  return 30 + Math.ceil(characters / 20);
}
