import { type Call, type Input, type Operation, type Output } from "../contract.ts";
import { own } from "../own.ts";
import { organizationOf, page, refused, type OrganizationsById } from "./organization.ts";
import type { ControlPolicyState, OrganizationState } from "./state.ts";

/** What AWS attaches to everything when service control policies are enabled. */
const FULL_ACCESS: ControlPolicyState = {
  id: "p-FullAWSAccess",
  name: "FullAWSAccess",
  content: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  }),
};

export const listParents: Operation<OrganizationsById> = (world, input, call) => {
  const { members, units, rootId } = organizationOf(world, call);
  const child = String(input["ChildId"]);
  const found = own(members, child) ?? own(units, child);
  if (found === undefined)
    throw refused(
      "ChildNotFoundException",
      "We can't find an organizational unit (OU) or AWS account with the ChildId that you specified.",
    );
  const Type = found.parentId === rootId ? "ROOT" : "ORGANIZATIONAL_UNIT";
  return { Parents: [{ Id: found.parentId, Type }] };
};

/** Those of another type are never attached. */
export const listPoliciesForTarget: Operation<OrganizationsById> = (world, input, call) => {
  const organization = organizationOf(world, call);
  const target = String(input["TargetId"]);
  const { members, units, rootId, serviceControl } = organization;
  if (target !== rootId && own(members, target) === undefined && own(units, target) === undefined)
    throw refused("TargetNotFoundException", "You specified a target that doesn't exist.");
  const isRead = serviceControl !== undefined && input["Filter"] === "SERVICE_CONTROL_POLICY";
  const ids = isRead ? (own(serviceControl.attached, target) ?? [FULL_ACCESS.id]) : [];
  const { items, next } = page(
    ids.flatMap((id) => policyOf(organization, id) ?? []),
    input,
  );
  return { Policies: items.map((policy) => summaryOf(policy, organization, call)), ...next };
};

export const describePolicy: Operation<OrganizationsById> = (world, input: Input, call) => {
  const organization = organizationOf(world, call);
  const policy = policyOf(organization, String(input["PolicyId"]));
  if (policy === undefined)
    throw refused("PolicyNotFoundException", "You specified a policy that doesn't exist.");
  return {
    Policy: { PolicySummary: summaryOf(policy, organization, call), Content: policy.content },
  };
};

function policyOf({ serviceControl }: OrganizationState, id: string): ControlPolicyState | undefined {
  return id === FULL_ACCESS.id ? FULL_ACCESS : own(serviceControl?.policies ?? {}, id);
}

function summaryOf(
  { id, name }: ControlPolicyState,
  organization: OrganizationState,
  { partition }: Call,
): Output {
  const AwsManaged = id === FULL_ACCESS.id;
  const place = AwsManaged ? "aws:policy" : `${organization.managementAccountId}:policy/${organization.id}`;
  const Arn = `arn:${partition}:organizations::${place}/service_control_policy/${id}`;
  return { Id: id, Arn, Name: name, Type: "SERVICE_CONTROL_POLICY", AwsManaged };
}
