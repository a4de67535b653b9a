import {
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  ListRolesCommand,
  type GetAccountSummaryCommandOutput,
  type ManagedPolicyDetail,
  type RoleDetail,
} from "@aws-sdk/client-iam";
import { DEFAULT_QUOTAS, type AccountQuotas, type LiveRole, type Reading } from "../../model/live.ts";
import { nextOfIam, wholeListing, type Page } from "./pages.ts";
import {
  missingInPolicy,
  policyFromDetails,
  type IncompletePolicy,
  type PolicyFromDetails,
} from "./project-policy.ts";
import {
  missingInDetails,
  needed,
  roleFromDetails,
  roleFromListing,
  type IncompleteRole,
  type RoleFromDetails,
  type RoleFromListing,
} from "./project-role.ts";
import type { Reader } from "./reader.ts";

/** What the listing of a whole account has; an object in which something is missing is named with it. */
export type Detail =
  | { readonly kind: "role"; readonly role: RoleFromDetails }
  | { readonly kind: "incomplete-role"; readonly role: IncompleteRole }
  | { readonly kind: "policy"; readonly policy: PolicyFromDetails }
  | { readonly kind: "incomplete-policy"; readonly policy: IncompletePolicy };

type Listed = "Role" | "LocalManagedPolicy";

const PAGE_SIZE = 1_000;
const DETAILS = "iam:GetAccountAuthorizationDetails";

/**
 * Roles and customer-managed policies of the account; a page is projected as soon as it is there. Pages may hold fewer
 * than asked for though there are more.
 * @throws AwsError
 */
export function listDetails(reader: Reader, filter: readonly Listed[]): Promise<readonly Detail[]> {
  return wholeListing(DETAILS, async (Marker): Promise<Page<Detail>> => {
    const input = { Filter: [...filter], MaxItems: PAGE_SIZE, ...(Marker !== undefined && { Marker }) };
    const answer = await reader.iam(DETAILS, GetAccountAuthorizationDetailsCommand, input);
    // A list that is not there is no empty list: every role of the account would be missing.
    const roles = filter.includes("Role") ? needed(answer.RoleDetailList, DETAILS, "RoleDetailList") : [];
    const policies = filter.includes("LocalManagedPolicy")
      ? needed(answer.Policies, DETAILS, "Policies")
      : [];
    return {
      items: [...roles.map(roleDetail), ...policies.map(policyDetail)],
      next: nextOfIam(answer, DETAILS),
    };
  });
}

function roleDetail(detail: RoleDetail): Detail {
  const role = missingInDetails(detail);
  return role === null ? { kind: "role", role: roleFromDetails(detail) } : { kind: "incomplete-role", role };
}

function policyDetail(detail: ManagedPolicyDetail): Detail {
  const policy = missingInPolicy(detail);
  if (policy !== null) return { kind: "incomplete-policy", policy };
  return { kind: "policy", policy: policyFromDetails(detail) };
}

/** Description and session length of every role. @throws AwsError */
export function listRoles(reader: Reader): Promise<readonly RoleFromListing[]> {
  return wholeListing("iam:ListRoles", async (Marker): Promise<Page<RoleFromListing>> => {
    const input = { MaxItems: PAGE_SIZE, ...(Marker !== undefined && { Marker }) };
    const answer = await reader.iam("iam:ListRoles", ListRolesCommand, input);
    const roles = needed(answer.Roles, "iam:ListRoles", "Roles");
    return { items: roles.map(roleFromListing), next: nextOfIam(answer, "iam:ListRoles") };
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
 * One role from both listings, by lower-case name. Neither is a snapshot: a role that is in one only, or under two
 * RoleIds, changed while it was read and is unknown. So is one of which a listing leaves out what AWS always sends.
 */
export function joinRoles(
  details: readonly Detail[],
  listed: readonly RoleFromListing[],
): ReadonlyMap<string, Reading<LiveRole>> {
  const listing = new Map(listed.map((role) => [role.name.toLowerCase(), role]));
  const joined = new Map<string, Reading<LiveRole>>();
  for (const detail of details) {
    if (detail.kind !== "role" && detail.kind !== "incomplete-role") continue;
    const name = detail.role.name.toLowerCase();
    joined.set(name, joinedRole(detail, listing.get(name)));
  }
  for (const role of listed)
    if (!joined.has(role.name.toLowerCase())) joined.set(role.name.toLowerCase(), changing(role.name));
  return joined;
}

function joinedRole(
  detail: Extract<Detail, { readonly kind: "role" | "incomplete-role" }>,
  listed: RoleFromListing | undefined,
): Reading<LiveRole> {
  const { name } = detail.role;
  if (detail.kind === "incomplete-role") return leftOut(`role ${name}`, detail.role.missing);
  if (listed?.roleId !== detail.role.roleId) return changing(name);
  const { description, maxSessionSeconds } = listed;
  if (maxSessionSeconds === null) return leftOut(`role ${name}`, "MaxSessionDuration");
  return { kind: "present", value: { ...detail.role, description, maxSessionSeconds } };
}

/** AWS always sends this field: without it the object is not known. */
export function leftOut(
  what: string,
  missing: string,
): Extract<Reading<never>, { readonly kind: "unknown" }> {
  return { kind: "unknown", reason: `AWS sent ${what} without ${missing}` };
}

function changing(name: string): Reading<LiveRole> {
  return { kind: "unknown", reason: `role ${name} changed while it was read` };
}
