import type { NormalStatement } from "../../iam/document.ts";
import type { AttachedPolicy, StatementMatcher } from "../../iam/evaluate/policy.ts";
import { RESOURCES, selectorsMeet } from "../../iam/match/selector.ts";
import { isEverything } from "../../iam/match/wildcard.ts";
import type { Attack } from "./capabilities.ts";
import { holdsAlways, mayHold } from "./fixed-key.ts";

export interface IdentityPolicies {
  readonly identity: readonly AttachedPolicy[];
  /** Its boundary and the policy of its session, if it has them: each has to allow too. */
  readonly limits: readonly AttachedPolicy[];
  /** Why a policy of the identity is not known; null if all are. */
  readonly unread: string | null;
}

export interface PlacedStatement {
  readonly from: string;
  readonly statement: NormalStatement;
}

/** What one action of an attack can reach in the worst case. */
export type Reach =
  /** `isFree`: on every resource and under no condition. `excepted`: Deny statements that exclude some requests. */
  | {
      readonly kind: "allowed";
      readonly by: readonly PlacedStatement[];
      readonly excepted: readonly PlacedStatement[];
      readonly isFree: boolean;
    }
  | { readonly kind: "denied"; readonly by: PlacedStatement }
  /** `near`: Allow statements that name the action and cannot apply to the attack. */
  | { readonly kind: "not-allowed"; readonly near: readonly PlacedStatement[] }
  | { readonly kind: "by-resource-policy" }
  | { readonly kind: "unknown"; readonly reason: string };

/**
 * The worst case, by the statements that the evaluator finds for the action: an Allow counts if any request of the attack
 * may satisfy it, a Deny ends the attack only if it applies to all of them. So "denied" and "not-allowed" are certain,
 * and "allowed" may be too pessimistic.
 */
export function reachOf(action: string, attack: Attack, policies: IdentityPolicies): Reach {
  const layers = [...policies.identity, ...policies.limits];
  const denies = layers.flatMap((attached) => placed(attached, candidates(attached, action).denies));
  const full = denies.find(({ one }) => appliesAlways(one, attack));
  if (full !== undefined) return { kind: "denied", by: statementOf(full) };
  const reason = doubtOf(layers, policies);
  const identity = allowing(policies.identity, action, attack);
  if (identity.by.length === 0) return withoutAllow(action, identity.near, reason);
  if (reason !== null) return { kind: "unknown", reason };
  const limits = policies.limits.map((limit) => meeting(allowing([limit], action, attack), identity));
  const withheld = limits.find(({ by }) => by.length === 0);
  if (withheld !== undefined) return { kind: "not-allowed", near: withheld.near };
  const isFree = [identity, ...limits].every(({ by }) =>
    by.some(({ statement }) => isUnlimited(statement, attack)),
  );
  const excepted = denies.filter(({ one }) => mayApply(one, attack)).map(statementOf);
  return { kind: "allowed", by: identity.by, excepted, isFree: isFree && excepted.length === 0 };
}

/** Why more may be allowed than the statements that are understood allow. */
function doubtOf(layers: readonly AttachedPolicy[], { unread }: IdentityPolicies): string | null {
  if (unread !== null) return unread;
  const doubtful = layers.find(({ policy }) => policy.mayAllow !== null);
  return doubtful === undefined ? null : `${doubtful.from}: ${doubtful.policy.mayAllow}`;
}

/**
 * Inside one account the policy of a resource can allow a caller that has no permission of its own. Only IAM's own
 * objects have no such policy: the trust of a role is for `sts` actions.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
function withoutAllow(action: string, near: readonly PlacedStatement[], reason: string | null): Reach {
  if (reason !== null) return { kind: "unknown", reason };
  if (near.length > 0 || action.startsWith("iam:")) return { kind: "not-allowed", near };
  return { kind: "by-resource-policy" };
}

interface Allowing {
  readonly by: readonly PlacedStatement[];
  readonly near: readonly PlacedStatement[];
}

function allowing(policies: readonly AttachedPolicy[], action: string, attack: Attack): Allowing {
  const found = policies.flatMap((attached) => placed(attached, candidates(attached, action).allows));
  const by = found.filter(({ one }) => mayApply(one, attack)).map(statementOf);
  return { by, near: by.length > 0 ? [] : found.map(statementOf) };
}

/** A limit allows something only on a resource that the identity has too. */
function meeting({ by, near }: Allowing, identity: Allowing): Allowing {
  const met = by.filter((limit) => identity.by.some((own) => mayMeet(own, limit)));
  return { by: met, near: met.length > 0 ? [] : [...near, ...by] };
}

function mayMeet(
  { statement: { resources: a } }: PlacedStatement,
  { statement: { resources: b } }: PlacedStatement,
): boolean {
  return a === null || b === null || selectorsMeet(a, b, RESOURCES);
}

function candidates({ policy }: AttachedPolicy, action: string) {
  return policy.candidates(action.toLowerCase());
}

interface PlacedMatcher {
  readonly from: string;
  readonly one: StatementMatcher;
}

function placed({ from }: AttachedPolicy, statements: readonly StatementMatcher[]): readonly PlacedMatcher[] {
  return statements.map((one) => ({ from, one }));
}

function statementOf({ from, one }: PlacedMatcher): PlacedStatement {
  return { from, statement: one.statement };
}

/** Whether a request of the attack may satisfy the statement. */
function mayApply({ statement, tests }: StatementMatcher, { outside, fixed }: Attack): boolean {
  const { resources } = statement;
  const isInside =
    outside !== null &&
    resources !== null &&
    !resources.negated &&
    resources.values.every((value) => value.startsWith(outside));
  return !isInside && tests.every((one) => mayHold(one, fixed.get(one.test.key)));
}

function appliesAlways({ statement, tests }: StatementMatcher, { fixed }: Attack): boolean {
  return isOnEverything(statement) && tests.every((one) => holdsAlways(one, fixed.get(one.test.key)));
}

function isUnlimited(statement: NormalStatement, { fixed }: Attack): boolean {
  return isOnEverything(statement) && statement.conditions.every(({ key }) => fixed.has(key));
}

function isOnEverything({ resources }: NormalStatement): boolean {
  return resources === null || (!resources.negated && resources.values.some(isEverything));
}
