import { own } from "../own.ts";
import type { Call, Input, Operation, Output } from "../contract.ts";
import {
  alreadyExists,
  deleteConflict,
  limitExceeded,
  nameOf,
  noSuchEntity,
  optionalText,
  pathOf,
  tagsOf,
} from "./input.ts";
import { listing } from "./paging.ts";
import { modifiableRoleOf, roleOf } from "./roles.ts";
import { showInstanceProfile } from "./show.ts";
import type { IamScope, InstanceProfile } from "./state.ts";
import { foldCase, tagging, tagListing, untagging, withTags } from "./tags.ts";

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
    tags: withTags([], tagsOf(input, foldCase), foldCase),
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
  return listing("InstanceProfiles", input, listed);
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
  return listing("InstanceProfiles", input, listed);
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
