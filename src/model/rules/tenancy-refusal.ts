import { PLATFORM, type Namespace } from "../aws/ids.ts";
import type { Desired } from "../desired.ts";
import { formatOrigin } from "../values/origin.ts";

/** Why nothing of a namespace may be written or deleted; null: it has a Team, or no namespace needs one. */
export function tenancyRefusal(
  namespace: Namespace,
  { teams, tenancy }: Pick<Desired, "teams" | "tenancy">,
): { readonly why: string; readonly fix: string } | null {
  const team = teams.get(namespace);
  if (namespace === PLATFORM || team?.kind === "fence") return null;
  if (team !== undefined) {
    const why = `Team ${namespace} has an error (${formatOrigin(team.origin)}), so that it allows nothing`;
    return { why, fix: "ask the platform team to fix the Team; what was applied before stays" };
  }
  if (tenancy.kind === "open") return null;
  if (tenancy.kind === "unknown") {
    const why = `${formatOrigin(tenancy.origin)} has an error or cannot be read, and may declare the Teams`;
    return { why, fix: "ask the platform team to fix this file; what was applied before stays" };
  }
  const why = `namespace ${namespace} has no Team: where there are Teams, each namespace needs one`;
  return {
    why,
    fix: `ask the platform team for a Team named ${namespace}, declared in the platform's folder`,
  };
}
