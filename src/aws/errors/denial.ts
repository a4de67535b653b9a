import { deniedByOf } from "../../iam/denial/message.ts";
import type { AccessDenial } from "../../model/aws/errors/aws-error.ts";
import { type AwsCall, type CallSite } from "../calls/calls.ts";
import { AWS_CALLS, permissionFor } from "../calls/permissions.ts";

/**
 * Parses an access-denied message: `User: ARN is not authorized to perform: ACTION on resource: ARN because no
 * identity-based policy allows the ACTION action`, or `… with an explicit deny in a service control policy`.
 * Older messages end after the resource.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function readDenial(message: string, site: CallSite): AccessDenial {
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a text of AWS, which has no field for it
  const action = /not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)/.exec(message)?.[1] ?? site.call;
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a text of AWS, which has no field for it
  const how = /explicit deny/i.test(message) ? "explicit" : "implicit";
  const found = deniedByOf(message);
  const deniedBy = found === "unknown" && site.call === "sts:AssumeRole" ? "trust policy" : found;
  return { action, deniedBy, how, fix: fixOf({ action, deniedBy, how }, site) };
}

function fixOf(denial: Omit<AccessDenial, "fix">, site: CallSite): string {
  const { action, deniedBy, how } = denial;
  if (deniedBy === "session policy")
    return `this is an error of Grantkeeper, whose session policy is too narrow for its own call: report it; no permission is missing in AWS`;
  if (action === "sts:TagSession")
    return `allow sts:TagSession for the base identity in the role's trust policy, in a statement of its own, and allow the base identity sts:TagSession on the role`;
  if (deniedBy === "trust policy")
    return `allow sts:AssumeRole for the base identity with the external id of the manifest in the role's trust policy, and allow the base identity sts:AssumeRole on the role`;
  if (how === "explicit")
    return `the ${deniedBy} denies ${action}: exclude the ${site.identity} from the Deny`;
  if (deniedBy === "identity policy" || deniedBy === "unknown")
    return `add to the policy of the ${site.identity}: ${allowLine(action, site)}`;
  return `allow ${action} in the ${deniedBy} of the ${site.identity}`;
}

function allowLine(action: string, site: CallSite): string {
  return JSON.stringify({ Effect: "Allow", Action: action, Resource: resourceOf(action, site) });
}

function resourceOf(action: string, site: CallSite): string {
  const call = AWS_CALLS.find((each) => each === (action as AwsCall)) ?? site.call;
  if (call === "sts:GetCallerIdentity") return "*";
  const also = permissionFor(call).also.find((each) => each.action === action);
  return (also?.resource ?? permissionFor(call).resource)
    .replace("PARTITION", "aws*")
    .replace("ACCOUNT", site.accountId);
}
