import type { AccountId } from "../../model/aws/ids.ts";
import { OWN_IDENTITIES, type OwnIdentity } from "../../model/aws/own-roles.ts";
import type { CallEvent } from "../../model/changes/change-event.ts";
import type { DesiredAccount } from "../../model/desired.ts";

type OwnAccount = Pick<DesiredAccount, OwnIdentity | "id" | "name">;

/** A role of Grantkeeper that a session has. */
export interface AssumedOwnRole {
  /** That declares the role. */
  readonly account: Pick<DesiredAccount, "id" | "name">;
  readonly identity: OwnIdentity;
  readonly arn: string;
}

/**
 * The role of Grantkeeper whose session made the call, in any account; null: another caller. The name of the session and the
 * user agent prove nothing: the caller chooses them.
 */
export function ownRoleOfCall(
  { actor }: Pick<CallEvent, "actor">,
  accounts: ReadonlyMap<AccountId, OwnAccount>,
): AssumedOwnRole | null {
  const arn = actor.roleArn;
  if (arn === null) return null;
  for (const account of accounts.values())
    for (const identity of OWN_IDENTITIES)
      if (isSameRole(account[identity]?.roleArn, arn)) return { account, identity, arn };
  return null;
}

/** IAM compares the names of roles without regard to case. */
function isSameRole(declared: string | undefined, arn: string): boolean {
  return declared?.toLowerCase() === arn.toLowerCase();
}
