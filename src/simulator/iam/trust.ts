import type { Call } from "../contract.ts";
import { SimulatedError } from "../contract.ts";
import { checkDocument } from "../grammar/document.ts";
import { mapPrincipals } from "../grammar/principal.ts";
import { limitExceeded } from "./input.ts";
import type { Quotas } from "./state.ts";

/**
 * The stored form of a trust document: an account id becomes the root ARN, a role or user its unique id.
 * @throws SimulatedError `MalformedPolicyDocument` for a document or principal that IAM refuses, `LimitExceeded` for its size
 */
export function storedTrust(document: string, quotas: Quotas, call: Call): string {
  checkDocument(document, "trust");
  if (countedLength(document) > quotas.AssumeRolePolicySizeQuota) {
    throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${quotas.AssumeRolePolicySizeQuota}`);
  }
  return JSON.stringify(mapPrincipals(JSON.parse(document), (principal) => storedPrincipal(principal, call)));
}

function storedPrincipal(principal: string, call: Call): string {
  if (principal === "*") return principal;
  if (/^\d{12}$/.test(principal)) return `arn:${call.partition}:iam::${principal}:root`;
  const id = call.iam.principalId(principal);
  if (id !== undefined) return id;
  const message = `Invalid principal in policy: "AWS":"${principal}"`;
  throw new SimulatedError("MalformedPolicyDocument", message, 400);
}

/** What reads show: unique ids as the ARNs that they have now, or bare when the principal is gone. */
export function shownTrust(stored: string, call: Call): string {
  return JSON.stringify(
    mapPrincipals(JSON.parse(stored), (principal) => call.iam.principalArn(principal) ?? principal),
  );
}

/** IAM does not count white space. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export function countedLength(document: string): number {
  return document.replace(/\s/g, "").length;
}
