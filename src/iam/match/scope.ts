import { ANY_TYPE, ANYONE, isEveryone, principalOf } from "../../model/aws/principal.ts";
import type { ConditionTest } from "../../model/aws/policy-document.ts";
import type { Selector } from "../document.ts";
import { conditionsExclude, conditionsImply } from "./implication.ts";
import { ACTIONS, RESOURCES, selectorCovers, selectorsMeet } from "./selector.ts";

/** The requests that a statement, or one row of it, is about. */
export interface Scope {
  /** null in the policies of an identity, which are about the principal that they are attached to. */
  readonly principals: Selector | null;
  /** Lower-case. */
  readonly actions: Selector;
  /** Everything in a trust policy, which is about its own role. */
  readonly resources: Selector;
  readonly conditions: readonly ConditionTest[];
  readonly isTrust: boolean;
}

export const EVERYTHING: Selector = { negated: false, values: ["*"] };

/** True only when every request in `inner` is in `outer` too. */
export function scopeCovers(outer: Scope, inner: Scope): boolean {
  return (
    principalsCover(outer, inner.principals) &&
    selectorCovers(outer.actions, inner.actions, ACTIONS) &&
    selectorCovers(outer.resources, inner.resources, RESOURCES) &&
    conditionsImply(inner.conditions, outer.conditions)
  );
}

/** False only when no request is in both. */
export function scopesMeet(a: Scope, b: Scope): boolean {
  return (
    selectorsMeet(a.actions, b.actions, ACTIONS) &&
    selectorsMeet(a.resources, b.resources, RESOURCES) &&
    principalsMeet(a.principals, b.principals) &&
    !conditionsExclude(a.conditions, b.conditions)
  );
}

/**
 * In a trust policy it is not documented whether `{"AWS": "*"}` includes services and identity providers; in other
 * policies it means the same as `"*"`, everyone.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function principalsCover({ principals, isTrust }: Scope, inner: Selector | null): boolean {
  if (principals === null || areSamePrincipals(principals, inner)) return true;
  if (principals.negated) return false;
  if (principals.values.includes(ANY_TYPE)) return true;
  return principals.values.includes(ANYONE) && (!isTrust || isOfAws(inner));
}

export function areSamePrincipals(a: Selector | null, b: Selector | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.negated === b.negated &&
    a.values.length === b.values.length &&
    a.values.every((value, at) => value === b.values[at])
  );
}

function isOfAws(principals: Selector | null): boolean {
  return principals?.negated === false && principals.values.every((name) => principalOf(name).type === "AWS");
}

function principalsMeet(a: Selector | null, b: Selector | null): boolean {
  if (a === null || b === null || a.negated || b.negated) return true;
  return a.values.some((one) => b.values.some((other) => mayBeSamePrincipal(one, other)));
}

/** A caller has names of one type only; it has several names as an account, a role and a session. */
function mayBeSamePrincipal(a: string, b: string): boolean {
  if (isEveryone(a) || isEveryone(b)) return true;
  const [typeOfA, typeOfB] = [principalOf(a).type, principalOf(b).type];
  if (typeOfA === "CanonicalUser" || typeOfB === "CanonicalUser") return true;
  return typeOfA === typeOfB && (typeOfA === "AWS" || a === b);
}
