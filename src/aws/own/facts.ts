import type { ConditionBlock, Statement } from "../../model/aws/policy-document.ts";
import { INSTANCE_TAG } from "../../model/aws/tag.ts";

/** The inputs for the policies of Grantkeeper's own identities in one account. */
export interface OwnFacts {
  readonly partition: string;
  readonly accountId: string;
  readonly instance: string;
  /** The role of the process itself. */
  readonly baseRole: string;
  /** The AWS organization that the base role's account belongs to; null: the trust does not require one. */
  readonly organization: string | null;
  /** ARNs of the observer, writer and binder that the account uses. */
  readonly roles: readonly string[];
  /** ARNs of the allowed boundaries of a role. */
  readonly boundaries: readonly string[];
  /** Tag keys that a role may have in addition to the ownership tags. */
  readonly tagKeys: readonly string[];
  /** ARNs of policies that may be attached to a role, in addition to Grantkeeper's own. */
  readonly attachable: readonly string[];
  /** ARNs of the roles outside our path that may be taken over in place. */
  readonly adoptable: readonly string[];
  /** ARN patterns of the functions to which callers may be added. */
  readonly functions: readonly string[];
  /** ARNs of customer managed keys that encrypt the environment of functions whose role the binder sets. */
  readonly functionKeys: readonly string[];
  /** ARNs of former roles of functions, which the binder may set again. */
  readonly formerRoles: readonly string[];
  /** The callers that may be added, in the notation of AddPermission's Principal. */
  readonly callers: readonly string[];
  /** Accounts whose roles and users may be added as callers. */
  readonly callerAccounts: readonly string[];
  /** ARN patterns of the stacks whose outputs the observer may read; empty: manifests name none. */
  readonly stacks: readonly string[];
  /** The same for parameters of Systems Manager. */
  readonly parameters: readonly string[];
  /** Whether CloudTrail is asked who made a difference. */
  readonly lookupEvents: boolean;
  /** ARN patterns of policies that are never detached: those of the incident response. */
  readonly protectedPolicies: readonly string[];
}

/** A statement of these policies, with a Sid and with its actions as a list. */
export type OwnStatement = Statement & { readonly Sid: string };

export function ourRoles({ partition, accountId }: OwnFacts): string {
  return `arn:${partition}:iam::${accountId}:role/grantkeeper/*`;
}

export function ourPolicies({ partition, accountId }: OwnFacts): string {
  return `arn:${partition}:iam::${accountId}:policy/grantkeeper/*`;
}

export const resourceTag = `aws:ResourceTag/${INSTANCE_TAG}`;
export const requestTag = `aws:RequestTag/${INSTANCE_TAG}`;

export function tagKeysWithin(keys: readonly string[]): ConditionBlock {
  return { "ForAllValues:StringEquals": { "aws:TagKeys": keys } };
}

/** What the writer changes of a role of ours, whether it created the role or took it over. Sorted. */
export const ROLE_CHANGES = [
  "iam:DeleteRolePolicy",
  "iam:DetachRolePolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRole",
] as const;

/** The policies that the writer may attach to such a role. */
export function attachedWithin(facts: OwnFacts): ConditionBlock {
  return { ArnLike: { "iam:PolicyARN": [ourPolicies(facts), ...facts.attachable] } };
}
