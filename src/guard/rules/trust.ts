import { permissionRows, onlyDocument } from "../../iam/compare/delta.ts";
import { namesText } from "../../iam/row-text.ts";
import { TRUST_DOCUMENT } from "../../iam/trust.ts";
import type { NameSet } from "../../model/delta.ts";
import type { DesiredBinding } from "../../model/desired.ts";
import { documentContext } from "../effective-role.ts";
import type { Breach } from "./rule.ts";

const LAMBDA = "Service lambda.amazonaws.com";

/** TRU-001: a principal other than Lambda may assume the role. */
export function trustsOthers(binding: DesiredBinding, trust: string = TRUST_DOCUMENT): readonly Breach[] {
  return trustBreaches({ rule: "TRU-001", trust, binding }, (principal) =>
    isLambda(principal) || isAnyone(principal) ? null : `${namesText(principal)} may assume the role`,
  );
}

/** TRU-002: anyone, a whole account, or anyone except some may assume it. */
export function trustsAnyone(binding: DesiredBinding, trust: string = TRUST_DOCUMENT): readonly Breach[] {
  return trustBreaches({ rule: "TRU-002", trust, binding }, (principal) =>
    isAnyone(principal) ? `${namesText(principal)} may assume the role` : null,
  );
}

function isLambda(principal: NameSet): boolean {
  return principal.kind === "one" && principal.name === LAMBDA;
}

function isAnyone(principal: NameSet): boolean {
  if (principal.kind !== "one") return principal.kind !== "unknown";
  return principal.name === "AWS *" || /^AWS arn:.*:root$/.test(principal.name);
}

function trustBreaches(
  {
    rule,
    trust,
    binding,
  }: { readonly rule: string; readonly trust: string; readonly binding: DesiredBinding },
  reasonFor: (principal: NameSet) => string | null,
): readonly Breach[] {
  // A principal has a row for each of its actions.
  const reasons = new Set(
    trustedPrincipals(trust, binding).flatMap((principal) => reasonFor(principal) ?? []),
  );
  return [...reasons].map((why) => ({
    rule,
    severity: "full" as const,
    origin: binding.role.origin,
    evidence: trust,
    why,
    fix: "trust only lambda.amazonaws.com",
  }));
}

function trustedPrincipals(trust: string, binding: DesiredBinding): readonly NameSet[] {
  if (trust === TRUST_DOCUMENT) return [{ kind: "one", name: LAMBDA }];
  const context = { ...documentContext(binding), dialect: "trust" } as const;
  const rows = permissionRows(onlyDocument({ from: { kind: "trust" }, text: trust }, context));
  return rows
    .filter(({ effect }) => effect === "Allow")
    .map(({ principal }) => principal ?? { kind: "unknown" });
}
