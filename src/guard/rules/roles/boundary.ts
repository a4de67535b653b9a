import { nameInArn } from "../../../model/aws/arn.ts";
import type { DesiredBinding } from "../../../model/desired.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import type { GuardContext } from "../../context/context.ts";
import type { Breach } from "../rule.ts";

/** BND-001: no boundary (in observe mode a warning), or one that the account does not list for the namespace. */
export function boundaryMissing(binding: DesiredBinding, { account }: GuardContext): readonly Breach[] {
  const { boundary, origin } = binding.role;
  if (boundary === null) {
    return [
      {
        rule: "BND-001",
        severity: binding.mode === "enforce" ? "full" : "warn",
        origin,
        evidence: canonicalText({ PermissionsBoundary: null }),
        why: `the role has no boundary${account.boundary === null ? `, since account ${account.name} names none` : ""}`,
        fix: `set boundary: NAME in AwsAccount ${account.name}`,
      },
    ];
  }
  const breachOf = (text: Pick<Breach, "why" | "fix">): readonly Breach[] => {
    const evidence = canonicalText({ PermissionsBoundary: boundary.arn });
    return [{ rule: "BND-001", severity: "full", origin: boundary.origin, evidence, ...text }];
  };
  if (!account.boundaries.includes(boundary.arn)) {
    const why = `${boundary.arn} is not one of the boundaries of account ${account.name}`;
    const fix = `use one that AwsAccount ${account.name} lists, or add it to that list`;
    return breachOf({ why, fix });
  }
  const restricted = account.fences.restrictedBoundaries.find(({ arn }) => arn === boundary.arn);
  if (restricted === undefined || restricted.namespaces.includes(binding.namespace)) return [];
  const why = `AwsAccount ${account.name} does not allow ${nameInArn(boundary.arn)} for namespace ${binding.namespace}`;
  const fix = "leave out role.boundary, or name a boundary that this namespace may use";
  return breachOf({ why, fix });
}
