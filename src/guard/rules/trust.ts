import { readDocument } from "../../iam/read/parse.ts";
import { TRUST_DOCUMENT } from "../../iam/trust.ts";
import type { NormalStatement } from "../../iam/document.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { documentContext } from "../effective-role.ts";
import type { Breach } from "./rule.ts";

const LAMBDA = "Service lambda.amazonaws.com";

/** TRU-001: a principal other than Lambda may assume the role. */
export function trustsOthers(binding: DesiredBinding, trust: string = TRUST_DOCUMENT): readonly Breach[] {
  return trustBreaches("TRU-001", trust, binding, (principal) =>
    principal === LAMBDA || isAnyone(principal) ? null : `${principal} may assume the role`,
  );
}

/** TRU-002: anyone, a whole account, or anyone except some may assume it. */
export function trustsAnyone(binding: DesiredBinding, trust: string = TRUST_DOCUMENT): readonly Breach[] {
  return trustBreaches("TRU-002", trust, binding, (principal) =>
    isAnyone(principal) ? `${principal} may assume the role` : null,
  );
}

function isAnyone(principal: string): boolean {
  return (
    principal.startsWith("all but ") || /^(AWS )?\*$/.test(principal) || /^AWS arn:.*:root$/.test(principal)
  );
}

function trustBreaches(
  rule: string,
  trust: string,
  binding: DesiredBinding,
  reasonFor: (principal: string) => string | null,
): readonly Breach[] {
  const reasons = trustedPrincipals(trust, binding).flatMap((principal) => reasonFor(principal) ?? []);
  return reasons.map((why) => ({
    rule,
    severity: "full" as const,
    origin: binding.role.origin,
    evidence: trust,
    why,
    fix: "trust only lambda.amazonaws.com",
  }));
}

/** As in the normal form; `all but …` for NotPrincipal, `unknown` for principals that cannot be parsed. */
function trustedPrincipals(trust: string, binding: DesiredBinding): readonly string[] {
  if (trust === TRUST_DOCUMENT) return [LAMBDA];
  const parsed = readDocument(trust, { ...documentContext(binding), dialect: "trust" });
  if (parsed.kind === "unreadable") return ["unknown"];
  return parsed.document.members.flatMap((member) => {
    if (member.kind === "opaque") return ["unknown"];
    return member.effect === "Deny" ? [] : principalsOf(member);
  });
}

function principalsOf({ principals }: NormalStatement): readonly string[] {
  if (principals === null) return ["unknown"];
  return principals.negated ? [`all but ${principals.values.join(", ")}`] : principals.values;
}
