import {
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import type { LiveRole, Reading } from "../../model/live.ts";
import { inParallel } from "../requests/in-parallel.ts";
import { isNotThere, presenceOf, unknownBecause } from "./failure.ts";
import { changing } from "./iam-listing.ts";
import { arnsOf, decodedDocument, needed, roleFromGetRole } from "./project-role.ts";
import type { AccountReader } from "./reader.ts";
import { byText } from "../../text/order.ts";

const WIDTH = 8;

/** Absent only if GetRole reports so: a role that disappears between two reads is unknown. */
export async function readRole(reader: AccountReader, name: string): Promise<Reading<LiveRole>> {
  const first = await presenceOf(() => reader.iam("iam:GetRole", GetRoleCommand, { RoleName: name }));
  if (first.kind !== "present") return first;
  try {
    const role = roleFromGetRole(needed(first.value.Role, "iam:GetRole", "Role"));
    const [inline, attachments, instanceProfiles] = await Promise.all([
      readInline(reader, name),
      readAttachments(reader, name),
      readInstanceProfiles(reader, name),
    ]);
    return { kind: "present", value: { ...role, inline, attachments, instanceProfiles } };
  } catch (cause) {
    return isNotThere(cause) ? changing(name) : unknownBecause(cause);
  }
}

async function readInline(reader: AccountReader, RoleName: string): Promise<LiveRole["inline"]> {
  const call = "iam:ListRolePolicies";
  const names = await reader.listIam(call, ListRolePoliciesCommand, {
    input: { RoleName },
    items: ({ PolicyNames }) => needed(PolicyNames, call, "PolicyNames"),
  });
  return inParallel([...names].sort(byText), WIDTH, async (PolicyName) => {
    const answer = await reader.iam("iam:GetRolePolicy", GetRolePolicyCommand, { RoleName, PolicyName });
    const text = decodedDocument(needed(answer.PolicyDocument, "iam:GetRolePolicy", "PolicyDocument"));
    return { name: PolicyName, text };
  });
}

async function readAttachments(reader: AccountReader, RoleName: string): Promise<LiveRole["attachments"]> {
  const call = "iam:ListAttachedRolePolicies";
  const arns = await reader.listIam(call, ListAttachedRolePoliciesCommand, {
    input: { RoleName },
    items: ({ AttachedPolicies }) =>
      needed(AttachedPolicies, call, "AttachedPolicies").map((each) => each.PolicyArn),
  });
  return arnsOf(arns, call);
}

async function readInstanceProfiles(reader: AccountReader, RoleName: string): Promise<readonly string[]> {
  const call = "iam:ListInstanceProfilesForRole";
  const names = await reader.listIam(call, ListInstanceProfilesForRoleCommand, {
    input: { RoleName },
    items: ({ InstanceProfiles }) =>
      needed(InstanceProfiles, call, "InstanceProfiles").map((each) => each.InstanceProfileName ?? ""),
  });
  return [...names].sort(byText);
}

/**
 * The same role with the fields that the account-wide listing may omit: its boundary (AWS did not send it in 2018) and
 * its last use. If the role was recreated meanwhile, it is unknown.
 */
export async function completedRole(reader: AccountReader, role: LiveRole): Promise<Reading<LiveRole>> {
  if (role.boundary !== null && role.lastUsedAtMs !== "unknown") return { kind: "present", value: role };
  try {
    const { Role } = await reader.iam("iam:GetRole", GetRoleCommand, { RoleName: role.name });
    const { roleId, boundary, lastUsedAtMs } = roleFromGetRole(needed(Role, "iam:GetRole", "Role"));
    if (roleId !== role.roleId) return changing(role.name);
    return { kind: "present", value: { ...role, boundary, lastUsedAtMs } };
  } catch (cause) {
    return isNotThere(cause) ? changing(role.name) : unknownBecause(cause);
  }
}
