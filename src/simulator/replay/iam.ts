import type { IamState, IamTag, PolicyState, PolicyVersion } from "../iam/state.ts";
import type { RecordedValue } from "./recorded.ts";

const NAME = /^[\w+=,.@-]{1,128}$/;
const PATH = /^\/(?:[!-~]*\/)?$/;
const ID = /^A[A-Z0-9]{3,127}$/;
const ARN = /^arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:(?:\d{12}|aws)?:.+$/;

/** Where the objects of a recording go. */
export interface IamTarget {
  readonly iam: IamState;
  /** By ARN. */
  readonly awsManaged: Record<string, PolicyState>;
}

/** The output of `aws iam get-account-authorization-details`, all pages together. */
export function loadDetails({ iam, awsManaged }: IamTarget, file: RecordedValue): void {
  for (const user of file.member("UserDetailList").list()) {
    const identity = identityOf(user, "User");
    iam.users[identity.name] = identity;
  }
  for (const role of file.member("RoleDetailList").list()) loadRole(iam, role);
  for (const policy of file.member("Policies").list()) {
    const loaded = policyOf(policy);
    if (loaded.arn.includes(":iam::aws:")) awsManaged[loaded.arn] = loaded;
    else iam.policies[loaded.arn] = loaded;
  }
}

function identityOf(recorded: RecordedValue, kind: "InstanceProfile" | "Policy" | "Role" | "User") {
  return {
    name: recorded.member(`${kind}Name`).text(NAME, "a name of IAM"),
    path: recorded.member("Path").text(PATH, "a path of IAM"),
    id: recorded.member(`${kind}Id`).text(ID, "a unique id"),
    arn: recorded.member("Arn").text(ARN, "an ARN"),
    createdAt: recorded.member("CreateDate").time(),
  };
}

function loadRole(iam: IamState, recorded: RecordedValue): void {
  const identity = identityOf(recorded, "Role");
  if (Object.hasOwn(iam.roles, identity.name))
    throw recorded.problem(`role "${identity.name}" is there twice`);
  const boundary = recorded.member("PermissionsBoundary");
  const lastUsed = recorded.member("RoleLastUsed");
  const inline = recorded
    .member("RolePolicyList")
    .list()
    .map((each) => [
      each.member("PolicyName").text(NAME, "a name of IAM"),
      each.member("PolicyDocument").document(),
    ]);
  iam.roles[identity.name] = {
    ...identity,
    // Only ListRoles has it; it is denied until its output is loaded.
    maxSessionSeconds: 3_600,
    trust: recorded.member("AssumeRolePolicyDocument").document(),
    tags: tagsOf(recorded.member("Tags")),
    inline: Object.fromEntries(inline) as Record<string, string>,
    attached: recorded
      .member("AttachedManagedPolicies")
      .list()
      .map((each) => each.member("PolicyArn").text(ARN, "an ARN")),
    ...(!boundary.isAbsent && {
      boundaryArn: boundary.member("PermissionsBoundaryArn").text(ARN, "an ARN"),
    }),
    ...(lastUsed.has("LastUsedDate") && {
      lastUsed: { at: lastUsed.member("LastUsedDate").time(), region: lastUsed.member("Region").text() },
    }),
  };
  for (const profile of recorded.member("InstanceProfileList").list()) {
    const own = identityOf(profile, "InstanceProfile");
    iam.instanceProfiles[own.name] = { ...own, tags: [], roles: [identity.name] };
  }
}

function policyOf(recorded: RecordedValue): PolicyState {
  const versions = recorded.member("PolicyVersionList").list().map(versionOf);
  const defaultVersion = recorded.member("DefaultVersionId").text();
  if (!versions.some(({ id }) => id === defaultVersion))
    throw recorded.problem(`its default version "${defaultVersion}" is not in PolicyVersionList`);
  return {
    ...identityOf(recorded, "Policy"),
    updatedAt: recorded.member("UpdateDate").time(),
    tags: [],
    defaultVersion,
    nextVersion: Math.max(...versions.map(({ id }) => Number(id.slice(1)))) + 1,
    // AWS lists the newest first; a world has the oldest first.
    versions: versions.toReversed(),
  };
}

function versionOf(recorded: RecordedValue): PolicyVersion {
  return {
    id: recorded.member("VersionId").text(/^v\d+$/, "the id of a version"),
    document: recorded.member("Document").document(),
    createdAt: recorded.member("CreateDate").time(),
  };
}

function tagsOf(recorded: RecordedValue): IamTag[] {
  return recorded.list().map((tag) => ({ Key: tag.member("Key").text(), Value: tag.member("Value").text() }));
}

/** The output of `aws iam list-roles`: what the details do not contain of a role. */
export function loadRoleList({ iam }: IamTarget, file: RecordedValue): void {
  for (const recorded of file.member("Roles").list()) {
    const name = recorded.member("RoleName").text(NAME, "a name of IAM");
    const role = Object.hasOwn(iam.roles, name) ? iam.roles[name] : undefined;
    if (role === undefined) throw recorded.problem(`role "${name}" is not in RoleDetailList`);
    const description = recorded.member("Description").optionalText();
    if (description !== undefined) role.description = description;
    const seconds = recorded.member("MaxSessionDuration");
    if (typeof seconds.value !== "number") throw seconds.wrong("a number of seconds");
    role.maxSessionSeconds = seconds.value;
  }
}
