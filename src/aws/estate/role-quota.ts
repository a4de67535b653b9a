import { GetAccountSummaryCommand } from "@aws-sdk/client-iam";
import type { EstatePart, RoleQuota } from "../../adopt/estate/estate.ts";
import { needed } from "../observe/project-role.ts";
import type { AccountReader } from "../observe/reader.ts";
import { estatePart } from "./estate-part.ts";

const CALL = "iam:GetAccountSummary";

/**
 * How many roles the account has and may have, and what one role may have. The SDK's type lists only some entries of the summary.
 * @throws AwsError if the observer's role cannot be assumed
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
 */
export function readRoleQuota(reader: AccountReader): Promise<EstatePart<RoleQuota>> {
  return estatePart(async () => {
    const { SummaryMap } = await reader.iam(CALL, GetAccountSummaryCommand, {});
    const entries = needed(SummaryMap, CALL, "SummaryMap") as Readonly<Record<string, number | undefined>>;
    const rolePolicySize = entries["RolePolicySizeQuota"];
    const attachedPoliciesPerRole = entries["AttachedPoliciesPerRoleQuota"];
    const isComplete = rolePolicySize !== undefined && attachedPoliciesPerRole !== undefined;
    return {
      existing: needed(entries["Roles"], CALL, "Roles"),
      quota: needed(entries["RolesQuota"], CALL, "RolesQuota"),
      ...(isComplete && { ofRole: { rolePolicySize, attachedPoliciesPerRole } }),
    };
  });
}
