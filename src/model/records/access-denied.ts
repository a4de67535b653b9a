import type { AlertEvent } from "../alert-event.ts";
import { fixOfAwsError, type AwsError } from "../aws/errors/aws-error.ts";
import type { AccountId } from "../aws/ids.ts";
import { formatIncident } from "./incident.ts";

/** A call of the account that AWS denies. */
export function accessDenied(
  account: { readonly id: AccountId; readonly name: string },
  call: string,
  error: AwsError,
): AlertEvent {
  return {
    kind: "access-denied",
    incident: formatIncident({ kind: "account", accountId: account.id, call }),
    account: account.name,
    call,
    message: error.message,
    fix: fixOfAwsError(error) ?? "grantkeeper doctor",
  };
}
