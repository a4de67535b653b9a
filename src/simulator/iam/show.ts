import type { Call, Output } from "../contract.ts";
import type { IamScope, IamState, InstanceProfile, ManagedPolicy, Role } from "./state.ts";
import { shownTrust } from "./trust.ts";

/** What ListRoles shows of a role: no tags, no boundary, no RoleLastUsed (recorded). */
export function showListedRole(role: Role, call: Call): Output {
  return {
    ...showIdentity(role),
    AssumeRolePolicyDocument: shownTrust(role.trust, call),
    ...(role.description !== undefined && { Description: role.description }),
    MaxSessionDuration: role.maxSessionSeconds,
  };
}

/** What GetRole shows. RoleLastUsed is there even when empty (recorded). */
export function showRole(role: Role, call: Call): Output {
  return {
    ...showListedRole(role, call),
    ...showBoundary(role),
    ...showTags(role),
    RoleLastUsed: showLastUsed(role),
  };
}

/** What CreateRole answers: the document as submitted, no session length, no RoleLastUsed (recorded). */
export function showCreatedRole(role: Role, submittedTrust: string): Output {
  return {
    ...showIdentity(role),
    AssumeRolePolicyDocument: submittedTrust,
    ...(role.description !== undefined && { Description: role.description }),
    ...showBoundary(role),
    ...showTags(role),
  };
}

/** What GetAccountAuthorizationDetails shows: no Description, no MaxSessionDuration. */
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

/** On the wire the type reads "Policy", whatever the SDK's enumeration says (recorded). */
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

/** How often each policy is attached to a role and used as a boundary, by ARN. */
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

/** What ListPolicies shows: neither description nor tags. */
export function showListedPolicy(policy: ManagedPolicy, usage: Usage): Output {
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

/** What GetPolicy shows; without tags an empty list. */
export function showPolicy(policy: ManagedPolicy, usage: Usage): Output {
  return {
    ...showListedPolicy(policy, usage),
    ...(policy.description !== undefined && { Description: policy.description }),
    Tags: policy.tags,
  };
}

/** What GetAccountAuthorizationDetails shows: every version with its document, neither description nor tags. */
export function showPolicyDetail(policy: ManagedPolicy, usage: Usage): Output {
  return {
    ...showListedPolicy(policy, usage),
    PolicyVersionList: newestFirst(policy).map((version) => ({
      ...showVersion(policy, version.id),
      Document: version.document,
    })),
  };
}

function newestFirst(policy: ManagedPolicy): ManagedPolicy["versions"] {
  return policy.versions.toReversed();
}

export function showVersion(policy: ManagedPolicy, versionId: string): Output {
  const version = policy.versions.find(({ id }) => id === versionId);
  return {
    VersionId: versionId,
    IsDefaultVersion: policy.defaultVersion === versionId,
    CreateDate: version?.createdAt,
  };
}

/** The policies of the account and those of AWS, under the ARNs of the account's partition. */
export function findPolicy(scope: IamScope, arn: string, partition: string): ManagedPolicy | undefined {
  const own = scope.account.policies[arn];
  if (own !== undefined || !arn.startsWith(`arn:${partition}:iam::aws:`)) return own;
  const managed = scope.awsManaged[arn.replace(/^arn:[^:]+:/, "arn:aws:")];
  return managed === undefined ? undefined : { ...managed, arn };
}

export function awsManagedIn(scope: IamScope, partition: string): readonly ManagedPolicy[] {
  return Object.values(scope.awsManaged).map((policy) => ({
    ...policy,
    arn: policy.arn.replace(/^arn:aws:/, `arn:${partition}:`),
  }));
}
