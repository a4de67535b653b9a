import type { Call, Output } from "../contract.ts";
import type { IamScope, IamState, InstanceProfile, PolicyState, Role } from "./state.ts";
import { shownTrust } from "./trust.ts";

/** A role in ListRoles: without tags, boundary and RoleLastUsed (recorded). */
export function showListedRole(role: Role, call: Call): Output {
  return {
    ...showIdentity(role),
    AssumeRolePolicyDocument: shownTrust(role.trust, call),
    ...(role.description !== undefined && { Description: role.description }),
    MaxSessionDuration: role.maxSessionSeconds,
  };
}

/** A role in GetRole. RoleLastUsed is sent even if it is empty (recorded). */
export function showRole(role: Role, call: Call): Output {
  return {
    ...showListedRole(role, call),
    ...showBoundary(role),
    ...showTags(role),
    RoleLastUsed: showLastUsed(role),
  };
}

/**
 * A role in the answer of CreateRole: with the submitted document, without session length and RoleLastUsed (recorded).
 */
export function showCreatedRole(role: Role, submittedTrust: string): Output {
  return {
    ...showIdentity(role),
    AssumeRolePolicyDocument: submittedTrust,
    ...(role.description !== undefined && { Description: role.description }),
    ...showBoundary(role),
    ...showTags(role),
  };
}

/** A role in GetAccountAuthorizationDetails: without Description and MaxSessionDuration. */
export function showRoleDetail(role: Role, account: IamState, call: Call): Output {
  const profiles = Object.values(account.instanceProfiles).filter(({ roles }) => roles.includes(role.name));
  return {
    ...showIdentity(role),
    AssumeRolePolicyDocument: shownTrust(role.trust, call),
    InstanceProfileList: profiles.map((profile) => showInstanceProfile(profile, account, call)),
    RolePolicyList: Object.keys(role.inline)
      .sort()
      .map((PolicyName) => ({ PolicyName, PolicyDocument: role.inline[PolicyName] })),
    AttachedManagedPolicies: role.attached.map(showAttached),
    ...showBoundary(role),
    Tags: role.tags,
    RoleLastUsed: showLastUsed(role),
  };
}

function showIdentity(role: Role): Output {
  return { Path: role.path, RoleName: role.name, RoleId: role.id, Arn: role.arn, CreateDate: role.createdAt };
}

/** On the wire the type is "Policy", unlike in the SDK's enumeration (recorded). */
function showBoundary({ boundaryArn }: Role): Output {
  if (boundaryArn === undefined) return {};
  return { PermissionsBoundary: { PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: boundaryArn } };
}

function showTags({ tags }: Role): Output {
  return tags.length === 0 ? {} : { Tags: tags };
}

function showLastUsed({ lastUsed }: Role): Output {
  return lastUsed === undefined ? {} : { LastUsedDate: lastUsed.at, Region: lastUsed.region };
}

export function showAttached(arn: string): Output {
  return { PolicyName: arn.slice(arn.lastIndexOf("/") + 1), PolicyArn: arn };
}

export function showInstanceProfile(profile: InstanceProfile, account: IamState, call: Call): Output {
  const roles = profile.roles.flatMap((name) => account.roles[name] ?? []);
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: profile.createdAt,
    Roles: roles.map((role) => ({
      ...showIdentity(role),
      AssumeRolePolicyDocument: shownTrust(role.trust, call),
    })),
    ...(profile.tags.length > 0 && { Tags: profile.tags }),
  };
}

/** The numbers of attachments and uses as a boundary of each policy, by ARN. */
export interface Usage {
  readonly attached: ReadonlyMap<string, number>;
  readonly boundary: ReadonlyMap<string, number>;
}

export function usageOf(account: IamState): Usage {
  const roles = Object.values(account.roles);
  return {
    attached: countEach(roles.flatMap((role) => role.attached)),
    boundary: countEach(roles.flatMap((role) => role.boundaryArn ?? [])),
  };
}

function countEach(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** A policy in ListPolicies: without description and tags. */
export function showListedPolicy(policy: PolicyState, usage: Usage): Output {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: usage.attached.get(policy.arn) ?? 0,
    PermissionsBoundaryUsageCount: usage.boundary.get(policy.arn) ?? 0,
    IsAttachable: true,
    CreateDate: policy.createdAt,
    UpdateDate: policy.updatedAt,
  };
}

/** A policy in GetPolicy; without tags, the list is empty. */
export function showPolicy(policy: PolicyState, usage: Usage): Output {
  return {
    ...showListedPolicy(policy, usage),
    ...(policy.description !== undefined && { Description: policy.description }),
    Tags: policy.tags,
  };
}

/** A policy in GetAccountAuthorizationDetails: every version with its document, without description and tags. */
export function showPolicyDetail(policy: PolicyState, usage: Usage): Output {
  return {
    ...showListedPolicy(policy, usage),
    PolicyVersionList: policy.versions.toReversed().map((version) => ({
      ...showVersion(policy, version.id),
      Document: version.document,
    })),
  };
}

export function showVersion(policy: PolicyState, versionId: string): Output {
  const version = policy.versions.find(({ id }) => id === versionId);
  return {
    VersionId: versionId,
    IsDefaultVersion: policy.defaultVersion === versionId,
    CreateDate: version?.createdAt,
  };
}

/** The policies of the account and those of AWS, under the ARNs of the account's partition. */
export function findPolicy(scope: IamScope, arn: string, partition: string): PolicyState | undefined {
  const own = scope.account.policies[arn];
  if (own !== undefined || !arn.startsWith(`arn:${partition}:iam::aws:`)) return own;
  const managed = scope.awsManaged[arn.replace(/^arn:[^:]+:/, "arn:aws:")];
  return managed === undefined ? undefined : { ...managed, arn };
}

export function awsManagedIn(scope: IamScope, partition: string): readonly PolicyState[] {
  return Object.values(scope.awsManaged).map((policy) => ({
    ...policy,
    arn: policy.arn.replace(/^arn:aws:/, `arn:${partition}:`),
  }));
}
