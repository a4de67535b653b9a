import { nameInArn } from "../../model/aws/arn.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { liveRole, type LiveAccount, type LiveFunction } from "../../model/live.ts";
import { isTrusted } from "./trusted-service.ts";

/**
 * True for a function of Lambda@Edge: a replica, or one that runs on a role which Lambda@Edge may assume. The trust of
 * the declared role does not count: Lambda@Edge in it is drift, and must not keep Grantkeeper from removing it.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-permissions.html
 */
export function isAtEdge(binding: DesiredBinding, found: LiveFunction, live: LiveAccount): boolean {
  if (found.edge) return true;
  if (found.roleArn === binding.role.arn) return false;
  const role = liveRole(live, nameInArn(found.roleArn));
  if (role.kind !== "present" || role.value.arn !== found.roleArn) return false;
  return isTrusted("edgelambda.amazonaws.com", role.value, binding);
}
