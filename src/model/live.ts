import type { Arn } from "./aws/arn.ts";
import type { AccountId, Region } from "./aws/ids.ts";
import type { Tag } from "./aws/tag.ts";

/** The result of a read. `absent` follows only from a complete, successful read; otherwise it is `unknown`. */
export type Reading<T> =
  | { readonly kind: "present"; readonly value: T }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly reason: string };

/** A part that is not read in every pass: nothing is known of it, and nothing failed. */
export type OccasionalReading<T> = Reading<T> | { readonly kind: "not-requested" };

export interface LiveRole {
  readonly name: string;
  readonly path: string;
  readonly arn: Arn;
  readonly roleId: string;
  readonly createdAtMs: number;
  /** Decoded once; as AWS returns it. */
  readonly trust: string;
  readonly description: string;
  readonly maxSessionSeconds: number;
  readonly boundary: Arn | null;
  /** Sorted by name. */
  readonly inline: readonly { readonly name: string; readonly text: string }[];
  /** Sorted by ARN. */
  readonly attachments: readonly Arn[];
  /** Sorted by key. */
  readonly tags: readonly Tag[];
  readonly instanceProfiles: readonly string[];
  /** Null: not used in the 400 days that AWS reports. `unknown`: AWS did not report it. */
  readonly lastUsedAtMs: number | null | "unknown";
}

export interface LivePolicyVersion {
  readonly id: string;
  readonly text: string;
  readonly createdAtMs: number;
}

/** A customer-managed policy. */
export interface LivePolicy {
  readonly name: string;
  readonly path: string;
  readonly arn: Arn;
  readonly policyId: string;
  readonly defaultVersionId: string;
  /** Newest first. */
  readonly versions: readonly LivePolicyVersion[];
  /** Read together with the tags; null: not read, so it is not compared. */
  readonly description: string | null;
  /** Null: AWS did not send it. */
  readonly attachmentCount: number | null;
  /** Null: AWS did not send it. */
  readonly boundaryUsageCount: number | null;
  /** Not in the account-wide listing: read by GetPolicy, for our policies only. */
  readonly tags: Reading<readonly Tag[]>;
}

/** The default version of an AWS-managed policy that a role attaches. */
export interface AwsManagedPolicy {
  readonly arn: Arn;
  readonly versionId: string;
  readonly text: string;
}

/** The permissions that Lambda itself needs in the function's role, by the function's configuration. */
export interface FunctionNeeds {
  readonly vpc: boolean;
  readonly tracing: boolean;
  readonly deadLetterArn: string | null;
  readonly fileSystemArns: readonly string[];
  readonly kmsKeyArn: string | null;
  readonly logGroup: string | null;
}

/** Other uses of the function's role by Lambda, which are not part of the configuration. */
export interface FunctionTriggers {
  readonly eventSources: readonly LiveEventSource[];
  /** ARNs to which Lambda sends results and failed events, sorted. */
  readonly destinations: readonly string[];
}

/** An event source mapping: Lambda polls the source with the function's role. */
export interface LiveEventSource {
  /** Null for a source outside AWS, such as a self-managed Kafka cluster. */
  readonly arn: string | null;
  /** ARNs of secrets that Lambda uses to sign in, sorted. */
  readonly secrets: readonly string[];
}

export interface LiveVersion {
  readonly version: string;
  readonly roleArn: string;
}

export interface LiveAlias {
  readonly name: string;
  /** The versions that it routes traffic to, the main one first. */
  readonly versions: readonly string[];
}

export interface LiveResourcePolicy {
  readonly text: string;
  readonly revisionId: string;
}

export interface LiveFunction {
  readonly name: string;
  readonly arn: Arn;
  /** Of $LATEST. */
  readonly roleArn: string;
  /** Null: AWS did not return it, so that no call can be conditional on it. */
  readonly revisionId: string | null;
  readonly needs: FunctionNeeds;
  /** Read only if the function runs on another role than the declared one. */
  readonly triggers: OccasionalReading<FunctionTriggers>;
  /** Published versions, without $LATEST. */
  readonly versions: OccasionalReading<readonly LiveVersion[]>;
  readonly aliases: OccasionalReading<readonly LiveAlias[]>;
  /** Lambda@Edge replicas or masters are reported and not changed. */
  readonly edge: boolean;
  /** By qualifier, "" for the unqualified function; a qualifier that was not read is not in the map. */
  readonly policies: ReadonlyMap<string, Reading<LiveResourcePolicy>>;
  /** The start of the oldest read that `policies` rests on; missing: none was read. */
  readonly policiesReadMs?: number;
  /** The last sweep kept `policies` as an earlier read found them; missing: they were read since it began. */
  readonly policiesKept?: true;
}

export type LiveRegion =
  | {
      readonly kind: "read";
      /** By function name. */
      readonly functions: ReadonlyMap<string, LiveFunction>;
      /** True after a complete listing: a function that is not in the map does not exist. */
      readonly complete: boolean;
      /** Requested by name and absent (targeted reads). */
      readonly absentFunctions: ReadonlySet<string>;
      /** Requested by name and not read, with the reason. Takes precedence over everything else known of the function. */
      readonly unread?: ReadonlyMap<string, string>;
    }
  | { readonly kind: "off"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

/** The account's own quotas, from GetAccountSummary. */
export interface AccountQuotas {
  readonly rolePolicySize: number;
  readonly attachedPoliciesPerRole: number;
  readonly assumeRolePolicySize: number;
  readonly versionsPerPolicy: number;
  readonly policySize: number;
}

export const DEFAULT_QUOTAS: AccountQuotas = {
  rolePolicySize: 10_240,
  attachedPoliciesPerRole: 10,
  assumeRolePolicySize: 2_048,
  versionsPerPolicy: 5,
  policySize: 6_144,
};

/** One observation of an account, by a sweep (`complete`) or by targeted reads. */
export interface LiveAccount {
  readonly accountId: AccountId;
  /** The start of the reading. */
  readonly observedAtMs: number;
  /** True for a sweep whose IAM listings were all complete: an object that is not in the maps does not exist. */
  readonly complete: boolean;
  /** By lower-case role name: IAM's names are unique without regard to case. */
  readonly roles: ReadonlyMap<string, Reading<LiveRole>>;
  /** By ARN; customer-managed. */
  readonly policies: ReadonlyMap<string, Reading<LivePolicy>>;
  /** By ARN. */
  readonly awsManaged: ReadonlyMap<string, Reading<AwsManagedPolicy>>;
  readonly regions: ReadonlyMap<Region, LiveRegion>;
  readonly quotas: AccountQuotas;
  /** By lower-case role name: the stack of CloudFormation that owns it. Read only for roles that are about to be taken over. */
  readonly roleStacks?: ReadonlyMap<string, Reading<string>>;
}

export function liveRoleStack({ roleStacks }: LiveAccount, name: string): OccasionalReading<string> {
  return roleStacks?.get(name.toLowerCase()) ?? { kind: "not-requested" };
}

export function liveRole(live: LiveAccount, name: string): Reading<LiveRole> {
  return live.roles.get(name.toLowerCase()) ?? unseen(live.complete, `role ${name} was not read`);
}

export function livePolicy(live: LiveAccount, arn: string): Reading<LivePolicy> {
  return live.policies.get(arn) ?? unseen(live.complete, `policy ${arn} was not read`);
}

export function liveFunction(live: LiveAccount, region: Region, name: string): Reading<LiveFunction> {
  const at = live.regions.get(region);
  if (at === undefined) return { kind: "unknown", reason: `region ${region} was not read` };
  if (at.kind !== "read") return { kind: "unknown", reason: `region ${region}: ${at.reason}` };
  const unread = at.unread?.get(name);
  if (unread !== undefined) return { kind: "unknown", reason: unread };
  const found = at.functions.get(name);
  if (found !== undefined) return { kind: "present", value: found };
  return unseen(at.complete || at.absentFunctions.has(name), `function ${name} was not read`);
}

/** When the function's policies were read; the time of the observation if none was. */
export function policiesReadMs({ regions, observedAtMs }: LiveAccount, region: Region, name: string): number {
  const at = regions.get(region);
  const readMs = at?.kind === "read" ? at.functions.get(name)?.policiesReadMs : undefined;
  return Math.min(readMs ?? observedAtMs, observedAtMs);
}

/**
 * When the policies that the last sweep kept were read; null: it read those of the function. The time of the observation
 * does not show it: a read after a write sets that time, and all other functions were read before.
 */
export function keptPoliciesMs({ policiesKept, policiesReadMs: readMs }: LiveFunction): number | null {
  return policiesKept === undefined || readMs === undefined ? null : readMs;
}

/** The oldest reading of policies that the last sweep kept; null: it read all. */
export function oldestPolicyReadMs({ regions }: LiveAccount): number | null {
  let oldestMs = Infinity;
  for (const at of regions.values())
    if (at.kind === "read")
      for (const found of at.functions.values())
        oldestMs = Math.min(oldestMs, keptPoliciesMs(found) ?? Infinity);
  return oldestMs === Infinity ? null : oldestMs;
}

function unseen(complete: boolean, reason: string): Reading<never> {
  return complete ? { kind: "absent" } : { kind: "unknown", reason };
}

export interface BindingReadings {
  readonly declaredRole: Reading<LiveRole>;
  readonly function: Reading<LiveFunction>;
  /** The role of $LATEST if it is not the declared one, else null. */
  readonly otherRole: Reading<LiveRole> | null;
}
