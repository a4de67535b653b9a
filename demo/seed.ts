import { randomUUID } from "node:crypto";
import { documentText } from "../src/iam/print.ts";
import { TRUST_DOCUMENT } from "../src/iam/trust.ts";
import { arnParts, parseArn, type Arn } from "../src/model/arn.ts";
import type {
  AssumedIdentity,
  CompiledDocument,
  Desired,
  DesiredAccount,
  DesiredBinding,
  DesiredPolicy,
} from "../src/model/desired.ts";
import type { Tag } from "../src/model/tag.ts";
import {
  accountOf,
  addAccessKey,
  addAccount,
  addFunction,
  addPolicy,
  addRole,
  type AccessKey,
  type WorldState,
} from "../src/simulator/world.ts";

/** Where Grantkeeper itself runs; no manifest names this account. */
const BASE_ACCOUNT = "999900001111";
const BASE_ROLE = `arn:aws:iam::${BASE_ACCOUNT}:role/grantkeeper-base`;

/** The account of the base identity, and its access key. */
export function seedBase(world: WorldState): AccessKey {
  addAccount(world, { id: BASE_ACCOUNT });
  addRole(world, { accountId: BASE_ACCOUNT, name: "grantkeeper-base" });
  return addAccessKey(world, { accountId: BASE_ACCOUNT, principalArn: BASE_ROLE });
}

/** The accounts with what has to stand there before Grantkeeper comes: its own roles, the boundaries, who calls from afar. */
export function seedAccounts(world: WorldState, desired: Desired): void {
  for (const account of desired.accounts.values()) {
    addAccount(world, {
      id: account.id,
      partition: account.partition,
      regions: account.regions,
      alias: account.name,
    });
    seedIdentities(world, account);
  }
  for (const policy of desired.policies.values()) if (policy.use === "boundary") seedPolicy(world, policy);
  for (const role of foreignCallers(desired)) seedRoleAt(world, role);
}

/** Roles that callers name: Lambda refuses a statement for one that does not exist. */
function foreignCallers(desired: Desired): readonly Arn[] {
  const callers = [...desired.bindings.values()].flatMap((binding) => binding.callers);
  const principals = callers.flatMap((caller) => parseArn(caller.input.Principal) ?? []);
  return [...new Set(principals)].filter((arn) => arnParts(arn).resource.startsWith("role/")).sort();
}

function seedRoleAt(world: WorldState, arn: Arn, trust?: string): void {
  const { accountId, resource } = arnParts(arn);
  const [, ...path] = resource.split("/");
  const name = path.pop() ?? "";
  if (world.accounts[accountId] === undefined) addAccount(world, { id: accountId });
  addRole(world, {
    accountId,
    name,
    path: path.length === 0 ? "/" : `/${path.join("/")}/`,
    ...(trust !== undefined && { trust }),
  });
}

function seedIdentities(world: WorldState, account: DesiredAccount): void {
  for (const identity of [account.observer, account.writer, account.binder]) {
    if (identity !== null) seedRoleAt(world, identity.roleArn, trustOfBase(identity));
  }
}

function trustOfBase({ externalId }: AssumedIdentity): string {
  const Principal = { AWS: BASE_ROLE };
  const Condition = {
    StringEquals: { "sts:ExternalId": externalId },
    StringLike: { "sts:RoleSessionName": "gk-*" },
  };
  const assume = { Effect: "Allow", Principal, Action: "sts:AssumeRole", Condition };
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [assume, { Effect: "Allow", Principal, Action: "sts:TagSession" }],
  });
}

/** A console user of the account: whoever holds the key may do everything there, as the account's own administrators. */
export function seedConsoleUser(world: WorldState, accountId: string): AccessKey {
  return addAccessKey(world, { accountId, principalArn: `arn:aws:iam::${accountId}:root` });
}

export function seedPolicy(world: WorldState, policy: DesiredPolicy): void {
  addPolicy(world, {
    accountId: policy.accountId,
    name: policy.policyName,
    path: policy.path,
    document: textOf(policy.document),
    description: policy.description,
    tags: tagsOf(policy.tags),
  });
}

/** The function as its team has deployed it, with the aliases that its callers name. */
export function seedFunction(world: WorldState, binding: DesiredBinding, roleArn: string): void {
  const { accountId, region, functionName: name } = binding;
  const found = addFunction(world, { accountId, region, name, roleArn, configuration: needsOf(binding) });
  const latest = found.versions["$LATEST"];
  const aliases = binding.callers.flatMap((caller) => (caller.qualifier === null ? [] : [caller.qualifier]));
  if (latest === undefined || aliases.length === 0) return;
  found.versions["1"] = { ...latest, Version: "1", RevisionId: randomUUID() };
  found.lastVersion = 1;
  for (const alias of aliases) {
    found.aliases[alias] = {
      name: alias,
      version: "1",
      description: "",
      revisionId: randomUUID(),
      weights: {},
    };
  }
}

/** A role that may work with network interfaces is that of a function in a VPC. */
function needsOf({ role }: DesiredBinding): Readonly<Record<string, unknown>> {
  const inVpc = textOf(role.inline).includes("ec2:CreateNetworkInterface");
  return inVpc ? { VpcConfig: { SubnetIds: ["subnet-0a1b2c3d"], SecurityGroupIds: ["sg-0a1b2c3d"] } } : {};
}

/** Role and callers as git says, made in an earlier life of this installation. */
export function seedConverged(world: WorldState, binding: DesiredBinding): void {
  const { accountId, role } = binding;
  addRole(world, {
    accountId,
    name: role.name,
    path: role.path,
    trust: TRUST_DOCUMENT,
    description: role.description,
    maxSessionSeconds: role.maxSessionSeconds,
    tags: tagsOf(role.tags),
    inline: { grantkeeper: textOf(role.inline) },
    attached: role.attachments.map((attachment) => attachment.arn),
    ...(role.boundary !== null && { boundaryArn: role.boundary.arn }),
  });
  for (const caller of binding.callers) seedStatement(world, binding, caller.qualifier, caller.statement);
}

/** A statement of the function's resource policy, whoever wrote it. */
export function seedStatement(
  world: WorldState,
  binding: DesiredBinding,
  qualifier: string | null,
  statement: object,
): void {
  const found = accountOf(world, binding.accountId).lambda[binding.region]?.functions[binding.functionName];
  if (found === undefined) throw new Error(`function ${binding.functionName} is not in this world`);
  const at = qualifier ?? "$LATEST";
  const before = found.policies[at]?.document["Statement"];
  const statements = Array.isArray(before) ? [...(before as unknown[]), statement] : [statement];
  const document = { Version: "2012-10-17", Id: "default", Statement: statements };
  found.policies[at] = { revisionId: randomUUID(), document };
}

function textOf(document: CompiledDocument): string {
  return documentText(document.statements.map((one) => one.statement));
}

function tagsOf(tags: readonly Tag[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map((tag) => [tag.key, tag.value]));
}
