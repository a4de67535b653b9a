import { own, type Call, type Input, type Operation, type Output } from "../contract.ts";
import { checkDocument } from "../grammar/document.ts";
import { limitExceeded, nameOf, noSuchEntity, optionalText, policyArnOf, requiredInput } from "./input.ts";
import { iamListing } from "./paging.ts";
import { modifiableRoleOf, roleOf } from "./roles.ts";
import { findPolicy, showAttached } from "./show.ts";
import type { IamScope } from "./state.ts";
import { countedLength } from "./trust.ts";

function putRolePolicy(scope: IamScope, input: Input): Output {
  const role = modifiableRoleOf(scope, input);
  const name = nameOf(input, "PolicyName");
  const document = requiredInput(input, "PolicyDocument");
  checkDocument(document, "identity");
  const all = { ...role.inline, [name]: document };
  const total = Object.values(all).reduce((sum, each) => sum + countedLength(each), 0);
  const { RolePolicySizeQuota: quota } = scope.account.quotas;
  if (total > quota)
    throw limitExceeded(`Maximum policy size of ${quota} bytes exceeded for role ${role.name}`);
  role.inline[name] = document;
  return {};
}

function getRolePolicy(scope: IamScope, input: Input): Output {
  const role = roleOf(scope, input);
  const name = nameOf(input, "PolicyName");
  const document = own(role.inline, name);
  if (document === undefined) throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
  return { RoleName: role.name, PolicyName: name, PolicyDocument: document };
}

function deleteRolePolicy(scope: IamScope, input: Input): Output {
  const role = modifiableRoleOf(scope, input);
  const name = nameOf(input, "PolicyName");
  if (own(role.inline, name) === undefined)
    throw noSuchEntity(`The role policy with name ${name} cannot be found.`);
  delete role.inline[name];
  return {};
}

function listRolePolicies(scope: IamScope, input: Input): Output {
  const listed = Object.keys(roleOf(scope, input).inline).map((name) => ({ key: name, item: () => name }));
  return iamListing("PolicyNames", input, listed);
}

function attachRolePolicy(scope: IamScope, input: Input, call: Call): Output {
  const arn = policyArnOf(input);
  const role = modifiableRoleOf(scope, input);
  if (findPolicy(scope, arn, call.partition) === undefined) {
    throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
  }
  if (role.attached.includes(arn)) return {};
  const { AttachedPoliciesPerRoleQuota: quota } = scope.account.quotas;
  if (role.attached.length >= quota) throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${quota}`);
  role.attached.push(arn);
  return {};
}

function detachRolePolicy(scope: IamScope, input: Input): Output {
  const arn = policyArnOf(input);
  const role = modifiableRoleOf(scope, input);
  if (!role.attached.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
  role.attached = role.attached.filter((each) => each !== arn);
  return {};
}

function listAttachedRolePolicies(scope: IamScope, input: Input): Output {
  const prefix = optionalText(input, "PathPrefix") ?? "/";
  const listed = roleOf(scope, input)
    .attached.filter((arn) => arn.slice(arn.indexOf("/")).startsWith(prefix))
    .map((arn) => ({ key: arn, item: () => showAttached(arn) }));
  return iamListing("AttachedPolicies", input, listed);
}

export const rolePolicyOperations = {
  PutRolePolicy: putRolePolicy,
  GetRolePolicy: getRolePolicy,
  DeleteRolePolicy: deleteRolePolicy,
  ListRolePolicies: listRolePolicies,
  AttachRolePolicy: attachRolePolicy,
  DetachRolePolicy: detachRolePolicy,
  ListAttachedRolePolicies: listAttachedRolePolicies,
} as const satisfies Readonly<Record<string, Operation<IamScope>>>;
