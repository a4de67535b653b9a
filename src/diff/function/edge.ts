import { nameInArn } from "../../model/aws/arn.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { liveRole, type LiveAccount, type LiveFunction } from "../../model/live.ts";
import { readDocument } from "../../iam/read/parse.ts";
import { documentContext } from "../documents/document-context.ts";

/** Lambda@Edge assumes the role of every function that CloudFront copies, by this name in every partition. */
const EDGE = "Service edgelambda.amazonaws.com";

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
  const trust = readDocument(role.value.trust, documentContext(binding, "trust"));
  if (trust.kind === "unreadable") return false;
  return trust.document.members.some(
    (member) =>
      member.kind !== "opaque" &&
      member.effect === "Allow" &&
      member.principals !== null &&
      !member.principals.negated &&
      member.principals.values.includes(EDGE),
  );
}
