import { listed, undocumented, type Asker, type Written } from "./world.ts";

/**
 * How a statement of a resource policy names the caller. `direct`: the user, the session, or everyone; `role`: the
 * role of the session; `account`: the caller's account, which "delegates authority to the account".
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export type Tie = "direct" | "role" | "account";

export function tieOf(statement: Written, caller: Asker, hasBoundary: boolean): Tie | undefined {
  if (statement["NotPrincipal"] !== undefined) return exceptionTie(statement, caller, hasBoundary);
  return namedTie(statement["Principal"], caller);
}

function namedTie(principal: unknown, caller: Asker): Tie | undefined {
  if (principal === "*") return "direct";
  const ties = namesOf(caller).filter(({ type, names }) =>
    membersOf(principal, type).some((member) => names.includes(member)),
  );
  const everyone = membersOf(principal, "AWS").includes("*");
  if (everyone && caller.kind !== "service" && caller.kind !== "federated") return "direct";
  if (everyone) return undocumented(`{"AWS": "*"} and a ${caller.kind}`);
  return ties.map(({ tie }) => tie).sort((a, b) => RANK.indexOf(a) - RANK.indexOf(b))[0];
}

const RANK: readonly Tie[] = ["direct", "role", "account"];

/**
 * `NotPrincipal` with Deny spares whom it names, with role and account: "also specify the account ARN of the
 * not-denied principal", "include both the ARN for a role and the ARN for the account". What happens when only some
 * are there depends on the service ("might"). It "will always deny any IAM principal that has a permissions boundary
 * policy attached, regardless of the values specified in the NotPrincipal element".
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function exceptionTie(statement: Written, caller: Asker, hasBoundary: boolean): Tie | undefined {
  if (statement["Effect"] !== "Deny") return undocumented("NotPrincipal with Allow");
  if (hasBoundary) return "direct";
  if (membersOf(statement["NotPrincipal"], "AWS").includes("*"))
    return undocumented("NotPrincipal of everyone");
  const listedOnes = namesOf(caller).map(({ type, names }) =>
    membersOf(statement["NotPrincipal"], type).some((member) => names.includes(member)),
  );
  if (caller.kind === "role" && caller.sessionArn === null && listedOnes.some(Boolean))
    return undocumented("NotPrincipal and a session whose name is not known");
  if (listedOnes.length > 0 && listedOnes.every(Boolean)) return undefined;
  if (listedOnes.some(Boolean)) return undocumented("NotPrincipal that names a caller in part");
  return "direct";
}

function membersOf(principal: unknown, type: string): readonly string[] {
  if (typeof principal !== "object" || principal === null) return [];
  const found = (principal as Readonly<Record<string, string | readonly string[] | undefined>>)[type];
  return found === undefined ? [] : listed(found);
}

interface Name {
  readonly tie: Tie;
  readonly type: "AWS" | "Service" | "Federated";
  /** Ways of writing it: "The account ARN and the shortened account ID behave the same way." */
  readonly names: readonly string[];
}

function namesOf(caller: Asker): readonly Name[] {
  if (caller.kind === "anonymous") return [];
  if (caller.kind === "service") return [{ tie: "direct", type: "Service", names: [caller.name] }];
  if (caller.kind === "federated") return [{ tie: "direct", type: "Federated", names: [caller.provider] }];
  const { accountId } = caller;
  const account: Name = { tie: "account", type: "AWS", names: [accountId, `arn:aws:iam::${accountId}:root`] };
  if (caller.kind === "account") return [account];
  if (caller.kind !== "role") return [{ tie: "direct", type: "AWS", names: [caller.arn] }, account];
  const role: Name = { tie: "role", type: "AWS", names: [caller.roleArn] };
  if (caller.sessionArn === null) return [role, account];
  return [{ tie: "direct", type: "AWS", names: [caller.sessionArn] }, role, account];
}
