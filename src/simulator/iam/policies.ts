import { type Call, type Input, type Operation, type Output, SimulatedError } from "../contract.ts";
import { checkDocument } from "../grammar/document.ts";
import {
  alreadyExists,
  deleteConflict,
  limitExceeded,
  nameOf,
  noSuchEntity,
  optionalText,
  pathOf,
  policyArnOf,
  tagsOfInput,
  requiredInput,
  iamValidationError,
} from "./input.ts";
import { iamListing } from "./paging.ts";
import { awsManagedIn, findPolicy, showListedPolicy, showPolicy, usageOf, showVersion } from "./show.ts";
import type { IamScope, IamState, PolicyState, PolicyVersion } from "./state.ts";
import { keepCase, tagging, tagListing, untagging, withTags } from "./tags.ts";
import { countedLength } from "./trust.ts";

/** @throws SimulatedError `NoSuchEntity` */
export function policyOf(scope: IamScope, input: Input, call: Call): PolicyState {
  const arn = policyArnOf(input);
  const policy = findPolicy(scope, arn, call.partition);
  if (policy === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
  return policy;
}

/** @throws SimulatedError `AccessDenied` for an AWS-managed policy, which no customer can change */
function modifiablePolicyFor(action: string): (...of: Parameters<typeof policyOf>) => PolicyState {
  return (scope, input, call) => {
    const policy = policyOf(scope, input, call);
    if (!policy.arn.includes(":iam::aws:")) return policy;
    const message = `User: ${call.principalArn} is not authorized to perform: ${action} on resource: policy ${policy.arn}`;
    throw new SimulatedError("AccessDenied", message, 403);
  };
}

/** @throws SimulatedError `MalformedPolicyDocument`, `LimitExceeded` */
function checkedDocument(account: IamState, input: Input): string {
  const document = requiredInput(input, "PolicyDocument");
  checkDocument(document, "managed");
  const { PolicySizeQuota: quota } = account.quotas;
  if (countedLength(document) > quota) throw limitExceeded(`Cannot exceed quota for PolicySize: ${quota}`);
  return document;
}

function createPolicy(scope: IamScope, input: Input, call: Call): Output {
  const name = nameOf(input, "PolicyName");
  const path = policyPathOf(input);
  const description = optionalText(input, "Description");
  const tags = withTags([], tagsOfInput(input, keepCase), keepCase);
  const { account } = scope;
  const existing = Object.values(account.policies);
  if (existing.some((each) => each.name.toLowerCase() === name.toLowerCase())) {
    throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
  }
  const { PoliciesQuota: quota } = account.quotas;
  if (existing.length >= quota) throw limitExceeded(`Cannot exceed quota for PoliciesPerAccount: ${quota}`);
  const document = checkedDocument(account, input);
  const createdAt = new Date(call.nowMs).toISOString();
  const policy: PolicyState = {
    name,
    path,
    id: call.newId("ANPA"),
    arn: `arn:${call.partition}:iam::${call.accountId}:policy${path}${name}`,
    createdAt,
    updatedAt: createdAt,
    tags,
    defaultVersion: "v1",
    nextVersion: 2,
    versions: [{ id: "v1", document, createdAt }],
    ...(description !== undefined && { description }),
  };
  account.policies[policy.arn] = policy;
  const shown = showListedPolicy(policy, usageOf(account));
  return { Policy: tags.length === 0 ? shown : { ...shown, Tags: tags } };
}

function policyPathOf(input: Input): string {
  const path = pathOf(input);
  if (/^((\/[A-Za-z0-9.,+@=_-]+)*)\/$/.test(path)) return path;
  throw iamValidationError(
    "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
  );
}

function deletePolicy(scope: IamScope, input: Input, call: Call): Output {
  const policy = modifiablePolicyFor("iam:DeletePolicy")(scope, input, call);
  const usage = usageOf(scope.account);
  if (usage.attached.has(policy.arn) || usage.boundary.has(policy.arn)) {
    throw deleteConflict("Cannot delete a policy attached to entities.");
  }
  if (policy.versions.length > 1) {
    throw deleteConflict(
      "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    );
  }
  delete scope.account.policies[policy.arn];
  return {};
}

function listPolicies(scope: IamScope, input: Input, call: Call): Output {
  const usage = usageOf(scope.account);
  const listed = policiesIn(scope, optionalText(input, "Scope") ?? "All", call)
    .filter((policy) => isListed(policy, input, usage))
    .map((policy) => ({ key: policy.arn, item: () => showListedPolicy(policy, usage) }));
  return iamListing("Policies", input, listed);
}

function policiesIn(scope: IamScope, wanted: string, call: Call): readonly PolicyState[] {
  const local = Object.values(scope.account.policies);
  if (wanted === "Local") return local;
  const managed = awsManagedIn(scope, call.partition);
  if (wanted === "AWS") return managed;
  return [...local, ...managed];
}

function isListed(policy: PolicyState, input: Input, usage: ReturnType<typeof usageOf>): boolean {
  const asBoundary = input["PolicyUsageFilter"] === "PermissionsBoundary";
  const isUsed = (asBoundary ? usage.boundary : usage.attached).has(policy.arn);
  const isFiltered = input["OnlyAttached"] === true || asBoundary;
  return policy.path.startsWith(optionalText(input, "PathPrefix") ?? "/") && (!isFiltered || isUsed);
}

/** The roles to which a policy is attached or whose boundary it is. */
function listEntities(scope: IamScope, input: Input, call: Call): Output {
  const { arn } = policyOf(scope, input, call);
  const filter = optionalText(input, "EntityFilter") ?? "Role";
  const usage = optionalText(input, "PolicyUsageFilter");
  const prefix = optionalText(input, "PathPrefix") ?? "/";
  const roles = Object.values(scope.account.roles).filter(
    (role) =>
      (usage !== "PermissionsBoundary" && role.attached.includes(arn)) ||
      (usage !== "PermissionsPolicy" && role.boundaryArn === arn),
  );
  const listed = roles
    .filter(({ path }) => filter === "Role" && path.startsWith(prefix))
    .map(({ name, id }) => ({ key: name, item: () => ({ RoleName: name, RoleId: id }) }));
  return { PolicyGroups: [], PolicyUsers: [], ...iamListing("PolicyRoles", input, listed) };
}

export const policyOperations = {
  CreatePolicy: createPolicy,
  GetPolicy: (scope, input, call) => ({
    Policy: showPolicy(policyOf(scope, input, call), usageOf(scope.account)),
  }),
  DeletePolicy: deletePolicy,
  ListPolicies: listPolicies,
  ListEntitiesForPolicy: listEntities,
  TagPolicy: tagging(modifiablePolicyFor("iam:TagPolicy"), keepCase),
  UntagPolicy: untagging(modifiablePolicyFor("iam:UntagPolicy"), keepCase),
  ListPolicyTags: tagListing(policyOf),
} as const satisfies Readonly<Record<string, Operation<IamScope>>>;

function createPolicyVersion(scope: IamScope, input: Input, call: Call): Output {
  const policy = modifiablePolicyFor("iam:CreatePolicyVersion")(scope, input, call);
  const document = checkedDocument(scope.account, input);
  const { VersionsPerPolicyQuota: quota } = scope.account.quotas;
  if (policy.versions.length >= quota) {
    throw limitExceeded(
      `A managed policy can have up to ${quota} versions. Before you create a new version, you must delete an existing version.`,
    );
  }
  const createdAt = new Date(call.nowMs).toISOString();
  const id = `v${policy.nextVersion}`;
  policy.nextVersion += 1;
  policy.versions = [...policy.versions, { id, document, createdAt }];
  if (input["SetAsDefault"] === true) setDefault(policy, id, call);
  return { PolicyVersion: showVersion(policy, id) };
}

function setDefault(policy: PolicyState, versionId: string, call: Call): void {
  policy.defaultVersion = versionId;
  policy.updatedAt = new Date(call.nowMs).toISOString();
}

/** @throws SimulatedError `NoSuchEntity` */
function versionOf(policy: PolicyState, input: Input): PolicyVersion {
  const id = requiredInput(input, "VersionId");
  const version = policy.versions.find((each) => each.id === id);
  if (version === undefined)
    throw noSuchEntity(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`);
  return version;
}

function getPolicyVersion(scope: IamScope, input: Input, call: Call): Output {
  const policy = policyOf(scope, input, call);
  const { id, document } = versionOf(policy, input);
  return { PolicyVersion: { Document: document, ...showVersion(policy, id) } };
}

function setDefaultPolicyVersion(scope: IamScope, input: Input, call: Call): Output {
  const policy = modifiablePolicyFor("iam:SetDefaultPolicyVersion")(scope, input, call);
  setDefault(policy, versionOf(policy, input).id, call);
  return {};
}

function deletePolicyVersion(scope: IamScope, input: Input, call: Call): Output {
  const policy = modifiablePolicyFor("iam:DeletePolicyVersion")(scope, input, call);
  const { id } = versionOf(policy, input);
  if (policy.defaultVersion === id) throw deleteConflict("Cannot delete the default version of a policy.");
  policy.versions = policy.versions.filter((each) => each.id !== id);
  return {};
}

/** The newest first. */
function listPolicyVersions(scope: IamScope, input: Input, call: Call): Output {
  const policy = policyOf(scope, input, call);
  const listed = policy.versions.map(({ id }) => ({
    key: String(1_000_000 - Number(id.slice(1))).padStart(7, "0"),
    item: () => showVersion(policy, id),
  }));
  return iamListing("Versions", input, listed);
}

export const policyVersionOperations = {
  CreatePolicyVersion: createPolicyVersion,
  GetPolicyVersion: getPolicyVersion,
  SetDefaultPolicyVersion: setDefaultPolicyVersion,
  DeletePolicyVersion: deletePolicyVersion,
  ListPolicyVersions: listPolicyVersions,
} as const satisfies Readonly<Record<string, Operation<IamScope>>>;
