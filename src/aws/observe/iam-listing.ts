import {
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  ListRolesCommand,
  type GetAccountSummaryCommandOutput,
} from "@aws-sdk/client-iam";
import {
  DEFAULT_QUOTAS,
  type AccountQuotas,
  type LivePolicy,
  type LiveRole,
  type Reading,
} from "../../model/live.ts";
import { nextOfIam, wholeListing, type Page } from "./pages.ts";
import { policyFromDetails } from "./project-policy.ts";
import {
  roleFromDetails,
  roleFromListing,
  type RoleFromDetails,
  type RoleFromListing,
} from "./project-role.ts";
import type { Reader } from "./reader.ts";

export type PolicyFromDetails = Omit<LivePolicy, "tags">;

type Detail =
  | { readonly kind: "role"; readonly role: RoleFromDetails }
  | { readonly kind: "policy"; readonly policy: PolicyFromDetails };

const PAGE_SIZE = 1_000;
const DETAILS = "iam:GetAccountAuthorizationDetails";

/**
 * Roles and customer-managed policies of the account; a page is projected as soon as it is there. Pages may hold fewer
 * than asked for though there are more.
 * @throws AwsError
 */
export function listDetails(
  reader: Reader,
  filter: readonly ("Role" | "LocalManagedPolicy")[],
): Promise<readonly Detail[]> {
  return wholeListing(DETAILS, async (Marker): Promise<Page<Detail>> => {
    const input = { Filter: [...filter], MaxItems: PAGE_SIZE, ...(Marker !== undefined && { Marker }) };
    const answer = await reader.iam(DETAILS, GetAccountAuthorizationDetailsCommand, input);
    const roles = (answer.RoleDetailList ?? []).map(
      (each) => ({ kind: "role", role: roleFromDetails(each) }) as const,
    );
    const policies = (answer.Policies ?? []).map(
      (each) => ({ kind: "policy", policy: policyFromDetails(each) }) as const,
    );
    return { items: [...roles, ...policies], next: nextOfIam(answer, DETAILS) };
  });
}

/** Description and session length of every role. @throws AwsError */
export function listRoles(reader: Reader): Promise<readonly RoleFromListing[]> {
  return wholeListing("iam:ListRoles", async (Marker): Promise<Page<RoleFromListing>> => {
    const input = { MaxItems: PAGE_SIZE, ...(Marker !== undefined && { Marker }) };
    const answer = await reader.iam("iam:ListRoles", ListRolesCommand, input);
    return { items: (answer.Roles ?? []).map(roleFromListing), next: nextOfIam(answer, "iam:ListRoles") };
  });
}

/** The account's own quotas. @throws AwsError */
export async function readQuotas(reader: Reader): Promise<AccountQuotas> {
  const summary = await reader.iam("iam:GetAccountSummary", GetAccountSummaryCommand, {});
  return quotasOf(summary.SummaryMap ?? {});
}

function quotasOf(summary: NonNullable<GetAccountSummaryCommandOutput["SummaryMap"]>): AccountQuotas {
  const numbers = summary as Readonly<Record<string, number | undefined>>;
  return {
    rolePolicySize: numbers["RolePolicySizeQuota"] ?? DEFAULT_QUOTAS.rolePolicySize,
    attachedPoliciesPerRole:
      numbers["AttachedPoliciesPerRoleQuota"] ?? DEFAULT_QUOTAS.attachedPoliciesPerRole,
    assumeRolePolicySize: numbers["AssumeRolePolicySizeQuota"] ?? DEFAULT_QUOTAS.assumeRolePolicySize,
    versionsPerPolicy: numbers["VersionsPerPolicyQuota"] ?? DEFAULT_QUOTAS.versionsPerPolicy,
    policySize: numbers["PolicySizeQuota"] ?? DEFAULT_QUOTAS.policySize,
  };
}

/**
 * One role from both listings, by lower-case name. Neither is a snapshot: a role that stands in one only, or under two
 * RoleIds, changed while it was read and is unknown.
 */
export function joinRoles(
  details: readonly RoleFromDetails[],
  listed: readonly RoleFromListing[],
): ReadonlyMap<string, Reading<LiveRole>> {
  const listing = new Map(listed.map((role) => [role.name.toLowerCase(), role]));
  const joined = new Map<string, Reading<LiveRole>>();
  for (const detail of details) {
    const name = detail.name.toLowerCase();
    const other = listing.get(name);
    joined.set(name, other?.roleId === detail.roleId ? present(detail, other) : changing(detail.name));
  }
  for (const role of listed)
    if (!joined.has(role.name.toLowerCase())) joined.set(role.name.toLowerCase(), changing(role.name));
  return joined;
}

function present(detail: RoleFromDetails, listed: RoleFromListing): Reading<LiveRole> {
  const { description, maxSessionSeconds } = listed;
  return { kind: "present", value: { ...detail, description, maxSessionSeconds } };
}

function changing(name: string): Reading<LiveRole> {
  return { kind: "unknown", reason: `role ${name} changed while it was read` };
}
