import { isEveryone } from "../../model/aws/principal.ts";
import type { Selector } from "../document.ts";
import { callerNames, type PrincipalTie } from "./caller.ts";
import { testHolds } from "./condition.ts";
import type { Holds } from "./holds.ts";
import type { StatementMatcher } from "./policy.ts";
import type { AccessRequest } from "./request.ts";
import { resourcesSelect } from "./resource.ts";

/** Does a statement whose action is the request's apply in all but its principal? */
export function appliesTo(statement: StatementMatcher, request: AccessRequest): Holds {
  let applies = resourceApplies(statement, request);
  for (const test of statement.tests) {
    if (applies === false) return false;
    const holds = testHolds(test, request.context);
    if (holds !== true) applies = holds;
  }
  return applies;
}

export function resourceApplies({ resources }: StatementMatcher, request: AccessRequest): Holds {
  return resources === null || resourcesSelect(resources, request.resource, request.context);
}

/** How an Allow of a resource policy names the caller, the nearest way first; null when it does not. `*` is everyone. */
export function allowTie(principals: Selector | null, { caller }: AccessRequest): PrincipalTie | null {
  if (principals === null) return null;
  const names = callerNames(caller);
  const isNamed = namesEveryone(principals) || names.some(([name]) => principals.values.includes(name));
  if (principals.negated) return isNamed ? null : "direct";
  if (namesEveryone(principals)) return "direct";
  return names.find(([name]) => principals.values.includes(name))?.[1] ?? null;
}

/**
 * Does a Deny of a resource policy mean the caller? NotPrincipal spares a caller only if it lists all of its names: the
 * session, the role and the account. AWS states no more than that "when the role or the account is explicitly denied
 * access, the assumed role user might be unable to access", so the worse is assumed. It never spares a caller with a
 * boundary, "regardless of the values specified".
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
export function denyMeets(
  principals: Selector | null,
  request: AccessRequest,
  hasBoundary: boolean,
): boolean {
  if (principals === null) return false;
  const names = callerNames(request.caller);
  const isNamed = ([name]: readonly [string, PrincipalTie]): boolean => principals.values.includes(name);
  if (!principals.negated) return namesEveryone(principals) || names.some(isNamed);
  if (hasBoundary) return true;
  return !namesEveryone(principals) && (names.length === 0 || !names.every(isNamed));
}

function namesEveryone({ values }: Selector): boolean {
  return values.some(isEveryone);
}
