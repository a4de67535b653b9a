import type { PermissionRow } from "../../../model/delta.ts";
import { principalsCover, scopeCovers } from "../../match/scope.ts";
import { ACTIONS, RESOURCES, selectorCovers } from "../../match/selector.ts";
import { sortedTests } from "../../read/conditions.ts";
import { rowRisk } from "../../risk/row-risk.ts";
import { testsOf } from "../../row-text.ts";
import type { ComparableRow } from "./comparable-row.ts";

/** True only when `outer` does the same to every request in `inner`. */
export function rowCovers(outer: ComparableRow, inner: ComparableRow): boolean {
  if (outer.key === inner.key) return true;
  return outer.role === inner.role && outer.role !== "opaque" && scopeCovers(outer, inner);
}

/** What a grant and a row around it (of a boundary, of a Deny) are both about. */
export interface CommonPart {
  readonly row: ComparableRow;
  /** False if it is more than that: their patterns overlap, and neither covers the other. */
  readonly isExact: boolean;
}

export function commonPart(grant: ComparableRow, around: ComparableRow): CommonPart {
  const byActions = narrower(grant, around, "actions");
  const byResources = narrower(grant, around, "resources");
  const byPrincipals = withNarrowerPrincipals(grant, around);
  const { principals, permission: named } = byPrincipals ?? grant;
  const { action } = (byActions ?? grant).permission;
  const { resource } = (byResources ?? grant).permission;
  const tests = sortedTests([grant, around].flatMap(({ permission }) => testsOf(permission.condition)));
  const permission: PermissionRow = {
    ...grant.permission,
    principal: named.principal,
    action,
    resource,
    condition: tests.length === 0 ? { kind: "none" } : { kind: "tests", tests },
    risk: principals === null ? rowRisk({ action, resource }) : grant.permission.risk,
  };
  const row: ComparableRow = {
    ...grant,
    permission,
    principals,
    actions: (byActions ?? grant).actions,
    resources: (byResources ?? grant).resources,
    conditions: sortedTests([...grant.conditions, ...around.conditions]),
    shape: `${grant.shape} within ${around.shape}`,
    key: `${grant.key} within ${around.key}`,
  };
  return { row, isExact: byActions !== null && byResources !== null && byPrincipals !== null };
}

const RULES = { actions: ACTIONS, resources: RESOURCES } as const;

/** The row whose patterns the other one covers; null if neither does. */
function narrower(
  grant: ComparableRow,
  around: ComparableRow,
  what: keyof typeof RULES,
): ComparableRow | null {
  const rules = RULES[what];
  if (selectorCovers(around[what], grant[what], rules)) return grant;
  return selectorCovers(grant[what], around[what], rules) ? around : null;
}

/** The row whose principals the other one covers; null if neither does. */
function withNarrowerPrincipals(grant: ComparableRow, around: ComparableRow): ComparableRow | null {
  if (principalsCover(around, grant.principals)) return grant;
  return principalsCover(grant, around.principals) && around.principals?.negated === false ? around : null;
}

/** What it takes to make, sort and show what two rows have in common. */
export function partCost(grant: ComparableRow, around: ComparableRow): number {
  const selectors = [grant.actions, grant.resources, around.actions, around.resources];
  const characters = selectors.reduce(
    (sum, { values }) => values.reduce((length, value) => length + value.length, sum),
    0,
  );
  return 30 + Math.ceil(characters / 20);
}
