import { violations, violationsMessage } from "../bounds/check.ts";
import { ORGANIZATIONS_BOUNDS } from "../bounds/models.ts";
import { type Call, type Input, type Operation, type Output, SimulatedError } from "../contract.ts";
import { own } from "../own.ts";
import type { MemberState, OrganizationState } from "./state.ts";

/** Every organization of the world, by id. */
type OrganizationsById = Readonly<Record<string, OrganizationState>>;

/** The largest page of the listings; the default is the same. */
const MOST = 20;
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
    throw refused("TargetNotFoundException", "You specified a target that doesn't exist.");
  return { Tags: Object.entries(member.tags).map(([Key, Value]) => ({ Key, Value })) };
};

/** The organization of the caller, which must be its management account or a delegated administrator. */
function organizationOf(world: OrganizationsById, { accountId }: Call): OrganizationState {
  const found = Object.values(world).find(
    ({ members, managementAccountId }) =>
      managementAccountId === accountId || own(members, accountId) !== undefined,
  );
  if (found === undefined)
    throw refused("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.");
  if (found.managementAccountId === accountId || found.delegatedAdministrators.includes(accountId))
    return found;
  throw refused("AccessDeniedException", "You don't have permissions to access this resource.");
}

function parentIn({ rootId, units }: OrganizationState, input: Input): string {
  const parent = String(input["ParentId"]);
  if (parent === rootId || own(units, parent) !== undefined) return parent;
  throw refused("ParentNotFoundException", "You specified parent that doesn't exist.");
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

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: { readonly NextToken?: string };
}

function page<Item extends { readonly id: string }>(all: readonly Item[], input: Input): Page<Item> {
  const { MaxResults = MOST, NextToken } = input;
  const after = typeof NextToken === "string" ? Buffer.from(NextToken, "base64").toString("utf8") : "";
  const rest = all.filter(({ id }) => id > after).sort((left, right) => (left.id < right.id ? -1 : 1));
  const items = rest.slice(0, Number(MaxResults));
  const last = items.at(-1);
  const isLast = last === undefined || items.length === rest.length;
  return { items, next: isLast ? {} : { NextToken: Buffer.from(last.id).toString("base64") } };
}

function refused(code: string, message: string): SimulatedError {
  return new SimulatedError(code, message, 400);
}

function bounded(operations: Readonly<Record<string, Operation<OrganizationsById>>>): typeof operations {
  const checked = (name: string, operation: Operation<OrganizationsById>): Operation<OrganizationsById> => {
    return (world, input, call) => {
      const found = violations(ORGANIZATIONS_BOUNDS, name, input);
      if (found.length > 0) throw refused("InvalidInputException", violationsMessage(found));
      return operation(world, input, call);
    };
  };
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [name, checked(name, operation)]),
  );
}

export const organizationsOperations: Readonly<Record<string, Operation<OrganizationsById>>> = bounded({
  ListAccounts: listAccounts,
  ListAccountsForParent: listAccountsForParent,
  ListOrganizationalUnitsForParent: listOrganizationalUnitsForParent,
  ListTagsForResource: listTagsForResource,
});
