import { arnParts } from "../../model/aws/arn.ts";
import type { SourceAccess } from "../../model/aws/own-roles.ts";
import { sortedSet } from "../../text/order.ts";
import type { OwnStatement } from "./facts.ts";

/** What the base role reads by itself: repositories of its own account, and those that it reads with a role. */
export function sourceStatements(access: readonly SourceAccess[], baseRole: string): readonly OwnStatement[] {
  if (access.length === 0) return [];
  const { partition, accountId } = arnParts(baseRole);
  const repositories = access.flatMap((one) =>
    one.kind === "repository" && one.partition === partition
      ? [`arn:${partition}:codecommit:${one.region}:${accountId}:${one.name}`]
      : [],
  );
  const roles = access.flatMap((one) =>
    one.kind === "role" && arnParts(one.roleArn).partition === partition ? [one.roleArn] : [],
  );
  return [
    allowed("PullRepositories", "codecommit:GitPull", repositories),
    allowed("RolesOfRepositories", "sts:AssumeRole", roles),
  ].filter(({ Resource }) => Resource.length > 0);
}

function allowed(sid: string, action: string, resources: readonly string[]) {
  return { Sid: sid, Effect: "Allow", Action: [action], Resource: sortedSet(resources) } as const;
}
