import { quotaSize } from "../../iam/read/print.ts";
import type { AccountQuotas, LiveRole } from "../../model/live.ts";

/** What AWS's quotas of one role count. */
export interface RoleSizes {
  /** The characters of all inline policies, without white space. */
  readonly inlineSize: number;
  readonly attached: number;
}

type PoliciesOfRole = Pick<LiveRole, "inline" | "attachments">;

/** While the policies of one state replace those of another, both may be there: of two texts under one name, the larger one. */
export function sizesInBetween(before: PoliciesOfRole, after: PoliciesOfRole): RoleSizes {
  const sizes = new Map<string, number>();
  for (const { name, text } of [...before.inline, ...after.inline])
    sizes.set(name, Math.max(sizes.get(name) ?? 0, quotaSize(text)));
  return {
    inlineSize: [...sizes.values()].reduce((sum, one) => sum + one, 0),
    attached: new Set([...before.attachments, ...after.attachments]).size,
  };
}

/** Which quotas of a role would not hold; none: all hold. */
export function exceededQuotas(
  { inlineSize, attached }: RoleSizes,
  {
    rolePolicySize,
    attachedPoliciesPerRole,
  }: Pick<AccountQuotas, "rolePolicySize" | "attachedPoliciesPerRole">,
): readonly string[] {
  return [
    ...(inlineSize > rolePolicySize
      ? [`the role's inline policies would have ${inlineSize} of ${rolePolicySize} characters`]
      : []),
    ...(attached > attachedPoliciesPerRole
      ? [`the role would have ${attached} of ${attachedPoliciesPerRole} policies attached`]
      : []),
  ];
}
