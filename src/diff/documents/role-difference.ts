import type { Comparer } from "../../iam/compare/comparer.ts";
import {
  onlyDocument,
  permissionDelta,
  replacementDelta,
  type RolePermissions,
} from "../../iam/compare/delta.ts";
import { compiledDocumentText } from "../../iam/read/print.ts";
import { trustText } from "../../iam/trust.ts";
import type { RoleDifference } from "../../model/keys/used-role.ts";
import { NO_DELTA, type Delta } from "../../model/delta.ts";
import type { DesiredBinding, DesiredPolicy } from "../../model/desired.ts";
import type { LivePolicy, LiveRole, Reading } from "../../model/live.ts";
import { documentContext } from "./document-context.ts";

/** The permissions of both sides; `used` are those of the live role. */
export interface ComparedRoles {
  readonly used: RolePermissions;
  readonly declared: RolePermissions;
}

/**
 * From the role in AWS to the declared one: all policies together within their boundaries, and the trust. null: the same
 * permissions and trust, which is proved. What other policies grant to the role within its boundary is not compared.
 */
export function roleDifference(
  binding: DesiredBinding,
  role: LiveRole,
  { used, declared, comparer }: ComparedRoles & { readonly comparer: Comparer },
): RoleDifference | null {
  const permissions = replacementDelta(used, declared, comparer);
  const trust = trustDelta(binding, role, comparer);
  return isNone(permissions) && isNone(trust) ? null : { permissions, trust };
}

function trustDelta(binding: DesiredBinding, role: LiveRole, comparer: Comparer): Delta {
  const context = documentContext(binding, "trust");
  const declared = trustText(binding.role);
  const tier = comparer.compareDocuments(role.trust, declared, context);
  if (tier !== "security") return NO_DELTA;
  const trust = (text: string): RolePermissions => onlyDocument({ from: { kind: "trust" }, text }, context);
  return permissionDelta(trust(role.trust), trust(declared), comparer);
}

function isNone({ allowed, noLongerAllowed, unknownEffect }: Delta): boolean {
  return allowed.length === 0 && noLongerAllowed.length === 0 && unknownEffect.length === 0;
}

/** A declared policy as it will be in AWS. */
export function asLivePolicy(policy: DesiredPolicy): Reading<LivePolicy> {
  const { policyName: name, path, arn, description } = policy;
  const version = { id: "v1", text: compiledDocumentText(policy.document), createdAtMs: 0 };
  const value: LivePolicy = {
    name,
    path,
    arn,
    policyId: "",
    defaultVersionId: version.id,
    versions: [version],
    description,
    attachmentCount: null,
    boundaryUsageCount: null,
    tags: { kind: "present", value: [] },
  };
  return { kind: "present", value };
}
