import { nameInArn } from "../../../model/aws/arn.ts";
import type { DesiredAccount, DesiredBinding } from "../../../model/desired.ts";
import { canonicalText } from "../../../model/values/digest.ts";
import type { GuardContext } from "../../context/context.ts";
import type { Breach } from "../breach.ts";

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
  const breachOf = (text: Pick<Breach, "why" | "fix" | "remedy">): readonly Breach[] => {
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
  return breachOf({ why, fix, remedy: { kind: "remove-field" } });
}

/** ATT-001: an attached policy that is neither a ManagedPolicy nor in the account's `attachablePolicies`. */
export function notAttachable({ role }: DesiredBinding, { account }: GuardContext): readonly Breach[] {
  const { name, fences } = account;
  return role.attachments
    .filter(({ arn, policy }) => policy === null && !fences.attachablePolicies.includes(arn))
    .map(({ arn, origin }) => ({
      rule: "ATT-001",
      severity: "full",
      origin,
      evidence: canonicalText({ PolicyArn: arn }),
      why: `AwsAccount ${name} does not list ${arn} as attachable`,
      fix: fixFor(arn, account),
    }));
}

/**
 * Of a policy with the same name, the path was perhaps left out. It is another policy, which may allow more than the
 * function should have: a hint, and no corrected line.
 */
function fixFor(arn: string, { name, fences }: DesiredAccount): string {
  const isMeant = (other: string): boolean => nameInArn(other).toLowerCase() === nameInArn(arn).toLowerCase();
  const meant = fences.attachablePolicies.find(isMeant);
  if (meant !== undefined) return `did you mean ${meant}? The account lists it`;
  return `write the grants that the function needs, or ask the platform team for it in attachablePolicies of AwsAccount ${name}`;
}
