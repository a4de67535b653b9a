import {
  GetAccountAuthorizationDetailsCommand,
  ListRolesCommand,
  type ManagedPolicyDetail,
  type RoleDetail,
} from "@aws-sdk/client-iam";
import type { LiveRole, Reading } from "../../model/live.ts";
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
import type { AccountReader } from "./reader.ts";

/** An object of the account-wide listing. An incomplete object has the name of the missing field. */
export type Detail =
  | { readonly kind: "role"; readonly role: RoleFromDetails }
  | { readonly kind: "incomplete-role"; readonly role: IncompleteRole }
  | { readonly kind: "policy"; readonly policy: PolicyFromDetails }
  | { readonly kind: "incomplete-policy"; readonly policy: IncompletePolicy };

const PAGE_SIZE = 1_000;
const DETAILS = "iam:GetAccountAuthorizationDetails";

/**
 * Lists the roles and customer-managed policies of the account; each page is projected as soon as it arrives. A page
 * may have fewer items than requested even if there are more pages.
 * @throws AwsError
 */
export function listDetails(
  reader: AccountReader,
  filter: readonly ("Role" | "LocalManagedPolicy")[],
): Promise<readonly Detail[]> {
  return reader.listIam(DETAILS, GetAccountAuthorizationDetailsCommand, {
    input: { Filter: [...filter], MaxItems: PAGE_SIZE },
    items: (answer) => {
      // A missing list is not an empty list: otherwise every role of the account would be missing.
      const roles = filter.includes("Role") ? needed(answer.RoleDetailList, DETAILS, "RoleDetailList") : [];
      const policies = filter.includes("LocalManagedPolicy")
        ? needed(answer.Policies, DETAILS, "Policies")
        : [];
      return [...roles.map(roleDetail), ...policies.map(policyDetail)];
    },
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

/**
 * Reads the description and session length of every role.
 * @throws AwsError
 */
export function listRoles(reader: AccountReader): Promise<readonly RoleFromListing[]> {
  return reader.listIam("iam:ListRoles", ListRolesCommand, {
    input: { MaxItems: PAGE_SIZE },
    items: ({ Roles }) => needed(Roles, "iam:ListRoles", "Roles").map(roleFromListing),
  });
}

/**
 * Joins the roles of both listings, by lower-case name. Neither listing is a snapshot: a role that is only in one of
 * them, or has two RoleIds, changed during the read and is unknown. A role is also unknown if a listing omits a field
 * that AWS always sends.
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

/** AWS always sends this field: without it, the object is unknown. */
export function leftOut(
  what: string,
  missing: string,
): Extract<Reading<never>, { readonly kind: "unknown" }> {
  return { kind: "unknown", reason: `AWS sent ${what} without ${missing}` };
}

export function changing(name: string): Reading<LiveRole> {
  return { kind: "unknown", reason: `role ${name} changed during the read` };
}
