import { mayClaim } from "../../iam/names/team-claims.ts";
import type { Desired, DesiredBinding } from "../../model/desired.ts";
import type { KeyRecord } from "../../model/keys/key-record.ts";

/**
 * Why nothing in AWS is read for a declared binding: its Team does not allow the function, the role or the account. Else a
 * line in Git would show a team what the function of others allows. null: the Team allows it, or it was applied before, so
 * that the last applied state stays in force.
 */
export function forbiddenClaim(
  binding: DesiredBinding,
  { applied }: Pick<KeyRecord, "applied">,
  teams: Pick<Desired, "teams" | "tenancy">,
): string | null {
  if (mayClaim(binding, teams)) return null;
  const before = applied?.desired.kind === "binding" ? applied.desired.binding : null;
  const { functionArn, functionName, role } = binding;
  if (before !== null && before.functionArn === functionArn && before.role.arn === role.arn) return null;
  return `function ${functionName} is not read: its Team does not allow the binding`;
}
