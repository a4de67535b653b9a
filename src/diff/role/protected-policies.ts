import { matchesPattern } from "../../iam/match/wildcard.ts";
import { nameInArn } from "../../model/aws/arn.ts";

export type PolicyOfRole =
  { readonly kind: "inline"; readonly name: string } | { readonly kind: "attachment"; readonly arn: string };

/** Policies that AWS and incident responders attach to a role to stop it: a loop never removes them. */
const REVOKED_SESSIONS = "AWSRevokeOlderSessions";
const QUARANTINE = "AWSCompromisedKeyQuarantine*";

/** Patterns match the name at the end of the ARN, or the complete ARN. */
export function isProtected(object: PolicyOfRole, patterns: readonly string[]): boolean {
  if (object.kind === "inline" && object.name === REVOKED_SESSIONS) return true;
  const id = object.kind === "inline" ? object.name : object.arn;
  const name = nameInArn(id);
  return [...patterns, QUARANTINE].some(
    (pattern) => matchesPattern(pattern, name) || matchesPattern(pattern, id),
  );
}
