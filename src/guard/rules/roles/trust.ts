import { permissionRows, onlyDocument } from "../../../iam/compare/delta.ts";
import { namesText } from "../../../iam/row-text.ts";
import { trustText } from "../../../iam/trust.ts";
import { ANYONE, isAccountRoot, LAMBDA_SERVICE } from "../../../model/aws/principal.ts";
import type { NameSet, PermissionRow } from "../../../model/delta.ts";
import type { DesiredBinding } from "../../../model/desired.ts";
import { judgedContext } from "../../context/context.ts";
import type { Breach } from "../breach.ts";

/** TRU-001: a principal other than Lambda may assume the role. */
export function trustsOthers(
  binding: DesiredBinding,
  trust: string = trustText(binding.role),
): readonly Breach[] {
  return trustBreaches({ rule: "TRU-001", trust, binding }, (principal) =>
    isLambda(principal) || isAnyone(principal) ? null : `${namesText(principal)} may assume the role`,
  );
}

/** TRU-002: anyone, an entire account, or anyone except some may assume it. */
export function trustsAnyone(
  binding: DesiredBinding,
  trust: string = trustText(binding.role),
): readonly Breach[] {
  return trustBreaches({ rule: "TRU-002", trust, binding }, (principal) =>
    isAnyone(principal) ? `${namesText(principal)} may assume the role` : null,
  );
}

/** TRU-003: more than assuming the role, such as sessions with tags that policies read. */
export function trustsMoreActions(
  { role, ...binding }: DesiredBinding,
  trust: string = trustText(role),
): readonly Breach[] {
  if (trust === trustText(role)) return [];
  const actions = new Set(allowedTrust(trust, binding).flatMap(({ action }) => actionsBeyond(action)));
  return [...actions].map((action) => ({
    rule: "TRU-003",
    severity: "full" as const,
    origin: role.origin,
    evidence: trust,
    why: `the trust policy allows ${action} as well`,
    fix: "allow sts:AssumeRole only",
  }));
}

function actionsBeyond(action: NameSet): readonly string[] {
  const text = namesText(action);
  return text.toLowerCase() === "sts:assumerole" ? [] : [text];
}

export function isLambda(principal: NameSet): boolean {
  return principal.kind === "one" && principal.name === LAMBDA_SERVICE;
}

function isAnyone(principal: NameSet): boolean {
  if (principal.kind !== "one") return principal.kind !== "unknown";
  return principal.name === ANYONE || isAccountRoot(principal.name);
}

function trustBreaches(
  {
    rule,
    trust,
    binding,
  }: { readonly rule: string; readonly trust: string; readonly binding: DesiredBinding },
  reasonFor: (principal: NameSet) => string | null,
): readonly Breach[] {
  // Lambda alone, as every role that Grantkeeper makes.
  if (trust === trustText(binding.role)) return [];
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
  return allowedTrust(trust, binding).map(({ principal }) => principal ?? { kind: "unknown" });
}

export function allowedTrust(
  trust: string,
  binding: Pick<DesiredBinding, "partition" | "accountId">,
): readonly PermissionRow[] {
  const context = { ...judgedContext(binding), dialect: "trust" } as const;
  const rows = permissionRows(onlyDocument({ from: { kind: "trust" }, text: trust }, context));
  return rows.filter(({ effect }) => effect === "Allow");
}
