/** The IAM of one account as plain JSON. Times are ISO 8601; documents are text. */
export interface IamState {
  readonly aliases: string[];
  readonly quotas: Quotas;
  /** By name. */
  readonly roles: Record<string, Role>;
  /** By name; users exist only as principals of trust policies. */
  readonly users: Record<string, User>;
  /** Customer managed policies by ARN. */
  readonly policies: Record<string, PolicyState>;
  /** By name. */
  readonly instanceProfiles: Record<string, InstanceProfile>;
  /** By job id; missing in worlds that were exported before. */
  accessReports?: Record<string, AccessReport>;
}

/** A job of GenerateServiceLastAccessedDetails. */
export interface AccessReport {
  readonly roleArn: string;
  readonly granularity: string;
  readonly createdAt: string;
  /** The session that asked for it. */
  readonly principalArn: string;
}

/** When a role last attempted to access a service. */
export interface AccessedService {
  /** Missing: not within the tracking period. */
  readonly at?: string;
  readonly region?: string;
  /** Tracked actions by name; null: not attempted. */
  readonly actions?: Readonly<Record<string, string | null>>;
}

/** By service prefix; `fails`: its report cannot be generated. */
type AccessedServices = Readonly<Record<string, AccessedService>> | "fails";

export interface IamTag {
  readonly Key: string;
  readonly Value: string;
}

/** The fields of every object of IAM. */
interface IamObject {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly createdAt: string;
}

export interface Role extends IamObject {
  description?: string;
  maxSessionSeconds: number;
  /** Roles and users as principals are stored by unique id, as in AWS. */
  trust: string;
  boundaryArn?: string;
  tags: IamTag[];
  /** Inline policies: document by name. */
  readonly inline: Record<string, string>;
  /** ARNs in the order of their attachment. */
  attached: string[];
  lastUsed?: { readonly at: string; readonly region: string };
  accessed?: AccessedServices;
}

export type User = IamObject;

export interface PolicyVersion {
  readonly id: string;
  readonly document: string;
  readonly createdAt: string;
}

export interface PolicyState extends IamObject {
  updatedAt: string;
  readonly description?: string;
  tags: IamTag[];
  defaultVersion: string;
  /** The number of the next version; ids are never reused. */
  nextVersion: number;
  versions: PolicyVersion[];
}

export interface InstanceProfile extends IamObject {
  tags: IamTag[];
  roles: string[];
}

/**
 * Quotas that AWS raises for an account on request, with the names of GetAccountSummary.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const DEFAULT_QUOTAS = {
  RolesQuota: 1_000,
  PoliciesQuota: 1_500,
  InstanceProfilesQuota: 1_000,
  UsersQuota: 5_000,
  AssumeRolePolicySizeQuota: 2_048,
  AttachedPoliciesPerRoleQuota: 10,
  RolePolicySizeQuota: 10_240,
  PolicySizeQuota: 6_144,
  VersionsPerPolicyQuota: 5,
  PolicyVersionsInUseQuota: 10_000,
  GroupsQuota: 300,
  GroupsPerUserQuota: 10,
  GroupPolicySizeQuota: 5_120,
  UserPolicySizeQuota: 2_048,
  AttachedPoliciesPerGroupQuota: 10,
  AttachedPoliciesPerUserQuota: 10,
  AccessKeysPerUserQuota: 2,
  SigningCertificatesPerUserQuota: 2,
  ServerCertificatesQuota: 20,
};

export type Quotas = typeof DEFAULT_QUOTAS;

export function emptyIam(): IamState {
  return {
    aliases: [],
    quotas: { ...DEFAULT_QUOTAS },
    roles: {},
    users: {},
    policies: {},
    instanceProfiles: {},
  };
}

/** The state for an IAM operation: its account, and the AWS-managed policies for all accounts. */
export interface IamScope {
  readonly account: IamState;
  /** By ARN in the partition `aws`. */
  readonly awsManaged: Record<string, PolicyState>;
}
