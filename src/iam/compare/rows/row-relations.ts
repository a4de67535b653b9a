import { conditionBlock, sortedTests } from "../../read/conditions.ts";
import type { PermissionRow } from "../../../model/delta.ts";
import type { ConditionTest, Selector } from "../../document.ts";
import { conditionsExclude, conditionsImply } from "../../match/implication.ts";
import { EXCEPT } from "../../match/reach.ts";
import { rowRisk } from "../../risk/row-risk.ts";
import {
  ACTIONS,
  RESOURCES,
  selectorCovers,
  selectorsMeet,
  type PatternRules,
} from "../../match/selector.ts";
import { stableText } from "../../../text/json-values.ts";
import { NOBODY, type Unit } from "./comparable-row.ts";
import { PLAIN_DOLLAR } from "../../match/wildcard.ts";

/** True only when every request that `inner` speaks of `outer` speaks of too. */
export function unitCovers(outer: Unit, inner: Unit): boolean {
  if (outer.key === inner.key) return true;
  return outer.pool === inner.pool && outer.pool !== "opaque" && selectsAll(outer, inner);
}

/** The same whatever they are for: does all that the one speaks of lie in the other? */
export function selectsAll(outer: Unit, inner: Unit): boolean {
  return (
    principalCovers(outer.row, inner.row.principal) &&
    selectorCovers(outer.action, inner.action, ACTIONS) &&
    selectorCovers(outer.resource, inner.resource, RESOURCES) &&
    conditionsImply(inner.conditions, outer.conditions)
  );
}

/** False only when no request is spoken of by both. */
export function unitsMeet(a: Unit, b: Unit): boolean {
  return (
    selectorsMeet(a.action, b.action, ACTIONS) &&
    selectorsMeet(a.resource, b.resource, RESOURCES) &&
    principalsMeet(a.row.principal, b.row.principal) &&
    !conditionsExclude(a.conditions, b.conditions)
  );
}

function isEverybody(principal: string | null): boolean {
  return principal === "AWS *" || principal === "*";
}

/**
 * A policy that names nobody speaks of whoever it stands on. In a trust policy (whose rows have no resource) it is not
 * documented whether `{"AWS": "*"}` means services and identity providers too; in others it is `"*"`, everybody.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
function principalCovers({ principal: outer, resource }: PermissionRow, inner: string | null): boolean {
  if (outer === inner || outer === null || outer === "*") return true;
  return outer === "AWS *" && (resource !== "" || (inner?.startsWith("AWS ") ?? false));
}

/** A caller has names of one type only; of accounts, roles and sessions it has several. */
function principalsMeet(a: string | null, b: string | null): boolean {
  if (a === null || b === null || isEverybody(a) || isEverybody(b)) return true;
  if (a.startsWith(EXCEPT) || b.startsWith(EXCEPT)) return true;
  const [typeOfA, typeOfB] = [typeOf(a), typeOf(b)];
  if (typeOfA === "CanonicalUser" || typeOfB === "CanonicalUser") return true;
  return typeOfA === typeOfB && (typeOfA === "AWS" || a === b);
}

function typeOf(principal: string): string {
  return principal.slice(0, principal.indexOf(" "));
}

/** What a grant and a row around it (of a boundary, of a Deny) both speak of. */
export interface CommonPart {
  readonly unit: Unit;
  /** False when it is more than that: their patterns overlap without one holding the other. */
  readonly isExact: boolean;
}

export function commonPart(grant: Unit, around: Unit): CommonPart {
  const action = narrower(grant.action, around.action, ACTIONS);
  const resource = narrower(grant.resource, around.resource, RESOURCES);
  const principal = narrowerPrincipal(grant.row, around.row);
  const conditions = sortedTests([...grant.conditions, ...around.conditions]);
  const row: PermissionRow = {
    ...grant.row,
    principal: principal ?? grant.row.principal,
    action: action === around.action ? around.row.action : grant.row.action,
    resource: resource === around.resource ? around.row.resource : grant.row.resource,
    condition: conditions.length === 0 ? "" : conditionText(conditions),
  };
  const unit: Unit = {
    ...grant,
    row: { ...row, risk: row.principal === null ? rowRisk(row, NOBODY) : row.risk },
    action: action ?? grant.action,
    resource: resource ?? grant.resource,
    conditions,
    shape: `${grant.shape} within ${around.shape}`,
    key: `${grant.key} within ${around.key}`,
  };
  return { unit, isExact: action !== null && resource !== null && principal !== undefined };
}

function conditionText(conditions: readonly ConditionTest[]): string {
  return stableText(conditionBlock(conditions)).replaceAll(PLAIN_DOLLAR, "${");
}

/** The one that the other holds; null when neither does. */
function narrower(grant: Selector, around: Selector, rules: PatternRules): Selector | null {
  if (selectorCovers(around, grant, rules)) return grant;
  return selectorCovers(grant, around, rules) ? around : null;
}

/** undefined when neither holds the other; null is nobody in particular. */
function narrowerPrincipal(grant: PermissionRow, around: PermissionRow): string | null | undefined {
  if (around.principal === null || principalCovers(around, grant.principal)) return grant.principal;
  const isHeld = principalCovers(grant, around.principal) && !around.principal.startsWith(EXCEPT);
  return isHeld ? around.principal : undefined;
}
