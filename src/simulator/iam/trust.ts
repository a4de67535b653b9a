import { type Call, SimulatedError } from "../contract.ts";
import { unknownOperator } from "../grammar/condition.ts";
import { checkDocument } from "../grammar/document.ts";
import { isParsedObject, parseIamJson } from "../grammar/json.ts";
import { mapPrincipals } from "../grammar/principal.ts";
import { limitExceeded } from "./input.ts";
import type { Quotas } from "./state.ts";

/**
 * The stored form of a trust document: an account id becomes the root ARN, a role or user becomes its unique id.
 * @throws SimulatedError `MalformedPolicyDocument` for a document or principal that IAM refuses, `LimitExceeded` for
 * its size
 */
export function storedTrust(document: string, quotas: Quotas, call: Call): string {
  checkTrustSyntax(document);
  checkDocument(document, "trust");
  if (countedLength(document) > quotas.AssumeRolePolicySizeQuota) {
    throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${quotas.AssumeRolePolicySizeQuota}`);
  }
  return JSON.stringify(mapPrincipals(JSON.parse(document), (principal) => storedPrincipal(principal, call)));
}

/** Two faults with other messages in a trust policy than in an identity policy. */
function checkTrustSyntax(document: string): void {
  const parsed = parseIamJson(document);
  if (parsed === undefined) throw malformed("This policy contains invalid Json");
  const statements = isParsedObject(parsed) ? [parsed["Statement"]].flat() : [];
  for (const statement of statements) {
    const operator = isParsedObject(statement) ? unknownOperator(statement["Condition"]) : undefined;
    if (operator !== undefined) throw malformed(`Invalid Condition type : ${operator}`);
  }
}

function storedPrincipal(principal: string, call: Call): string {
  if (principal === "*") return principal;
  if (/^\d{12}$/.test(principal)) return `arn:${call.partition}:iam::${principal}:root`;
  const id = call.iam.principalId(principal);
  if (id !== undefined) return id;
  throw malformed(`Invalid principal in policy: "AWS":"${principal}"`);
}

/**
 * The document that read calls return: unique ids are shown as their current ARNs, or bare if the principal was
 * deleted.
 */
export function shownTrust(stored: string, call: Call): string {
  return JSON.stringify(
    mapPrincipals(JSON.parse(stored), (principal) => call.iam.principalArn(principal) ?? principal),
  );
}

/** IAM does not count white space. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export function countedLength(document: string): number {
  return document.replace(/\s/g, "").length;
}

function malformed(message: string): SimulatedError {
  return new SimulatedError("MalformedPolicyDocument", message, 400);
}
