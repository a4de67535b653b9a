import {
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
} from "@aws-sdk/client-iam";
import type { LiveRole, Reading } from "../../model/live.ts";
import { decodeDocument } from "../decode.ts";
import { inParallel } from "../in-parallel.ts";
import { isNotThere, presenceOf, unknownBecause } from "./failure.ts";
import { nextOfIam, wholeListing, type Page } from "./pages.ts";
import { arnsOf, needed, roleFromGetRole } from "./project-role.ts";
import type { Reader } from "./reader.ts";
import { byText } from "../../text/order.ts";

const WIDTH = 8;

/** Absent only when GetRole itself says so: a role that vanishes between two of its reads is unknown. */
export async function readRole(reader: Reader, name: string): Promise<Reading<LiveRole>> {
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

async function readInline(reader: Reader, RoleName: string): Promise<LiveRole["inline"]> {
  const call = "iam:ListRolePolicies";
  const names = await wholeListing(call, async (Marker): Promise<Page<string>> => {
    const input = { RoleName, ...(Marker !== undefined && { Marker }) };
    const answer = await reader.iam(call, ListRolePoliciesCommand, input);
    return { items: needed(answer.PolicyNames, call, "PolicyNames"), next: nextOfIam(answer, call) };
  });
  return inParallel([...names].sort(byText), WIDTH, async (PolicyName) => {
    const answer = await reader.iam("iam:GetRolePolicy", GetRolePolicyCommand, { RoleName, PolicyName });
    const text = decodeDocument(needed(answer.PolicyDocument, "iam:GetRolePolicy", "PolicyDocument"));
    return { name: PolicyName, text };
  });
}

async function readAttachments(reader: Reader, RoleName: string): Promise<LiveRole["attachments"]> {
  const call = "iam:ListAttachedRolePolicies";
  const arns = await wholeListing(call, async (Marker): Promise<Page<string | undefined>> => {
    const input = { RoleName, ...(Marker !== undefined && { Marker }) };
    const answer = await reader.iam(call, ListAttachedRolePoliciesCommand, input);
    return {
      items: needed(answer.AttachedPolicies, call, "AttachedPolicies").map((each) => each.PolicyArn),
      next: nextOfIam(answer, call),
    };
  });
  return arnsOf(arns, call);
}

async function readInstanceProfiles(reader: Reader, RoleName: string): Promise<readonly string[]> {
  const call = "iam:ListInstanceProfilesForRole";
  const names = await wholeListing(call, async (Marker): Promise<Page<string>> => {
    const input = { RoleName, ...(Marker !== undefined && { Marker }) };
    const answer = await reader.iam(call, ListInstanceProfilesForRoleCommand, input);
    return {
      items: needed(answer.InstanceProfiles, call, "InstanceProfiles").map(
        (each) => each.InstanceProfileName ?? "",
      ),
      next: nextOfIam(answer, call),
    };
  });
  return [...names].sort(byText);
}

/**
 * The same role with what the account-wide listing may leave out: its boundary (AWS did not send it there in 2018) and
 * its last use. A role that is another one by now is unknown.
 */
export async function completedRole(reader: Reader, role: LiveRole): Promise<Reading<LiveRole>> {
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

function changing(name: string): Reading<never> {
  return { kind: "unknown", reason: `role ${name} changed while it was read` };
}
