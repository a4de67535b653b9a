import { own, type Call, type Input, type Operation, type Output, SimulatedError } from "../contract.ts";
import {
  alreadyExists,
  deleteConflict,
  limitExceeded,
  optionalNumber,
  nameOf,
  noSuchEntity,
  optionalText,
  pathOf,
  tagsOfInput,
  requiredInput,
} from "./input.ts";
import { iamListing } from "./paging.ts";
import { findPolicy, showCreatedRole, showListedRole, showRole, showInstanceProfile } from "./show.ts";
import type { IamScope, Role, InstanceProfile } from "./state.ts";
import { foldCase, tagging, tagListing, untagging, withTags } from "./tags.ts";
import { storedTrust } from "./trust.ts";

/** @throws SimulatedError `NoSuchEntity` */
export function roleOf(scope: IamScope, input: Input): Role {
  const name = nameOf(input, "RoleName");
  const role = own(scope.account.roles, name);
  if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  return role;
}

/** @throws SimulatedError `UnmodifiableEntity` for a service-linked role or a role of Identity Center */
export function modifiableRoleOf(scope: IamScope, input: Input): Role {
  const role = roleOf(scope, input);
  if (!/^\/aws-(service-role|reserved)\//.test(role.path)) return role;
  const message = `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS`;
  throw new SimulatedError("UnmodifiableEntity", message, 400);
}

function createRole(scope: IamScope, input: Input, call: Call): Output {
  const name = nameOf(input, "RoleName");
  const path = pathOf(input);
  const submitted = requiredInput(input, "AssumeRolePolicyDocument");
  const { account } = scope;
  const names = Object.keys(account.roles);
  if (names.some((each) => each.toLowerCase() === name.toLowerCase())) {
    throw alreadyExists(`Role with name ${name} already exists.`);
  }
  if (names.length >= account.quotas.RolesQuota) {
    throw limitExceeded(`Cannot exceed quota for RolesPerAccount: ${account.quotas.RolesQuota}`);
  }
  const described = optionalText(input, "Description");
  const boundary = boundaryOf(scope, input, call);
  const maxSessionSeconds = optionalNumber(input, "MaxSessionDuration") ?? 3_600;
  const tags = withTags([], tagsOfInput(input, foldCase), foldCase);
  const trust = storedTrust(submitted, account.quotas, call);
  const role: Role = {
    name,
    path,
    id: call.newId("AROA"),
    arn: `arn:${call.partition}:iam::${call.accountId}:role${path}${name}`,
    createdAt: new Date(call.nowMs).toISOString(),
    maxSessionSeconds,
    trust,
    tags,
    inline: {},
    attached: [],
    ...(described !== undefined && { description: described }),
    ...(boundary !== undefined && { boundaryArn: boundary }),
  };
  account.roles[name] = role;
  return { Role: showCreatedRole(role, submitted) };
}

/** @throws SimulatedError `NoSuchEntity` for a policy that does not exist in the account or in AWS */
function boundaryOf(scope: IamScope, input: Input, call: Call): string | undefined {
  const arn = optionalText(input, "PermissionsBoundary");
  if (arn === undefined || findPolicy(scope, arn, call.partition) !== undefined) return arn;
  if (!arn.startsWith("arn:")) throw new SimulatedError("ValidationError", `ARN ${arn} is not valid.`, 400);
  throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
}

function deleteRole(scope: IamScope, input: Input): Output {
  const role = modifiableRoleOf(scope, input);
  const profiles = Object.values(scope.account.instanceProfiles);
  if (profiles.some(({ roles }) => roles.includes(role.name))) {
    throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
  }
  if (role.attached.length > 0) throw deleteConflict("Cannot delete entity, must detach all policies first.");
  if (Object.keys(role.inline).length > 0)
    throw deleteConflict("Cannot delete entity, must delete policies first.");
  delete scope.account.roles[role.name];
  return {};
}

/** A field that is not sent does not change. */
function updateRole(scope: IamScope, input: Input): Output {
  const role = modifiableRoleOf(scope, input);
  const description = optionalText(input, "Description");
  const maxSessionSeconds = optionalNumber(input, "MaxSessionDuration");
  if (description !== undefined) role.description = description;
  if (maxSessionSeconds !== undefined) role.maxSessionSeconds = maxSessionSeconds;
  return {};
}

function updateAssumeRolePolicy(scope: IamScope, input: Input, call: Call): Output {
  const role = modifiableRoleOf(scope, input);
  role.trust = storedTrust(requiredInput(input, "PolicyDocument"), scope.account.quotas, call);
  return {};
}

function listRoles(scope: IamScope, input: Input, call: Call): Output {
  const prefix = optionalText(input, "PathPrefix") ?? "/";
  const listed = Object.values(scope.account.roles)
    .filter(({ path }) => path.startsWith(prefix))
    .map((role) => ({ key: role.name, item: () => showListedRole(role, call) }));
  return iamListing("Roles", input, listed);
}

function putBoundary(scope: IamScope, input: Input, call: Call): Output {
  const role = modifiableRoleOf(scope, input);
  const arn = boundaryOf(scope, input, call);
  if (arn !== undefined) role.boundaryArn = arn;
  return {};
}

function deleteBoundary(scope: IamScope, input: Input): Output {
  const role = modifiableRoleOf(scope, input);
  if (role.boundaryArn === undefined) {
    throw noSuchEntity(`Permissions boundary for role ${role.name} cannot be found.`);
  }
  delete role.boundaryArn;
  return {};
}

export const roleOperations = {
  CreateRole: createRole,
  GetRole: (scope, input, call) => ({ Role: showRole(roleOf(scope, input), call) }),
  ListRoles: listRoles,
  UpdateRole: updateRole,
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  DeleteRole: deleteRole,
  PutRolePermissionsBoundary: putBoundary,
  DeleteRolePermissionsBoundary: deleteBoundary,
  TagRole: tagging(modifiableRoleOf, foldCase),
  UntagRole: untagging(modifiableRoleOf, foldCase),
  ListRoleTags: tagListing(roleOf),
} as const satisfies Readonly<Record<string, Operation<IamScope>>>;

/** One role for each instance profile; AWS does not raise this limit. */
const MAX_ROLES = 1;

function createInstanceProfile(scope: IamScope, input: Input, call: Call): Output {
  const { account } = scope;
  const name = nameOf(input, "InstanceProfileName");
  const path = pathOf(input);
  const names = Object.keys(account.instanceProfiles);
  if (names.some((each) => each.toLowerCase() === name.toLowerCase())) {
    throw alreadyExists(`Instance Profile ${name} already exists.`);
  }
  const { InstanceProfilesQuota: quota } = account.quotas;
  if (names.length >= quota)
    throw limitExceeded(`Cannot exceed quota for InstanceProfilesPerAccount: ${quota}`);
  const profile: InstanceProfile = {
    name,
    path,
    id: call.newId("AIPA"),
    arn: `arn:${call.partition}:iam::${call.accountId}:instance-profile${path}${name}`,
    createdAt: new Date(call.nowMs).toISOString(),
    tags: withTags([], tagsOfInput(input, foldCase), foldCase),
    roles: [],
  };
  account.instanceProfiles[name] = profile;
  return { InstanceProfile: showInstanceProfile(profile, account, call) };
}

function profileOf(scope: IamScope, input: Input): InstanceProfile {
  const name = nameOf(input, "InstanceProfileName");
  const profile = own(scope.account.instanceProfiles, name);
  if (profile === undefined) throw noSuchEntity(`Instance Profile ${name} cannot be found.`);
  return profile;
}

function getInstanceProfile(scope: IamScope, input: Input, call: Call): Output {
  return { InstanceProfile: showInstanceProfile(profileOf(scope, input), scope.account, call) };
}

/** A listing contains no tags. */
function listInstanceProfiles(scope: IamScope, input: Input, call: Call): Output {
  const prefix = optionalText(input, "PathPrefix") ?? "/";
  const listed = Object.values(scope.account.instanceProfiles)
    .filter(({ path }) => path.startsWith(prefix))
    .map((profile) => ({
      key: profile.name,
      item: () => showInstanceProfile({ ...profile, tags: [] }, scope.account, call),
    }));
  return iamListing("InstanceProfiles", input, listed);
}

function deleteInstanceProfile(scope: IamScope, input: Input): Output {
  const profile = profileOf(scope, input);
  if (profile.roles.length > 0)
    throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
  delete scope.account.instanceProfiles[profile.name];
  return {};
}

function addRole(scope: IamScope, input: Input): Output {
  const profile = profileOf(scope, input);
  const role = modifiableRoleOf(scope, input);
  if (profile.roles.length >= MAX_ROLES) {
    throw limitExceeded(`Cannot exceed quota for InstanceSessionsPerInstanceProfile: ${MAX_ROLES}`);
  }
  profile.roles = [...profile.roles, role.name];
  return {};
}

function removeRole(scope: IamScope, input: Input): Output {
  const profile = profileOf(scope, input);
  const { name } = roleOf(scope, input);
  if (!profile.roles.includes(name)) {
    throw noSuchEntity(`Role ${name} in Instance Profile ${profile.name} cannot be found.`);
  }
  profile.roles = profile.roles.filter((each) => each !== name);
  return {};
}

function listForRole(scope: IamScope, input: Input, call: Call): Output {
  const { account } = scope;
  const { name } = roleOf(scope, input);
  const listed = Object.values(account.instanceProfiles)
    .filter(({ roles }) => roles.includes(name))
    .map((profile) => ({ key: profile.name, item: () => showInstanceProfile(profile, account, call) }));
  return iamListing("InstanceProfiles", input, listed);
}

export const instanceProfileOperations = {
  CreateInstanceProfile: createInstanceProfile,
  GetInstanceProfile: getInstanceProfile,
  ListInstanceProfiles: listInstanceProfiles,
  DeleteInstanceProfile: deleteInstanceProfile,
  TagInstanceProfile: tagging(profileOf, foldCase),
  UntagInstanceProfile: untagging(profileOf, foldCase),
  ListInstanceProfileTags: tagListing(profileOf),
  AddRoleToInstanceProfile: addRole,
  RemoveRoleFromInstanceProfile: removeRole,
  ListInstanceProfilesForRole: listForRole,
} as const satisfies Readonly<Record<string, Operation<IamScope>>>;
