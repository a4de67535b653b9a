import type { Arn } from "./arn.ts";
import type { AccountId, Region } from "./ids.ts";
import type { Tag } from "./tag.ts";

/** What a read said. `absent` is concluded from a complete, successful read only; else it is `unknown`. */
export type Reading<T> =
  | { readonly kind: "present"; readonly value: T }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly reason: string };

export interface LiveRole {
  readonly name: string;
  readonly path: string;
  readonly arn: Arn;
  readonly roleId: string;
  readonly createdAtMs: number;
  /** Decoded once; as AWS shows it. */
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
  /** Null: not used in the 400 days that AWS reports. `unknown`: AWS did not say. */
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
  /** Read together with the tags; null: not read, so it is compared with nothing. */
  readonly description: string | null;
  /** Null: AWS did not send it. */
  readonly attachmentCount: number | null;
  /** Null: AWS did not send it. */
  readonly boundaryUsageCount: number | null;
  /** The account-wide listing has none: read by GetPolicy, for policies of ours only. */
  readonly tags: Reading<readonly Tag[]>;
}

/** The default version of an AWS-managed policy that some role attaches. */
export interface AwsManagedPolicy {
  readonly arn: Arn;
  readonly versionId: string;
  readonly text: string;
}

/** What the service itself needs of the function's role, as its configuration says. */
export interface FunctionNeeds {
  readonly vpc: boolean;
  readonly tracing: boolean;
  readonly deadLetterArn: string | null;
  readonly fileSystemArns: readonly string[];
  readonly kmsKeyArn: string | null;
  readonly logGroup: string | null;
}

/** What the service does with the function's role beside running it; not part of its configuration. */
export interface FunctionTriggers {
  readonly eventSources: readonly LiveEventSource[];
  /** ARNs to which Lambda sends results and failed events, sorted. */
  readonly destinations: readonly string[];
}

/** An event source mapping: Lambda polls the source with the function's role. */
export interface LiveEventSource {
  /** Null for a source outside AWS, such as a Kafka cluster of one's own. */
  readonly arn: string | null;
  /** ARNs of secrets that Lambda signs in with, sorted. */
  readonly secrets: readonly string[];
}

export interface LiveVersion {
  readonly version: string;
  readonly roleArn: string;
}

export interface LiveAlias {
  readonly name: string;
  /** The versions that it sends traffic to, the main one first. */
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
  /** Null: AWS did not send it, so that no call can be guarded by it. */
  readonly revisionId: string | null;
  readonly needs: FunctionNeeds;
  /** Read only where the function would be switched to another role. */
  readonly triggers: Reading<FunctionTriggers>;
  /** Published ones, without $LATEST; `unknown` where they were not read. */
  readonly versions: Reading<readonly LiveVersion[]>;
  readonly aliases: Reading<readonly LiveAlias[]>;
  /** Lambda@Edge replicas or masters are named and left alone. */
  readonly edge: boolean;
  /** By qualifier, "" for the unqualified function; a qualifier that was not read is not in the map. */
  readonly policies: ReadonlyMap<string, Reading<LiveResourcePolicy>>;
}

export type LiveRegion =
  | {
      readonly kind: "read";
      /** By function name. */
      readonly functions: ReadonlyMap<string, LiveFunction>;
      /** True after a whole listing: a function that is not in the map does not exist. */
      readonly complete: boolean;
      /** Asked for by name and not there (targeted reads). */
      readonly absentFunctions: ReadonlySet<string>;
      /** Asked for by name and not read: why. Counts before everything else that is known of the function. */
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
  /** When the reading began. */
  readonly observedAtMs: number;
  /** True for a sweep whose IAM listings all ended well: what is not in the maps does not exist. */
  readonly complete: boolean;
  /** By lower-case role name: IAM's names are unique without regard to case. */
  readonly roles: ReadonlyMap<string, Reading<LiveRole>>;
  /** By ARN; customer-managed. */
  readonly policies: ReadonlyMap<string, Reading<LivePolicy>>;
  /** By ARN. */
  readonly awsManaged: ReadonlyMap<string, Reading<AwsManagedPolicy>>;
  readonly regions: ReadonlyMap<Region, LiveRegion>;
  readonly quotas: AccountQuotas;
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

function unseen(complete: boolean, reason: string): Reading<never> {
  return complete ? { kind: "absent" } : { kind: "unknown", reason };
}

/** What one pass read of a binding. */
export interface BindingReadings {
  readonly declaredRole: Reading<LiveRole>;
  readonly function: Reading<LiveFunction>;
  /** The role of $LATEST, where it is another than the declared one; null where it is not. */
  readonly otherRole: Reading<LiveRole> | null;
}
