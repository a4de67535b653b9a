import { coversResource, ownsResource } from "../../../iam/names/name-pattern.ts";
import type { NamedResource } from "../../../iam/names/resource-name.ts";
import { PLATFORM, type Namespace } from "../../../model/aws/ids.ts";
import type { Desired } from "../../../model/desired.ts";

/**
 * Whether a finding may show a team if a resource exists: a finding is also shown to a token for that team's namespace
 * alone. Without any Team, everything may be anyone's.
 */
export function isShownTo(
  namespace: Namespace,
  resource: NamedResource,
  desired: Pick<Desired, "teams" | "tenancy">,
): boolean {
  if (!isFenced(namespace, desired)) return true;
  const team = desired.teams.get(namespace);
  if (team?.kind !== "fence") return false;
  return (
    ownsResource(team, resource) ||
    team.borrowed.some(({ resources }) => resources.some((pattern) => coversResource(pattern, resource)))
  );
}

export function isFenced(namespace: Namespace, { tenancy }: Pick<Desired, "tenancy">): boolean {
  return namespace !== PLATFORM && tenancy.kind !== "open";
}
