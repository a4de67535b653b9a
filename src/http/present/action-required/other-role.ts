import { isBinding } from "../../../model/desired.ts";
import type { Drift } from "../../../model/drift.ts";
import { resourceOf, type KeyFacts } from "./context.ts";

/** The function, or a version of it that is in use, runs on another role than the declared one. */
export function isOtherRole({ change }: Drift): boolean {
  return change.kind === "function-role" || change.kind === "role-not-published";
}

/** `role/orders-shared, not role/grantkeeper/orders-api-eu-west-1`, or the versions that run on another role. */
export function otherRoleText({ change, live }: Drift, facts: KeyFacts): string {
  if (change.kind === "role-not-published")
    return `${change.versions.length === 1 ? "version" : "versions"} ${change.versions.join(", ")} in use`;
  const declared = declaredRole(facts);
  const actual = live === null ? "no role" : resourceOf(live);
  return declared === null ? actual : `${actual}, not ${declared}`;
}

/** `role/grantkeeper/orders-api-eu-west-1`; null if nothing is declared. */
export function declaredRole({ view }: KeyFacts): string | null {
  const desired = view?.desired ?? null;
  return desired !== null && isBinding(desired) ? resourceOf(desired.role.arn) : null;
}

/**
 * A function that is deployed with a role before it exists could not start. After an undo it is meant to run on its former
 * role, and with `functionRole: manage` the binder sets its role: `describe` has what that waits for.
 */
export function deployHint(facts: KeyFacts): string {
  const declared = declaredRole(facts);
  if (declared === null || facts.record.adoptionUndo !== undefined || isManaged(facts))
    return `grantkeeper describe ${facts.target}`;
  const isCreated = facts.view?.readings?.declaredRole.kind !== "absent";
  return isCreated ? `deploy it with ${declared}` : `enforce it first: ${declared} does not exist yet`;
}

function isManaged({ view }: KeyFacts): boolean {
  const desired = view?.desired ?? null;
  return desired !== null && isBinding(desired) && desired.functionRole === "manage";
}
