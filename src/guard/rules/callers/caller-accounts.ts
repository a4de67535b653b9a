import type { NormalStatement } from "../../../iam/document.ts";
import { arnParts } from "../../../model/aws/arn.ts";
import { ANYONE, principalOf } from "../../../model/aws/principal.ts";
import type { DesiredAccount } from "../../../model/desired.ts";
import { someOf } from "../../../text/phrases.ts";
import type { ReadCaller } from "../../context/role-checks.ts";
import type { BreachText } from "./callers.ts";
import { admittedCallers, isTied, outsiders, type AdmittedCallers } from "../account-ties.ts";

/**
 * INV-004: a caller outside of the account, its `callerAccounts` and its `organizations`. Judged by what the statement lets
 * in: a condition that limits an outside principal to an admitted organization keeps it inside.
 */
export function callerOutside(
  { caller, normal, danger }: ReadCaller,
  account: DesiredAccount,
): BreachText | null {
  if (caller.statement.Effect === "Deny") return null;
  if (normal === null) {
    const why = "the statement is not understood, so its callers may be of any account";
    return { why, fix: "write principals and conditions as IAM documents them" };
  }
  const admitted = admittedCallers(account);
  const principals = normal.principals?.negated === true ? [ANYONE] : (normal.principals?.values ?? []);
  // Anyone at all is the matter of INV-003, which a waiver may lift.
  const isPublic = danger === "public";
  const outside = principals.flatMap((principal) =>
    isPublic && principal === ANYONE ? [] : outsideOf(principal, normal, admitted),
  );
  return outside.length === 0 ? null : breachText([...new Set(outside)], account);
}

/** What of a principal is outside of the fence, in words; empty if nothing is. */
function outsideOf(
  principal: string,
  { conditions }: NormalStatement,
  admitted: AdmittedCallers,
): readonly string[] {
  const { type, value } = principalOf(principal);
  if (type === "Service") {
    // Without a named source it is the matter of INV-001, INV-002 and INV-005.
    return isTied(conditions, "source", admitted) ? [] : outsiders(conditions, "source", admitted);
  }
  if (principal === ANYONE) {
    if (isTied(conditions, "any", admitted)) return [];
    const named = outsiders(conditions, "any", admitted);
    return named.length > 0 ? named : ["any account"];
  }
  const { accountId } = arnParts(value);
  if (type === "AWS" && admitted.has(accountId)) return [];
  if (isTied(conditions, "caller", admitted)) return [];
  return [/^\d{12}$/.test(accountId) ? accountId : `${principal}, which names no account`];
}

function breachText(outside: readonly string[], { name }: DesiredAccount): BreachText {
  const accounts = outside.filter((one) => /^\d{12}$/.test(one));
  const organizations = outside.filter((one) => one.startsWith("o-"));
  const fields = [
    ...(accounts.length > 0 ? [`callerAccounts: ${listText(accounts)}`] : []),
    ...(organizations.length > 0 ? [`organizations: ${listText(organizations)}`] : []),
  ];
  const why = `${someOf(outside)} may call the function, which AwsAccount ${name} does not allow`;
  if (fields.length === 0) return { why, fix: "name a principal of the account" };
  return {
    why,
    fix: `remove the caller, or ask the platform team for ${fields.join(" and ")} in AwsAccount ${name}`,
  };
}

function listText(names: readonly string[]): string {
  return `[${names.map((name) => `"${name}"`).join(", ")}]`;
}
