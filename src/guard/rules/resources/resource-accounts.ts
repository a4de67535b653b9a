import { arnParts, hasArnParts } from "../../../model/aws/arn.ts";
import { fieldsWithVariables } from "../../../model/aws/arns/arn-fields.ts";
import { readConditions } from "../../../iam/read/conditions.ts";
import { isBindingTest } from "../../../iam/risk/access.ts";
import { isEverything, resourceCovers } from "../../../iam/match/wildcard.ts";
import type { ConditionTest } from "../../../model/aws/policy-document.ts";
import type { CompiledStatement, DesiredAccount } from "../../../model/desired.ts";
import type { Key } from "../../../model/keys/key.ts";
import type { GuardContext } from "../../context/context.ts";
import { type Breach, breachOf, eachStatement, listed } from "../breach.ts";
import { isPlainAccount } from "../account-ties.ts";
import type { Remedy } from "../remedy.ts";
import { otherAccountsOf } from "./same-object.ts";

/** Keys that have the account of the resource that a request is about. */
const OWNER_KEYS: ReadonlySet<string> = new Set(["aws:resourceaccount", "s3:resourceaccount"]);

/**
 * RES-005: a resource of another account that is not in `resourceAccounts`. A region is no fence: the account's `regions`
 * are where functions are managed, and a function may use a table or a model of another one.
 */
export function resourcesOutside(
  statements: readonly CompiledStatement[],
  { account, desired }: GuardContext,
  { key }: { readonly key: Key },
): readonly Breach[] {
  const owners: readonly string[] = [account.id, ...account.fences.resourceAccounts];
  const subject = (): JudgedAccounts => ({ account, others: otherAccountsOf(key, desired) });
  return eachStatement(statements, (compiled) => {
    const { statement } = compiled;
    if (statement.Effect === "Deny") return null;
    const ownerTests = testsOf(compiled).filter((test) => OWNER_KEYS.has(test.key) && isBindingTest(test));
    if (ownerTests.some(({ values }) => values.length > 0 && values.every((value) => owners.includes(value))))
      return null;
    const named = ownerTests.flatMap(({ values }) => values).find((value) => !owners.includes(value));
    if (named !== undefined) return breachOf("RES-005", compiled, conditionText(named, subject()));
    const outside = listed(statement.Resource).find(
      (resource) => !isInside(resource, owners) && !isAssumable(resource, account),
    );
    if (outside === undefined) return null;
    const { remedy, ...text } = resourceText(outside, subject());
    return { ...breachOf("RES-005", compiled, text), ...(remedy && { remedy }) };
  });
}

function testsOf({ statement }: CompiledStatement): readonly ConditionTest[] {
  const { Condition } = statement;
  if (Condition === undefined || !Object.values(Condition).some(namesOwner)) return [];
  const read = readConditions(Condition);
  return read.kind === "read" ? read.tests : [];
}

function namesOwner(tests: object): boolean {
  return Object.keys(tests).some((key) => OWNER_KEYS.has(key.toLowerCase()));
}

/** Who lists a role of another account to assume allows that account's role. */
function isAssumable(resource: string, { assumableRoles }: DesiredAccount): boolean {
  return assumableRoles.some((role) => resourceCovers(role, resource));
}

/** Some ARNs have no account, such as a bucket's, and some an owner that is no account, such as `aws`. */
function isInside(resource: string, owners: readonly string[]): boolean {
  // Everything is the matter of RES-001, since some actions know no other resource.
  if (isEverything(resource)) return true;
  const accountId = accountIn(resource);
  if (accountId === null) return false;
  return owners.includes(accountId) || (!isPlainAccount(accountId) && /^[a-z-]*$/.test(accountId));
}

/** null for a pattern that ends before the account: IAM completes it with stars. */
function accountIn(resource: string): string | null {
  if (!resource.includes("}")) return hasArnParts(resource) ? arnParts(resource).accountId : null;
  const fields = fieldsWithVariables(resource);
  return fields[0] === "arn" && fields.length > 5 ? (fields[4] ?? null) : null;
}

/** `others` has the same function or policy: a resource that is correct in one of them alone breaks it there. */
interface JudgedAccounts {
  readonly account: DesiredAccount;
  readonly others: ReadonlySet<string>;
}

const ACCOUNT_ID = "${account.id}";

interface OutsideText {
  readonly why: string;
  readonly fix: string;
  readonly remedy?: Remedy;
}

function resourceText(resource: string, { account, others }: JudgedAccounts): OutsideText {
  const accountId = accountIn(resource);
  if (accountId === null) {
    const why = `"${resource}" leaves the account open: it includes resources of every account`;
    return { why, fix: "write the complete ARN, with its account" };
  }
  if (!isPlainAccount(accountId)) {
    const why = `"${resource}" includes resources of other accounts`;
    const inAccount = withAccount(resource, others.size > 0 ? ACCOUNT_ID : account.id);
    return { why, fix: `write "${inAccount}"`, remedy: { kind: "name-account", resource, inAccount } };
  }
  const why = `"${resource}" is a resource of account ${accountId}, which AwsAccount ${account.name} does not allow`;
  const own = others.has(accountId) ? `write "${withAccount(resource, ACCOUNT_ID)}"` : null;
  return { why, fix: fixFor(accountId, account, own) };
}

function conditionText(
  owner: string,
  { account, others }: JudgedAccounts,
): { readonly why: string; readonly fix: string } {
  const why = `the condition names resources of account ${owner}, which AwsAccount ${account.name} does not allow`;
  const own = others.has(owner) ? `write "${ACCOUNT_ID}" in place of ${owner}` : null;
  return { why, fix: fixFor(owner, account, own) };
}

function withAccount(resource: string, account: string): string {
  return fieldsWithVariables(resource).with(4, account).join(":");
}

/** @param own what names the own resource of each account, if the owner is another account of the same manifest */
function fixFor(owner: string, { name }: DesiredAccount, own: string | null): string {
  const shared = `ask the platform team for resourceAccounts: ["${owner}"] in AwsAccount ${name}`;
  if (own === null) return `name a resource of the account, or ${shared}`;
  return `${own}, which is the account of each function; if all share the resource of ${owner}, ${shared}`;
}
