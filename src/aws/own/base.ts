import { arnParts } from "../../model/aws/arn.ts";
import { DEFAULT_QUOTAS } from "../../model/live.ts";
import { byText, sortedSet } from "../../text/order.ts";
import type { OwnStatement } from "./facts.ts";

/** The roles that the process assumes. */
export interface BaseFacts {
  /** ARNs, of several accounts. */
  readonly roles: readonly string[];
  /** Patterns of the observers in accounts whose ids are not known: those that an AccountSet finds. */
  readonly foundObservers?: readonly string[];
  /** These accounts are in it; null: in any. */
  readonly organization: string | null;
  /** What the process does besides assuming these roles. */
  readonly others?: readonly OwnStatement[];
}

const ACTIONS = ["sts:AssumeRole", "sts:TagSession"];
/** Ids in one statement, so that a statement is far below the limit. */
const MOST_ACCOUNTS = 250;
/** A role has ten managed policies, each with one such statement. The process may need others. */
const MOST_STATEMENTS = 8;

/**
 * The ARN of each role. If they are too long for one policy: the roles of one name by a pattern, in the accounts that declare
 * them. Both allow the same: AWS supports `aws:ResourceAccount` and `aws:ResourceOrgID` for AssumeRole and TagSession.
 * If even that is too long for the policies of one role, at some 2,000 accounts: by a pattern in the entire organization.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
 */
export function baseStatements(facts: BaseFacts): readonly OwnStatement[] {
  const { roles, foundObservers = [], others = [] } = facts;
  const found =
    foundObservers.length === 0 ? [] : [inOrganization("ObserversOfFoundAccounts", foundObservers, facts)];
  const rest = [...found, ...others];
  const listed: OwnStatement = {
    Sid: "OnlyTheNamedRoles",
    Effect: "Allow",
    Action: ACTIONS,
    Resource: roles,
  };
  const all = [...(roles.length === 0 ? [] : [listed]), ...rest];
  const isShort =
    JSON.stringify({ Version: "2012-10-17", Statement: all }).length <= DEFAULT_QUOTAS.policySize;
  if (isShort) return all;
  const byAccounts = statementsByAccounts(roles);
  if (byAccounts.length <= MOST_STATEMENTS || facts.organization === null) return [...byAccounts, ...rest];
  const patterns = [...roles.map(inAnyAccount), ...foundObservers];
  return [inOrganization("RolesOfTheOrganization", patterns, facts), ...others];
}

function inOrganization(
  sid: string,
  patterns: readonly string[],
  { organization }: Pick<BaseFacts, "organization">,
): OwnStatement {
  return {
    Sid: sid,
    Effect: "Allow",
    Action: ACTIONS,
    Resource: sortedSet(patterns),
    ...(organization !== null && { Condition: { StringEquals: { "aws:ResourceOrgID": organization } } }),
  };
}

/** Patterns with the same accounts are in one statement. */
function statementsByAccounts(roles: readonly string[]): readonly OwnStatement[] {
  const accountsOf = Map.groupBy(roles, inAnyAccount);
  const byAccounts = Map.groupBy([...accountsOf], ([, arns]) =>
    sortedSet(arns.map((arn) => arnParts(arn).accountId)).join(" "),
  );
  const groups = [...byAccounts].flatMap(([accounts, named]) =>
    parts(accounts.split(" ")).map((some) => ({
      some,
      patterns: named.map(([pattern]) => pattern).sort(byText),
    })),
  );
  return groups.map(({ some, patterns }, at) => ({
    Sid: `OnlyTheNamedRoles${at + 1}`,
    Effect: "Allow",
    Action: ACTIONS,
    Resource: patterns,
    Condition: { StringEquals: { "aws:ResourceAccount": some } },
  }));
}

/** The ARNs of one role name in all accounts. */
export function inAnyAccount(roleArn: string): string {
  const { partition, resource } = arnParts(roleArn);
  return `arn:${partition}:iam::*:${resource}`;
}

function parts(accounts: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(accounts.length / MOST_ACCOUNTS);
  return Array.from({ length: count }, (_, at) =>
    accounts.slice(at * MOST_ACCOUNTS, (at + 1) * MOST_ACCOUNTS),
  );
}
