import { arnParts, nameInArn } from "../../model/aws/arn.ts";
import type { LiveAccount, LiveRole, Reading } from "../../model/live.ts";
import { unreadText, type Estate, type EstateFunction } from "./estate.ts";

export function roleOfFunction(
  { iam, account }: Pick<Estate, "iam" | "account">,
  { roleArn }: Pick<EstateFunction, "roleArn">,
): Reading<LiveRole> {
  if (iam.kind === "unknown") return { kind: "unknown", reason: unreadText(iam) };
  return roleByArn({ roles: iam.value.roles, complete: true, accountId: account.id }, roleArn);
}

/**
 * A role of a listing. It is `absent` only if a complete listing of its own account does not contain it. Nothing is known
 * of a role of another account. Nor is it known of a role whose name another role has: IAM's names are unique in an
 * account, in any path.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function roleByArn(
  { roles, complete, accountId }: Pick<LiveAccount, "roles" | "complete" | "accountId">,
  roleArn: string,
): Reading<LiveRole> {
  const name = nameInArn(roleArn);
  const found = roles.get(name.toLowerCase());
  if (found?.kind === "present" && found.value.arn !== roleArn)
    return { kind: "unknown", reason: `role ${name} has another ARN` };
  if (found !== undefined) return found;
  if (complete && arnParts(roleArn).accountId === accountId) return { kind: "absent" };
  return { kind: "unknown", reason: `role ${name} was not read` };
}

interface UsingRoles {
  readonly functions: readonly Pick<EstateFunction, "name" | "roleArn" | "versions">[];
}

/** The names of the functions that run on each role, sorted; a function also uses the roles of its published versions. */
export function roleUsers({ functions }: UsingRoles): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, Set<string>>();
  for (const one of functions)
    for (const arn of rolesUsedBy(one)) users.set(arn, (users.get(arn) ?? new Set()).add(one.name));
  return new Map([...users].map(([arn, names]) => [arn, [...names].sort()]));
}

function rolesUsedBy({ roleArn, versions }: UsingRoles["functions"][number]): readonly string[] {
  const published = versions.kind === "known" ? versions.value.map((version) => version.roleArn) : [];
  return [roleArn, ...published];
}
