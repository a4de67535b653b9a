import type { AlertEvent } from "../alert-event.ts";
import { fixOfAwsError, type AwsError } from "../aws/aws-error.ts";

/** Before the calls of the account that AWS denies: the incident of each. */
export function accessIncidents(accountId: string): string {
  return `account/${accountId}/`;
}

/** A call of the account that AWS denies. */
export function accessDenied(
  account: { readonly id: string; readonly name: string },
  call: string,
  error: AwsError,
): AlertEvent {
  return {
    kind: "access-denied",
    incident: `${accessIncidents(account.id)}${call}`,
    account: account.name,
    call,
    message: error.message,
    fix: fixOfAwsError(error) ?? "grantkeeper doctor",
  };
}
