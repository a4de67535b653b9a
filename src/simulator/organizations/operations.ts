import { ORGANIZATIONS_BOUNDS } from "../bounds/models.ts";
import { bounded } from "../bounds/query.ts";
import { type Call, type Input, type Operation, type Output, own } from "../contract.ts";
import {
  organizationOf,
  page,
  organizationsRefusal,
  type OrganizationsById,
  type Page,
} from "./organization.ts";
import { describePolicy, listParents, listPoliciesForTarget } from "./service-control.ts";
import type { MemberState, OrganizationState } from "./state.ts";

const JOINED_AT = "2026-01-01T00:00:00.000Z";

const listAccounts: Operation<OrganizationsById> = (world, input, call) => {
  const organization = organizationOf(world, call);
  return accountPage(page(Object.values(organization.members), input), organization, call);
};

const listAccountsForParent: Operation<OrganizationsById> = (world, input, call) => {
  const organization = organizationOf(world, call);
  const parent = parentIn(organization, input);
  const members = Object.values(organization.members).filter(({ parentId }) => parentId === parent);
  return accountPage(page(members, input), organization, call);
};

const listOrganizationalUnitsForParent: Operation<OrganizationsById> = (world, input, call) => {
  const organization = organizationOf(world, call);
  const parent = parentIn(organization, input);
  const units = Object.values(organization.units).filter(({ parentId }) => parentId === parent);
  const { items, next } = page(units, input);
  const shown = items.map(({ id, name }) => ({
    Id: id,
    Name: name,
    Arn: `arn:${call.partition}:organizations::${organization.managementAccountId}:ou/${organization.id}/${id}`,
  }));
  return { OrganizationalUnits: shown, ...next };
};

/** AWS has no page size for tags; an account has up to 50. */
const listTagsForResource: Operation<OrganizationsById> = (world, input, call) => {
  const organization = organizationOf(world, call);
  const member = own(organization.members, String(input["ResourceId"]));
  if (member === undefined)
    throw organizationsRefusal("TargetNotFoundException", "You specified a target that doesn't exist.");
  return { Tags: Object.entries(member.tags).map(([Key, Value]) => ({ Key, Value })) };
};

function parentIn({ rootId, units }: OrganizationState, input: Input): string {
  const parent = String(input["ParentId"]);
  if (parent === rootId || own(units, parent) !== undefined) return parent;
  throw organizationsRefusal("ParentNotFoundException", "You specified parent that doesn't exist.");
}

function accountPage(
  { items, next }: Page<MemberState>,
  organization: OrganizationState,
  call: Call,
): Output {
  return { Accounts: items.map((member) => shownAccount(organization, member, call)), ...next };
}

/** `Status` was retired on 9 September 2026. */
function shownAccount(
  { id: organizationId, managementAccountId }: OrganizationState,
  { id, name, state }: MemberState,
  { partition }: Call,
): Output {
  return {
    Id: id,
    Arn: `arn:${partition}:organizations::${managementAccountId}:account/${organizationId}/${id}`,
    Email: `aws+${id}@example.com`,
    Name: name,
    State: state,
    JoinedMethod: "CREATED",
    JoinedTimestamp: JOINED_AT,
  };
}

export const organizationsOperations: Readonly<Record<string, Operation<OrganizationsById>>> = bounded(
  ORGANIZATIONS_BOUNDS,
  {
    DescribePolicy: describePolicy,
    ListAccounts: listAccounts,
    ListAccountsForParent: listAccountsForParent,
    ListOrganizationalUnitsForParent: listOrganizationalUnitsForParent,
    ListParents: listParents,
    ListPoliciesForTarget: listPoliciesForTarget,
    ListTagsForResource: listTagsForResource,
  },
  "InvalidInputException",
);
