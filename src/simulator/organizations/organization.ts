import { type Call, type Input, SimulatedError, own } from "../contract.ts";
import type { OrganizationState } from "./state.ts";

/** Every organization of the world, by id. */
export type OrganizationsById = Readonly<Record<string, OrganizationState>>;

/** The largest page of the listings; the default is the same. */
const MOST = 20;

/** The organization of the caller, which must be its management account or a delegated administrator. */
export function organizationOf(world: OrganizationsById, { accountId }: Call): OrganizationState {
  const found = Object.values(world).find(
    ({ members, managementAccountId }) =>
      managementAccountId === accountId || own(members, accountId) !== undefined,
  );
  if (found === undefined)
    throw organizationsRefusal(
      "AWSOrganizationsNotInUseException",
      "Your account is not a member of an organization.",
    );
  if (found.managementAccountId === accountId || found.delegatedAdministrators.includes(accountId))
    return found;
  throw organizationsRefusal("AccessDeniedException", "You don't have permissions to access this resource.");
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: { readonly NextToken?: string };
}

export function page<Item extends { readonly id: string }>(all: readonly Item[], input: Input): Page<Item> {
  const { MaxResults = MOST, NextToken } = input;
  const after = typeof NextToken === "string" ? Buffer.from(NextToken, "base64").toString("utf8") : "";
  const rest = all.filter(({ id }) => id > after).sort((left, right) => (left.id < right.id ? -1 : 1));
  const items = rest.slice(0, Number(MaxResults));
  const last = items.at(-1);
  const isLast = last === undefined || items.length === rest.length;
  return { items, next: isLast ? {} : { NextToken: Buffer.from(last.id).toString("base64") } };
}

export function organizationsRefusal(code: string, message: string): SimulatedError {
  return new SimulatedError(code, message, 400);
}
