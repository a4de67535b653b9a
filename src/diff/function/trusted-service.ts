import { principalName } from "../../model/aws/principal.ts";
import { readDocument } from "../../iam/read/parse.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import type { LiveRole } from "../../model/live.ts";
import { documentContext } from "../documents/document-context.ts";

/** Lambda@Edge assumes the role of every function that CloudFront copies, by this name in every partition. */
type AssumingService = "lambda.amazonaws.com" | "edgelambda.amazonaws.com";

/**
 * Whether a statement of the role's trust policy allows the service to assume it. Conditions are not evaluated: they were in
 * force while the function ran on the role, and a change of the trust is reported for itself. A document that cannot be read
 * trusts no one.
 */
export function isTrusted(
  service: AssumingService,
  role: Pick<LiveRole, "trust">,
  at: Pick<DesiredBinding, "partition" | "accountId">,
): boolean {
  const trust = readDocument(role.trust, documentContext(at, "trust"));
  if (trust.kind === "unreadable") return false;
  return trust.document.members.some(
    (member) =>
      member.kind !== "opaque" &&
      member.effect === "Allow" &&
      member.principals !== null &&
      !member.principals.negated &&
      member.principals.values.includes(principalName("Service", service)),
  );
}
