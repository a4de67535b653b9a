import type { Digest } from "./values/digest.ts";
import type { Arn } from "./aws/arn.ts";
import type { AccountId, Namespace, ObjectName, Partition, Region } from "./aws/ids.ts";
import type { Key } from "./keys/key.ts";
import type { DesiredProfile } from "./rules/guardrail-profile.ts";
import type { AccountFences } from "./rules/account-fences.ts";
import type { Limits } from "./rules/limits.ts";
import type { DesiredTeam, GrantedVerb, Tenancy } from "./rules/team.ts";
import type { Mode } from "./rules/mode.ts";
import type { Origin } from "./values/origin.ts";
import type { Statement } from "./aws/policy-document.ts";
import type { PinnedReference } from "./aws/reference.ts";
import type { Revision } from "./values/revision.ts";
import type { DesiredWindow } from "./windows/change-window.ts";
import type { Tag } from "./aws/tag.ts";

/** The compiled manifests of one revision; plain data, so that it can be stored and compared. */
export interface Desired {
  readonly revision: Revision;
  readonly accounts: ReadonlyMap<AccountId, DesiredAccount>;
  /** Sorted by name: those that watch an organization. */
  readonly accountSets: readonly DesiredAccountSet[];
  readonly bindings: ReadonlyMap<Key, DesiredBinding>;
  readonly policies: ReadonlyMap<Key, DesiredPolicy>;
  readonly waivers: readonly Waiver[];
  /** Sorted by name; those that ended are in it. */
  readonly exclusions: readonly DesiredExclusion[];
  /** Sorted by name. */
  readonly profiles: readonly DesiredProfile[];
  /** Sorted by name; missing: there are none. */
  readonly windows?: readonly DesiredWindow[];
  /** By namespace, also those with an error. */
  readonly teams: ReadonlyMap<Namespace, DesiredTeam>;
  readonly tenancy: Tenancy;
}

export interface AssumedIdentity {
  readonly roleArn: Arn;
  readonly externalId: string;
}

export interface DesiredAccount {
  readonly name: string;
  readonly id: AccountId;
  readonly partition: Partition;
  readonly regions: readonly Region[];
  readonly mode: Mode;
  /** Of `spec.mode`; of `spec` if the field is missing. */
  readonly modeOrigin: Origin;
  readonly observer: AssumedIdentity;
  readonly writer: AssumedIdentity | null;
  readonly binder: AssumedIdentity | null;
  /** ARN of the default boundary; required before enforce. */
  readonly boundary: Arn | null;
  /** ARNs that a role may have as its boundary, including the default. `fences` may restrict one to some namespaces. */
  readonly boundaries: readonly Arn[];
  readonly functionRole: "verify" | "manage";
  readonly tagKeys: readonly string[];
  readonly protectedPolicies: readonly string[];
  readonly fences: AccountFences;
  /** Patterns of the roles that functions may assume; sorted. */
  readonly assumableRoles: readonly string[];
  /** The same for roles that functions may pass to a service. */
  readonly passableRoles: readonly string[];
  /** Patterns of the resources in which functions may run code, and which they may change or delete; sorted. */
  readonly controllableResources: readonly string[];
  /** ARNs of the roles outside `/grantkeeper/` that manifests may take over in place, sorted; missing: none. */
  readonly adoptableRoles?: readonly Arn[];
  /** The trust of every execution role names this account as the only source (TRU-004); missing: it names none. */
  readonly requiresSourceAccount?: true;
  /** As in the manifest; the stricter of these and of the operator's file wins. */
  readonly limits: Partial<Limits>;
  readonly revertOtherMs: number;
  readonly propagationWaitMs: number;
  readonly deleteQuietMs: number;
  /** How long the functions of a wave are watched before the next wave opens; missing: `WAVE_INTERVAL_MS`. */
  readonly waveIntervalMs?: number;
  /** Requests per second by API family: `iamRead`, `iamWrite`, `lambda`, `lambdaGetPolicy`. */
  readonly budgets: Readonly<Record<string, number>>;
  /** The AccountSet that found it in its organization; missing: a manifest names the account. */
  readonly set?: string;
  readonly origin: Origin;
}

/** Accounts of an organization that are observed, also those that join it later. Nothing can be declared in them. */
export interface DesiredAccountSet {
  readonly name: string;
  /** A role of the management account, or of a delegated administrator. */
  readonly reader: AssumedIdentity;
  /** Organizational units and roots, with all below them, sorted; null: the entire organization. */
  readonly units: readonly string[] | null;
  /** An account has all of them. */
  readonly tags: Readonly<Record<string, string>>;
  readonly except: readonly AccountId[];
  /** Each account, with EXAMPLE_ID in place of its id. */
  readonly template: DesiredAccount;
  readonly origin: Origin;
}

/** The source of a compiled statement. */
export type StatementSource =
  | ({ readonly kind: "grant" } & GrantedVerb)
  | { readonly kind: "implicit"; readonly grant: string }
  | { readonly kind: "statement" };

export interface CompiledStatement {
  /** With its Sid. */
  readonly statement: Statement;
  readonly source: StatementSource;
  readonly origin: Origin;
  /** ISO 8601; AWS itself ends the statement at this time. */
  readonly until: string | null;
  readonly reason: string | null;
  /** Why `Resource: "*"` is correct here (from the catalogue); null for authored statements. */
  readonly wildcardReason: string | null;
}

export function hasEnded({ until }: CompiledStatement, nowMs: number): boolean {
  return until !== null && Date.parse(until) <= nowMs;
}

/** Statements sorted by Sid, each once. */
export interface CompiledDocument {
  readonly statements: readonly CompiledStatement[];
}

export interface Attachment {
  readonly arn: Arn;
  /** The ManagedPolicy key in this account; null for AWS-managed ones. */
  readonly policy: Key | null;
  readonly origin: Origin;
}

export interface DesiredRole {
  readonly name: string;
  /** Begins and ends with `/`. */
  readonly path: string;
  readonly arn: Arn;
  /** A role that exists is taken over in place; missing: never. It is then neither created nor deleted. */
  readonly adopt?: "reviewed";
  readonly boundary: { readonly arn: Arn; readonly origin: Origin } | null;
  readonly inline: CompiledDocument;
  /** Sorted by ARN. */
  readonly attachments: readonly Attachment[];
  /** Sorted by key; includes the ownership tags. */
  readonly tags: readonly Tag[];
  readonly description: string;
  readonly maxSessionSeconds: number;
  /** The account for whose functions alone Lambda may assume the role; missing: its trust has no condition. */
  readonly sourceAccount?: AccountId;
  /** Of `spec.role`; of the document's name if the field is missing. */
  readonly origin: Origin;
  /** By tag key, for the tags in the manifest. */
  readonly tagOrigins: Readonly<Record<string, Origin>>;
}

/** The input of `lambda:AddPermission` that creates one statement, in the API's own field names. */
export interface AddPermissionInput {
  readonly FunctionName: string;
  readonly StatementId: string;
  readonly Action: string;
  readonly Principal: string;
  readonly Qualifier?: string;
  readonly SourceArn?: string;
  readonly SourceAccount?: string;
  readonly PrincipalOrgID?: string;
  readonly EventSourceToken?: string;
  readonly FunctionUrlAuthType?: "AWS_IAM" | "NONE";
  readonly InvokedViaFunctionUrl?: boolean;
}

export interface DesiredCaller {
  /** Alias or version; null is the unqualified function. */
  readonly qualifier: string | null;
  /** `gk_<instance8>_<owner8>_<content12>`. */
  readonly sid: string;
  /** The statement that AWS creates from `input`. */
  readonly statement: Statement;
  readonly input: AddPermissionInput;
  /** The key of `invokedBy` that it is compiled from: `s3`, `functionUrl` … */
  readonly caller: string;
  readonly origin: Origin;
  /** Missing: none, and in records of 0.1, which kept none. */
  readonly reason?: string | undefined;
}

/** The labels or annotations of a document, by key. */
type Labels = Readonly<Record<string, string>>;

/** What people write about an object. Missing: none, and in records of 0.1, which kept neither. */
export interface ManifestMetadata {
  readonly labels?: Labels | undefined;
  readonly annotations?: Labels | undefined;
}

/** What a function and a ManagedPolicy have in common. */
interface DesiredObject extends ManifestMetadata {
  readonly key: Key;
  readonly namespace: Namespace;
  readonly name: ObjectName;
  readonly accountId: AccountId;
  readonly partition: Partition;
  readonly deletionPolicy: "retain" | "delete";
  /** Of the document. */
  readonly origin: Origin;
}

/** One function in one account and region: the binding. */
export interface DesiredBinding extends DesiredObject {
  readonly account: string;
  readonly region: Region;
  readonly functionName: string;
  /** Unqualified. */
  readonly functionArn: Arn;
  /** The more cautious of manifest and account; the process may lower it further. */
  readonly mode: Mode;
  /** `mode: release`: our ownership tags leave its role, and nothing else of it is compared or written. */
  readonly released?: true;
  readonly role: DesiredRole;
  readonly functionRole: "verify" | "manage";
  /** The log group that the implicit grant covers; null with `logs: false` and with `logs.groupPrefix`. */
  readonly logGroup: string | null;
  /** Sorted by qualifier, then Sid. */
  readonly callers: readonly DesiredCaller[];
  readonly undeclaredCallers: "report" | "remove";
  /** Of `spec.function`; of the document's name if the field is missing. */
  readonly functionOrigin: Origin;
  /** Of the account in `spec.targets`. */
  readonly targetOrigin: Origin;
  /** The functions of the same namespace, account and region that must be in sync before its changes are written; sorted. Missing: none. */
  readonly dependsOn?: readonly Key[];
  /** Of `spec` as the team wrote it, without what the platform adds to it, such as the values of variables. Missing: it names no other function. */
  readonly written?: Digest;
  /** The references that it names, with the values that it was compiled with, sorted; missing: it names none. */
  readonly references?: readonly PinnedReference[];
}

/** A ManagedPolicy in one account. */
export interface DesiredPolicy extends DesiredObject {
  /** The policy's name in AWS. */
  readonly policyName: string;
  readonly path: string;
  readonly arn: Arn;
  /** `boundary`: declared and compared, never written. */
  readonly use: "attach" | "boundary";
  readonly document: CompiledDocument;
  readonly description: string;
  readonly tags: readonly Tag[];
}

/** What the controller keeps in sync under one key. */
export type DesiredTarget = DesiredBinding | DesiredPolicy;

/** The desired state of one key: a binding, unless it is a policy. */
export function isBinding(state: DesiredBinding | DesiredPolicy): state is DesiredBinding {
  return "functionName" in state;
}

/** 366 days: an Exclusion with a later end is not in force. */
export const LONGEST_EXCLUSION_MS = 31_622_400_000;

/** Live functions that no manifest will name for a while. */
export interface DesiredExclusion {
  readonly name: string;
  /** Names, or prefixes with a star. */
  readonly functions: readonly string[];
  /** Null: every account. */
  readonly accounts: readonly AccountId[] | null;
  /** Null: every region. */
  readonly regions: readonly string[] | null;
  readonly reason: string;
  readonly owner: string;
  /** ISO 8601. */
  readonly until: string;
  readonly origin: Origin;
}

export interface Waiver {
  readonly name: string;
  readonly rule: string;
  readonly binding: Key;
  readonly reason: string;
  readonly owner: string;
  /** ISO 8601. */
  readonly until: string;
  readonly origin: Origin;
}
