import { nameInArn } from "../../model/aws/arn.ts";
import type { LiveRole, Reading } from "../../model/live.ts";
import { unreadText, type Estate, type EstateFunction } from "./estate.ts";

/** The role that a function runs on. It is `absent` only if the complete listing of roles does not contain it. */
export function roleOfFunction({ iam }: Estate, { roleArn }: EstateFunction): Reading<LiveRole> {
  if (iam.kind === "unknown") return { kind: "unknown", reason: unreadText(iam) };
  const found = iam.value.roles.get(nameInArn(roleArn).toLowerCase());
  if (found?.kind === "present" && found.value.arn !== roleArn) return { kind: "absent" };
  return found ?? { kind: "absent" };
}

/** The names of the functions that run on each role, sorted; a function also uses the roles of its published versions. */
export function roleUsers({ functions }: Estate): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, Set<string>>();
  for (const one of functions)
    for (const arn of rolesUsedBy(one)) users.set(arn, (users.get(arn) ?? new Set()).add(one.name));
  return new Map([...users].map(([arn, names]) => [arn, [...names].sort()]));
}

function rolesUsedBy({ roleArn, versions }: EstateFunction): readonly string[] {
  const published = versions.kind === "known" ? versions.value.map((version) => version.roleArn) : [];
  return [roleArn, ...published];
}
