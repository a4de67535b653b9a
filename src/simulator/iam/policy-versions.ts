import type { Call, Input, Operation, Output } from "../contract.ts";
import { deleteConflict, limitExceeded, noSuchEntity, text } from "./input.ts";
import { listing } from "./paging.ts";
import { checkedDocument, modifiablePolicyFor, policyOf } from "./policies.ts";
import { showVersion } from "./show.ts";
import type { IamScope, PolicyState, PolicyVersion } from "./state.ts";

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
  const id = text(input, "VersionId");
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
  return listing("Versions", input, listed);
}

export const policyVersionOperations = {
  CreatePolicyVersion: createPolicyVersion,
  GetPolicyVersion: getPolicyVersion,
  SetDefaultPolicyVersion: setDefaultPolicyVersion,
  DeletePolicyVersion: deletePolicyVersion,
  ListPolicyVersions: listPolicyVersions,
} as const satisfies Readonly<Record<string, Operation<IamScope>>>;
