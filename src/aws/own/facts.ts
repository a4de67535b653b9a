import type { Statement } from "../../model/policy-document.ts";

/** What the policies of Grantkeeper's own identities in one account are made of. */
export interface OwnFacts {
  readonly partition: string;
  readonly accountId: string;
  readonly instance: string;
  /** The role that the process itself has. */
  readonly baseRole: string;
  /** ARNs of the account's observer, writer and binder: those that are used. */
  readonly roles: readonly string[];
  /** ARNs that a role may have as its boundary. */
  readonly boundaries: readonly string[];
  /** What a role may be tagged with besides the tags of ownership. */
  readonly tagKeys: readonly string[];
  /** ARNs of policies that a role may get, besides our own. */
  readonly attachable: readonly string[];
  /** ARN patterns of the functions that callers may be let to. */
  readonly functions: readonly string[];
  /** ARNs of customer managed keys that encrypt the environment of functions which the binder serves. */
  readonly functionKeys: readonly string[];
  /** Who may be let to call, as AddPermission's Principal names them. */
  readonly callers: readonly string[];
  /** ARN patterns of policies that are never detached: an incident response's own. */
  readonly protectedPolicies: readonly string[];
}

/** A statement of an own policy: named, with its actions as a list. */
export type OwnStatement = Statement & { readonly Sid: string };

export function ourRoles({ partition, accountId }: OwnFacts): string {
  return `arn:${partition}:iam::${accountId}:role/grantkeeper/*`;
}

export function ourPolicies({ partition, accountId }: OwnFacts): string {
  return `arn:${partition}:iam::${accountId}:policy/grantkeeper/*`;
}
