import type { DesiredBinding } from "../../model/desired.ts";
import { canonicalText } from "../../model/values/digest.ts";
import type { GuardContext } from "../context.ts";
import type { Breach } from "./rule.ts";

/** BND-001: no boundary, or one that the account does not list. Only a warning in observe mode. */
export function boundaryMissing(binding: DesiredBinding, { account }: GuardContext): readonly Breach[] {
  const { boundary, origin } = binding.role;
  if (boundary === null) {
    return [
      {
        rule: "BND-001",
        severity: binding.mode === "enforce" ? "full" : "warn",
        origin,
        evidence: canonicalText({ PermissionsBoundary: null }),
        why: `the role has no boundary, since account ${account.name} names none`,
        fix: `set boundary: NAME in AwsAccount ${account.name}`,
      },
    ];
  }
  if (account.boundaries.includes(boundary.arn)) return [];
  return [
    {
      rule: "BND-001",
      severity: "full",
      origin: boundary.origin,
      evidence: canonicalText({ PermissionsBoundary: boundary.arn }),
      why: `${boundary.arn} is not one of the boundaries of account ${account.name}`,
      fix: `use one that AwsAccount ${account.name} lists, or add it to that list`,
    },
  ];
}
