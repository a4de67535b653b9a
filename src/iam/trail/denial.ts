import type { CallDenial } from "../../model/changes/call-denial.ts";
import { sessionOf } from "./actor.ts";
import type { TrailRecord } from "./trail-record.ts";

/** Whether the code of an error means that the caller lacks a permission. The services use different codes. */
export function isDenial(errorCode: string): boolean {
  return DENIED.test(errorCode);
}

const DENIED = /AccessDenied|Unauthorized|NotAuthorized|AuthFailure|AuthorizationError/i;

/** null: the call was not denied, or the caller is no session of a role of the account that the record is of. */
export function callDenialOf(record: TrailRecord): CallDenial | null {
  const { id, accountId, atMs, service, operation, errorCode, identity } = record;
  const session = sessionOf(identity);
  if (session === null || !isDenial(errorCode)) return null;
  const { roleArn } = session;
  return { id, accountId, atMs, call: `${service}:${operation}`, code: errorCode, roleArn };
}
