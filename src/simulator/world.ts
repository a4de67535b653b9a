import type { StacksByName } from "./cloudformation/state.ts";
import type { Call } from "./contract.ts";
import type { EventBuses } from "./eventbridge/state.ts";
import { mapPrincipals } from "./grammar/principal.ts";
import { awsManagedPolicies } from "./iam/aws-managed.ts";
import { emptyIam, type IamState, type IamTag, type PolicyState, type Role, type User } from "./iam/state.ts";
import { iamLookup } from "./iam/lookup.ts";
import { createFunction } from "./lambda/functions/functions.ts";
import { emptyLambda, type FunctionState, type LambdaState } from "./lambda/state.ts";
import { SEEDED_CODE } from "./lambda/seeded-code.ts";
import type { MemberState, OrganizationState } from "./organizations/state.ts";
import type { Queues } from "./sqs/state.ts";
import type { ParametersByName } from "./ssm/state.ts";
import type { TagsByArn } from "./tagging/resources.ts";
import { secretKey, uniqueId } from "./unique-id.ts";

/** The complete state of the simulator as plain JSON, for export and import. */
export interface WorldState {
  /** By account id. */
  readonly accounts: Record<string, AccountState>;
  /** By access key id. */
  readonly accessKeys: Record<string, AccessKey>;
  /** AWS-managed policies, by ARN in the partition `aws`; every partition shows them under its own ARNs. */
  readonly awsManaged: Record<string, PolicyState>;
  /** By organization id; missing in worlds that were exported before. */
  organizations?: Record<string, OrganizationState>;
  /** The number of unique ids created. */
  idCounter: number;
}

export interface AccountState {
  readonly id: string;
  readonly partition: string;
  readonly regions: string[];
  /** `aws:PrincipalOrgID` of the account's principals. */
  organizationId?: string;
  readonly iam: IamState;
  /** By region. */
  readonly lambda: Record<string, LambdaState>;
  queues?: Queues;
  /** These by region; like queues, missing in worlds without any. */
  stacks?: Record<string, StacksByName>;
  parameters?: Record<string, ParametersByName>;
  eventBuses?: Record<string, EventBuses>;
  /** By region: resources of services that are not simulated, as the Tagging API shows them. */
  tagged?: Record<string, TagsByArn>;
  /** A policy; its `Deny` statements withhold calls from all principals, as a service control policy does. */
  denials?: string;
}

export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  readonly accountId: string;
  /** A user, a role, an account root, or an assumed-role session. */
  readonly principalArn: string;
  /** Set for keys that AssumeRole issued. */
  readonly session?: RoleSession;
}

interface RoleSession {
  readonly token: string;
  readonly expiresAt: string;
  readonly roleArn: string;
  readonly roleId: string;
  /** The session policy, if one was passed. */
  readonly policy?: string;
  /** Session tags that a role assumed with this session inherits. */
  readonly transitiveTags?: readonly { readonly Key: string; readonly Value: string }[];
}

/** The creation time of all seeded objects; it is fixed, so that a seeded world is always the same. */
export const SEEDED_AT = "2026-01-01T00:00:00.000Z";

export function emptyWorld(): WorldState {
  return { accounts: {}, accessKeys: {}, awsManaged: awsManagedPolicies(), idCounter: 0 };
}

export interface AccountSeed {
  readonly id: string;
  readonly regions?: readonly string[];
  readonly partition?: string;
  readonly alias?: string;
  readonly organizationId?: string;
}

export function addAccount(world: WorldState, seed: AccountSeed): AccountState {
  const regions = [...(seed.regions ?? ["us-east-1", "eu-west-1"])];
  const account: AccountState = {
    id: seed.id,
    partition: seed.partition ?? "aws",
    regions,
    iam: emptyIam(),
    lambda: Object.fromEntries(regions.map((region) => [region, emptyLambda()])),
  };
  if (seed.alias !== undefined) account.iam.aliases.push(seed.alias);
  if (seed.organizationId !== undefined) account.organizationId = seed.organizationId;
  world.accounts[seed.id] = account;
  return account;
}

/** @throws Error if the account was not added before */
export function accountOf(world: WorldState, accountId: string): AccountState {
  const account = world.accounts[accountId];
  if (account === undefined) throw new Error(`account ${accountId} is not in this world`);
  return account;
}

/** Adds an organization whose root holds its management account. */
export function addOrganization(
  world: WorldState,
  id: string,
  managementAccountId: string,
): OrganizationState {
  const rootId = `r-${id.slice(-4)}`;
  const organization: OrganizationState = {
    id,
    rootId,
    managementAccountId,
    delegatedAdministrators: [],
    units: {},
    members: {},
  };
  world.organizations = { ...world.organizations, [id]: organization };
  addMember(organization, { id: managementAccountId, name: "management", parentId: rootId });
  return organization;
}

/** An active account below the root or a unit. */
export function addMember(
  organization: OrganizationState,
  member: Pick<MemberState, "id" | "name" | "parentId"> & Partial<MemberState>,
): void {
  organization.members[member.id] = { state: "ACTIVE", tags: {}, ...member };
}

export interface RoleSeed {
  readonly accountId: string;
  readonly name: string;
  readonly path?: string;
  /**
   * Default: trusts Lambda. Existing roles and users are stored by their unique id, as in AWS; other principals are
   * stored unchanged.
   */
  readonly trust?: string;
  readonly description?: string;
  readonly maxSessionSeconds?: number;
  readonly boundaryArn?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly inline?: Readonly<Record<string, string>>;
  readonly attached?: readonly string[];
  readonly lastUsed?: { readonly at: string; readonly region: string };
  readonly accessed?: NonNullable<Role["accessed"]>;
}

const LAMBDA_TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

/** Adds a role without checks, so that a test can create a state that AWS's API would refuse today. */
export function addRole(world: WorldState, seed: RoleSeed): Role {
  const account = accountOf(world, seed.accountId);
  const path = seed.path ?? "/";
  const role: Role = {
    name: seed.name,
    path,
    id: uniqueId(world, "AROA"),
    arn: `arn:${account.partition}:iam::${account.id}:role${path}${seed.name}`,
    createdAt: SEEDED_AT,
    maxSessionSeconds: seed.maxSessionSeconds ?? 3_600,
    trust: seededTrust(world, seed.trust ?? LAMBDA_TRUST),
    tags: tagList(seed.tags ?? {}),
    inline: { ...seed.inline },
    attached: [...(seed.attached ?? [])],
    ...(seed.description !== undefined && { description: seed.description }),
    ...(seed.boundaryArn !== undefined && { boundaryArn: seed.boundaryArn }),
    ...(seed.lastUsed !== undefined && { lastUsed: seed.lastUsed }),
    ...(seed.accessed !== undefined && { accessed: seed.accessed }),
  };
  account.iam.roles[role.name] = role;
  return role;
}

function seededTrust(world: WorldState, trust: string): string {
  const lookup = lookupIn(world);
  return JSON.stringify(mapPrincipals(JSON.parse(trust), (each) => lookup.principalId(each) ?? each));
}

function lookupIn({ accounts }: WorldState): Call["iam"] {
  return iamLookup({ accountIds: () => Object.keys(accounts), iamOf: (id) => accounts[id]?.iam });
}

export function addUser(world: WorldState, accountId: string, name: string): User {
  const account = accountOf(world, accountId);
  const arn = `arn:${account.partition}:iam::${account.id}:user/${name}`;
  const user: User = { name, path: "/", id: uniqueId(world, "AIDA"), arn, createdAt: SEEDED_AT };
  account.iam.users[name] = user;
  return user;
}

export interface PolicySeed {
  readonly accountId: string;
  readonly name: string;
  readonly path?: string;
  readonly document: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export function addPolicy(world: WorldState, seed: PolicySeed): PolicyState {
  const account = accountOf(world, seed.accountId);
  const path = seed.path ?? "/";
  const policy: PolicyState = {
    name: seed.name,
    path,
    id: uniqueId(world, "ANPA"),
    arn: `arn:${account.partition}:iam::${account.id}:policy${path}${seed.name}`,
    createdAt: SEEDED_AT,
    updatedAt: SEEDED_AT,
    tags: tagList(seed.tags ?? {}),
    defaultVersion: "v1",
    nextVersion: 2,
    versions: [{ id: "v1", document: seed.document, createdAt: SEEDED_AT }],
    ...(seed.description !== undefined && { description: seed.description }),
  };
  account.iam.policies[policy.arn] = policy;
  return policy;
}

export interface FunctionSeed {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  /** Not checked: the role may be missing, or may not trust Lambda. */
  readonly roleArn: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Further input of CreateFunction, such as VpcConfig or Environment. */
  readonly configuration?: Readonly<Record<string, unknown>>;
}

export function addFunction(world: WorldState, seed: FunctionSeed): FunctionState {
  const { lambda } = accountOf(world, seed.accountId);
  const state = (lambda[seed.region] ??= emptyLambda());
  const input = {
    FunctionName: seed.name,
    Role: seed.roleArn,
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Code: { ZipFile: SEEDED_CODE },
    ...(seed.tags !== undefined && { Tags: seed.tags }),
    ...seed.configuration,
  };
  createFunction(state, input, seedingCall(world, seed));
  const created = state.functions[seed.name];
  if (created === undefined) throw new Error(`function ${seed.name} was not created`);
  return created;
}

/** A call that adds to a world; Lambda accepts every role in it. */
export function seedingCall(
  world: WorldState,
  { accountId, region }: Pick<FunctionSeed, "accountId" | "region">,
): Call {
  const { partition } = accountOf(world, accountId);
  return {
    accountId,
    partition,
    region,
    nowMs: Date.parse(SEEDED_AT),
    principalArn: `arn:${partition}:iam::${accountId}:root`,
    requestId: "seed",
    newId: (prefix) => uniqueId(world, prefix),
    newSecret: () => secretKey(world),
    iam: { ...lookupIn(world), roleTrustsLambda: () => true },
  };
}

export interface AccessKeySeed {
  readonly accountId: string;
  readonly principalArn: string;
  /** Default: derived from the counter of the world. */
  readonly id?: string;
  readonly secret?: string;
}

export function addAccessKey(world: WorldState, seed: AccessKeySeed): AccessKey {
  const key: AccessKey = {
    id: seed.id ?? uniqueId(world, "AKIA"),
    secret: seed.secret ?? secretKey(world),
    accountId: seed.accountId,
    principalArn: seed.principalArn,
  };
  world.accessKeys[key.id] = key;
  return key;
}

function tagList(tags: Readonly<Record<string, string>>): IamTag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
