import { type Call, type Input, type Operation, type Output, own } from "../contract.ts";
import { organizationOf, page, organizationsRefusal, type OrganizationsById } from "./organization.ts";
import type { ControlPolicyState, OrganizationState } from "./state.ts";

type ControlType = "SERVICE_CONTROL_POLICY" | "RESOURCE_CONTROL_POLICY";

/** What AWS attaches to everything when the type is enabled. */
const FULL_ACCESS = {
  SERVICE_CONTROL_POLICY: fullAccess("FullAWSAccess", {}),
  RESOURCE_CONTROL_POLICY: fullAccess("RCPFullAWSAccess", { Principal: "*" }),
} as const satisfies Record<ControlType, ControlPolicyState>;

function fullAccess(name: string, principal: object): ControlPolicyState {
  const statement = { Effect: "Allow", ...principal, Action: "*", Resource: "*" };
  return {
    id: `p-${name}`,
    name,
    content: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
  };
}

export const listParents: Operation<OrganizationsById> = (world, input, call) => {
  const { members, units, rootId } = organizationOf(world, call);
  const child = String(input["ChildId"]);
  const found = own(members, child) ?? own(units, child);
  if (found === undefined)
    throw organizationsRefusal(
      "ChildNotFoundException",
      "We can't find an organizational unit (OU) or AWS account with the ChildId that you specified.",
    );
  const Type = found.parentId === rootId ? "ROOT" : "ORGANIZATIONAL_UNIT";
  return { Parents: [{ Id: found.parentId, Type }] };
};

/** Those of other types are never attached. */
export const listPoliciesForTarget: Operation<OrganizationsById> = (world, input, call) => {
  const organization = organizationOf(world, call);
  const target = String(input["TargetId"]);
  const { members, units, rootId } = organization;
  if (target !== rootId && own(members, target) === undefined && own(units, target) === undefined)
    throw organizationsRefusal("TargetNotFoundException", "You specified a target that doesn't exist.");
  const type = TYPES.find((one) => one === input["Filter"]);
  if (type === undefined) return { Policies: [] };
  const { items, next } = page(attachedTo(organization, target, type), input);
  return { Policies: items.map((policy) => summaryOf(policy, type, { organization, call })), ...next };
};

export const describePolicy: Operation<OrganizationsById> = (world, input: Input, call) => {
  const organization = organizationOf(world, call);
  const id = String(input["PolicyId"]);
  for (const type of TYPES) {
    const policy = policyOf(organization, id, type);
    if (policy === undefined) continue;
    const PolicySummary = summaryOf(policy, type, { organization, call });
    return { Policy: { PolicySummary, Content: policy.content } };
  }
  throw organizationsRefusal("PolicyNotFoundException", "You specified a policy that doesn't exist.");
};

const TYPES: readonly ControlType[] = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"];

function controlOf({ serviceControl, resourceControl }: OrganizationState, type: ControlType) {
  return type === "SERVICE_CONTROL_POLICY" ? serviceControl : resourceControl;
}

function attachedTo(
  organization: OrganizationState,
  target: string,
  type: ControlType,
): readonly ControlPolicyState[] {
  const control = controlOf(organization, type);
  if (control === undefined) return [];
  const ids = own(control.attached, target) ?? [FULL_ACCESS[type].id];
  return ids.flatMap((id) => policyOf(organization, id, type) ?? []);
}

function policyOf(
  organization: OrganizationState,
  id: string,
  type: ControlType,
): ControlPolicyState | undefined {
  if (id === FULL_ACCESS[type].id) return FULL_ACCESS[type];
  return own(controlOf(organization, type)?.policies ?? {}, id);
}

function summaryOf(
  { id, name }: ControlPolicyState,
  type: ControlType,
  { organization, call: { partition } }: { readonly organization: OrganizationState; readonly call: Call },
): Output {
  const AwsManaged = id === FULL_ACCESS[type].id;
  const place = AwsManaged ? "aws:policy" : `${organization.managementAccountId}:policy/${organization.id}`;
  const Arn = `arn:${partition}:organizations::${place}/${type.toLowerCase()}/${id}`;
  return { Id: id, Arn, Name: name, Type: type, AwsManaged };
}
