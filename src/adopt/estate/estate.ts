import type { Arn } from "../../model/aws/arn.ts";
import { missingActionOf, type AwsError } from "../../model/aws/errors/aws-error.ts";
import type { AccountId, Partition, Region } from "../../model/aws/ids.ts";
import type { Tag } from "../../model/aws/tag.ts";
import type {
  AccountQuotas,
  AwsManagedPolicy,
  FunctionNeeds,
  FunctionTriggers,
  LiveAlias,
  LivePolicy,
  LiveResourcePolicy,
  LiveRole,
  LiveVersion,
  Reading,
} from "../../model/live.ts";

/** A part of an estate that was not read: nothing may be concluded from it. */
export interface Unread {
  readonly kind: "unknown";
  /** `lambda:GetPolicy`: the call that would have answered. */
  readonly call: string;
  /** `denied`: a permission is missing; `failed`: AWS answered with another error; `not-called`: it was not part of this read. */
  readonly why: "denied" | "failed" | "not-called";
  /** What AWS answered, for people. */
  readonly reason: string;
}

/** A part of an estate. It is `known` only after a complete and successful read. */
export type EstatePart<T> = { readonly kind: "known"; readonly value: T } | Unread;

export interface EstateAccount {
  readonly id: AccountId;
  /** The name of its `AwsAccount`, or its id. */
  readonly name: string;
  readonly partition: Partition;
}

/**
 * What exists in one region of an account. There is no estate without a complete listing of its functions: a function
 * that is not in it does not exist.
 */
export interface Estate {
  readonly account: EstateAccount;
  readonly region: Region;
  /** The start of the reading. */
  readonly observedAtMs: number;
  /** Sorted by name. */
  readonly functions: readonly EstateFunction[];
  readonly iam: EstatePart<EstateIam>;
  readonly roleQuota: EstatePart<RoleQuota>;
  /** Of roles of functions of this region, as far as they could be taken over in place. */
  readonly roleStacks: EstatePart<RoleStacks>;
  /** Of functions that let rules of EventBridge call them by a pattern. */
  readonly eventRules: EstatePart<EventRules>;
}

/**
 * By the ARN of a function or alias: the ARNs of the rules that have it as a target, of all event buses of the account in
 * this region, sorted. A target that is not in the map was not asked for.
 */
export type EventRules = ReadonlyMap<string, EstatePart<readonly string[]>>;

/** What one role of the account may have; null: it was not read. */
export function quotasOfRole({ roleQuota }: Pick<Estate, "roleQuota">): RoleQuota["ofRole"] | null {
  return roleQuota.kind === "known" ? (roleQuota.value.ofRole ?? null) : null;
}

/** What CloudFormation answers about a role. Stacks are regional, and roles are not: another region may have its stack. */
export interface RoleStack {
  /** Where it was asked. */
  readonly regions: readonly Region[];
  /** The name of the stack; absent: no stack of these regions owns the role. */
  readonly stack: Reading<string>;
}

/** By lower-case role name. A role that is not in the map was not asked for. */
export type RoleStacks = ReadonlyMap<string, RoleStack>;

/** The quota of roles in the account, with those of AWS services. */
export interface RoleQuota {
  readonly existing: number;
  readonly quota: number;
  /** What one role may have; without it, it was not read. */
  readonly ofRole?: Pick<AccountQuotas, "rolePolicySize" | "attachedPoliciesPerRole">;
}

/** A region that was to be read and of which nothing is known: it may have any functions. */
export interface UnreadPlace {
  readonly account: EstateAccount;
  readonly region: Region;
  readonly reason: string;
  /** What to do so that it can be read. */
  readonly next: string;
}

/** `prod/eu-west-1`. */
export function estatePlaceText({ account, region }: Pick<UnreadPlace, "account" | "region">): string {
  return `${account.name}/${region}`;
}

/** The roles and policies of the account, from complete listings. */
export interface EstateIam {
  /** By lower-case role name. */
  readonly roles: ReadonlyMap<string, Reading<LiveRole>>;
  /** Customer-managed, by ARN. */
  readonly policies: ReadonlyMap<string, Reading<LivePolicy>>;
  /** By ARN. */
  readonly awsManaged: ReadonlyMap<string, Reading<AwsManagedPolicy>>;
}

export type FunctionCode =
  { readonly kind: "zip"; readonly runtime: string } | { readonly kind: "container-image" };

export interface EstateFunction {
  readonly name: string;
  readonly arn: Arn;
  /** Of $LATEST. */
  readonly roleArn: string;
  readonly code: EstatePart<FunctionCode>;
  /** VPC, tracing, dead letters, file systems, keys and logs. */
  readonly needs: FunctionNeeds;
  /** Sorted by key. */
  readonly tags: EstatePart<readonly Tag[]>;
  /** Published versions, without $LATEST. */
  readonly versions: EstatePart<readonly LiveVersion[]>;
  readonly aliases: EstatePart<readonly LiveAlias[]>;
  /** By qualifier, "" for the unqualified function; null: it has no resource policy. A qualifier that is not in the map was not read. */
  readonly policies: ReadonlyMap<string, EstatePart<LiveResourcePolicy | null>>;
  /** Event source mappings and destinations. */
  readonly triggers: EstatePart<FunctionTriggers>;
  /** Lambda@Edge replicas or masters are reported and not changed. */
  readonly edge: boolean;
}

/** By the ARN of the function, from a complete listing: a function that is not in the map has no tags. */
export type FunctionTags = ReadonlyMap<string, readonly Tag[]>;

export function tagsOf(arn: string, tags: EstatePart<FunctionTags>): EstatePart<readonly Tag[]> {
  return tags.kind === "unknown" ? tags : known(tags.value.get(arn) ?? []);
}

export function known<T>(value: T): EstatePart<T> {
  return { kind: "known", value };
}

export function notCalled(call: string): Unread {
  return { kind: "unknown", call, why: "not-called", reason: `${call} was not called` };
}

/** The call that AWS did not answer: of several that a part needs, the one that failed. */
export function unreadBecause(error: AwsError): Unread {
  const why = error.facts.denial === undefined ? "failed" : "denied";
  return { kind: "unknown", call: missingActionOf(error), why, reason: error.message };
}

/** `tag:GetResources is denied`: for a cell of a table. */
export function unreadText({ call, why }: Unread): string {
  if (why === "denied") return `${call} is denied`;
  return why === "failed" ? `${call} failed` : `${call} was not called`;
}
