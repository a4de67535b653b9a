import { randomUUID } from "node:crypto";
import {
  addAccessKey,
  addAccount,
  addFunction,
  addPolicy,
  addRole,
  type AccessKey,
  type WorldState,
} from "./world.ts";

/**
 * The part of the manifests that a world needs. The types are defined here; a compiled desired state matches them
 * without conversion.
 */
export interface DeclaredWorld {
  readonly accounts: { values(): Iterable<DeclaredAccount> };
  readonly policies: { values(): Iterable<DeclaredPolicy> };
  readonly bindings: { values(): Iterable<SeededFunction> };
}

interface DeclaredAccount {
  readonly id: string;
  readonly name: string;
  readonly partition: string;
  readonly regions: readonly string[];
  readonly observer: DeclaredIdentity;
  readonly writer: DeclaredIdentity | null;
  readonly binder: DeclaredIdentity | null;
}

interface DeclaredIdentity {
  readonly roleArn: string;
  readonly externalId: string;
}

interface DeclaredPolicy {
  readonly accountId: string;
  readonly policyName: string;
  readonly path: string;
  readonly use: "attach" | "boundary";
  readonly description: string;
  readonly document: DeclaredDocument;
  readonly tags: readonly { readonly key: string; readonly value: string }[];
}

interface DeclaredDocument {
  readonly statements: readonly { readonly statement: object }[];
}

interface SeededFunction {
  readonly accountId: string;
  readonly region: string;
  readonly functionName: string;
  readonly role: { readonly inline: DeclaredDocument };
  readonly callers: readonly {
    readonly qualifier: string | null;
    readonly input: { readonly Principal: string };
  }[];
}

/** The policy statements of Grantkeeper's own roles. */
export interface OwnPolicies {
  readonly policy: (accountId: string, identity: "observer" | "writer" | "binder") => readonly object[];
  readonly base: () => readonly object[];
}

/** The account in which Grantkeeper itself runs; no manifest names it. */
export const BASE_ACCOUNT = "999900001111";
export const BASE_ROLE = `arn:aws:iam::${BASE_ACCOUNT}:role/grantkeeper-base`;

/** An account that Grantkeeper may only read. */
export function seededAccount(id: string, regions: readonly string[]): DeclaredWorld {
  // A name that no recorded account has.
  const observer = {
    roleArn: `arn:aws:iam::${id}:role/grantkeeper-system/simulated-observer`,
    externalId: "simulated",
  };
  const account = { id, name: "adopted", partition: "aws", regions, observer, writer: null, binder: null };
  return { accounts: [account], policies: [], bindings: [] };
}

/** Adds the account of the base identity, which may be in an organization, and its access key. */
export function seedBase(world: WorldState, organization: string | null = null): AccessKey {
  addAccount(world, { id: BASE_ACCOUNT, ...(organization !== null && { organizationId: organization }) });
  addRole(world, { accountId: BASE_ACCOUNT, name: "grantkeeper-base" });
  return addAccessKey(world, { accountId: BASE_ACCOUNT, principalArn: BASE_ROLE });
}

/**
 * Adds the accounts with the resources that Grantkeeper expects: its own roles, the boundaries, and callers of other
 * accounts.
 */
export function seedAccounts(world: WorldState, declared: DeclaredWorld, policies: OwnPolicies): void {
  const base = world.accounts[BASE_ACCOUNT]?.iam.roles["grantkeeper-base"];
  if (base !== undefined) base.inline["grantkeeper"] = documentOf(policies.base());
  const organization = world.accounts[BASE_ACCOUNT]?.organizationId ?? null;
  for (const account of declared.accounts.values()) {
    const { id, partition, regions, name: alias } = account;
    addAccount(world, { id, partition, regions, alias });
    for (const kind of ["observer", "writer", "binder"] as const) {
      const identity = account[kind];
      if (identity === null) continue;
      const trust = trustOf(identity, organization);
      seedRole(world, identity.roleArn, { trust, inline: { [kind]: documentOf(policies.policy(id, kind)) } });
    }
  }
  for (const policy of declared.policies.values()) if (policy.use === "boundary") seedPolicy(world, policy);
  for (const arn of foreignCallers(declared)) seedRole(world, arn, {});
}

/** The roles of callers: Lambda refuses a statement for a role that does not exist. */
function foreignCallers({ bindings }: DeclaredWorld): readonly string[] {
  const principals = [...bindings.values()].flatMap(({ callers }) =>
    callers.map((caller) => caller.input.Principal),
  );
  return [...new Set(principals)].filter((principal) => /^arn:[^:]+:iam::\d+:role\//.test(principal)).sort();
}

interface RoleDetails {
  readonly trust?: string;
  readonly inline?: Readonly<Record<string, string>>;
}

function seedRole(world: WorldState, arn: string, details: RoleDetails): void {
  const [, , , , accountId = "", resource = ""] = arn.split(":");
  const [, ...path] = resource.split("/");
  const name = path.pop() ?? "";
  if (world.accounts[accountId] === undefined) addAccount(world, { id: accountId });
  addRole(world, { accountId, name, path: path.length === 0 ? "/" : `/${path.join("/")}/`, ...details });
}

const OUR_TAGS = { "ForAllValues:StringEquals": { "aws:TagKeys": ["gk-binding", "gk-change"] } };

function trustOf({ externalId }: DeclaredIdentity, organization: string | null): string {
  const Principal = { AWS: BASE_ROLE };
  const inOrganization = organization === null ? {} : { "aws:PrincipalOrgID": organization };
  const Condition = {
    StringEquals: { "sts:ExternalId": externalId, ...inOrganization },
    StringLike: { "sts:RoleSessionName": "gk-*" },
  };
  return documentOf([
    { Effect: "Allow", Principal, Action: "sts:AssumeRole", Condition },
    { Effect: "Allow", Principal, Action: "sts:TagSession", Condition: OUR_TAGS },
  ]);
}

/** Adds a customer-managed policy as its manifest declares it. */
export function seedPolicy(world: WorldState, policy: DeclaredPolicy): void {
  const { accountId, policyName: name, path, description, document, tags } = policy;
  addPolicy(world, {
    accountId,
    name,
    path,
    description,
    document: textOf(document),
    tags: Object.fromEntries(tags.map((tag) => [tag.key, tag.value])),
  });
}

/** Adds a function as deployed by its team with that role, with the aliases that its callers name. */
export function seedFunction(world: WorldState, declared: SeededFunction, roleArn: string): void {
  const { accountId, region, functionName: name } = declared;
  const found = addFunction(world, { accountId, region, name, roleArn, configuration: needsOf(declared) });
  const latest = found.versions["$LATEST"];
  const aliases = declared.callers.flatMap(({ qualifier }) => (qualifier === null ? [] : [qualifier]));
  if (latest === undefined || aliases.length === 0) return;
  found.versions["1"] = { ...latest, Version: "1", RevisionId: randomUUID() };
  found.lastVersion = 1;
  for (const alias of aliases.filter((qualifier) => !/^\d+$/.test(qualifier))) {
    found.aliases[alias] = {
      name: alias,
      version: "1",
      description: "",
      revisionId: randomUUID(),
      weights: {},
    };
  }
}

/** If a role may manage network interfaces, its function is in a VPC. */
function needsOf({ role }: SeededFunction): Readonly<Record<string, unknown>> {
  const inVpc = textOf(role.inline).includes("ec2:CreateNetworkInterface");
  return inVpc ? { VpcConfig: { SubnetIds: ["subnet-0a1b2c3d"], SecurityGroupIds: ["sg-0a1b2c3d"] } } : {};
}

function textOf({ statements }: DeclaredDocument): string {
  return documentOf(statements.map(({ statement }) => statement));
}

function documentOf(statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
