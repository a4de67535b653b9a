import { allowsClaim } from "../../../iam/names/team-claims.ts";
import { PLATFORM, type Namespace } from "../../../model/aws/ids.ts";
import type { OwnershipClaim } from "../conflicts.ts";
import type { CompiledTeams } from "./teams.ts";

/** Whether the Team of a claim's namespace allows it; without any Team every claim is as good as another. */
export function claimRights({
  teams,
  tenancy,
}: Pick<CompiledTeams, "teams" | "tenancy">): (claim: OwnershipClaim) => boolean {
  return (claim) => {
    if (tenancy.kind === "open" || claim.namespace === PLATFORM) return true;
    const team = teams.get(claim.namespace as Namespace);
    return team?.kind === "fence" && allowsClaim(team, claim, teams);
  };
}
