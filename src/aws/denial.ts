import { deniedByOf } from "../iam/denial/message.ts";
import type { AccessDenial } from "../model/aws-error.ts";
import { type AwsCall, type CallSite } from "./calls.ts";
import { AWS_CALLS, permissionFor } from "./permissions.ts";

/**
 * Reads an access-denied text: `User: ARN is not authorized to perform: ACTION on resource: ARN because no
 * identity-based policy allows the ACTION action`, or `… with an explicit deny in a service control policy`.
 * Older texts end after the resource.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function readDenial(message: string, site: CallSite): AccessDenial {
  const action = /not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)/.exec(message)?.[1] ?? site.call;
  const how = /explicit deny/i.test(message) ? "explicit" : "implicit";
  const found = deniedByOf(message);
  const deniedBy = found === "unknown" && site.call === "sts:AssumeRole" ? "trust policy" : found;
  return { action, deniedBy, how, fix: fixOf({ action, deniedBy, how }, site) };
}

function fixOf(denial: Omit<AccessDenial, "fix">, site: CallSite): string {
  const { action, deniedBy, how } = denial;
  if (deniedBy === "trust policy")
    return `let the role's trust policy allow sts:AssumeRole to the base identity with the external id of the manifest, and the base identity sts:AssumeRole on the role`;
  if (how === "explicit")
    return `a Deny of ${action} stands in the ${deniedBy}: except the ${site.identity} from it`;
  if (deniedBy === "identity policy" || deniedBy === "unknown")
    return `add to the policy of the ${site.identity}: ${allowLine(action, site)}`;
  return `let the ${deniedBy} of the ${site.identity} allow ${action}`;
}

function allowLine(action: string, site: CallSite): string {
  return JSON.stringify({ Effect: "Allow", Action: action, Resource: resourceOf(action, site) });
}

function resourceOf(action: string, site: CallSite): string {
  const call = AWS_CALLS.find((each) => each === (action as AwsCall)) ?? site.call;
  const also = permissionFor(call).also.find((each) => each.action === action);
  return (also?.resource ?? permissionFor(call).resource)
    .replace("PARTITION", "aws*")
    .replace("ACCOUNT", site.accountId);
}
