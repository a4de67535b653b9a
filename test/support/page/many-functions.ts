import type { Files } from "../../../demo/manifests.ts";
import { seedConsoleUser, seedConverged, seedStatement } from "../../../demo/seed.ts";
import type { DemoWorld } from "../../../demo/world.ts";
import { ownDeclaredPolicies } from "../../../src/aws/own/declared.ts";
import type { Desired, DesiredBinding } from "../../../src/model/desired.ts";
import { BASE_ROLE, seedAccounts, seedBase, seedFunction } from "../../../src/simulator/seed.ts";
import { accountOf, addFunction, emptyWorld, type WorldState } from "../../../src/simulator/world.ts";
import { allow } from "../installation/simulated.ts";

/** Functions of one account: an account has at most 1,000 roles, including roles that are not ours. */
const IN_ACCOUNT = 500;
const TEAMS = 50;
/** Functions of `staging` without their role: their plan awaits one approval. */
export const PLANNED = 20;
/** Functions of the account that cannot be read. */
export const UNREAD = 10;
/** Functions of `prod` that no manifest declares. */
export const UNDECLARED = 12;

/** Its role has an additional policy. */
export const DRIFTED = 604;
/** Anyone may call it. */
export const OPEN = 702;

export function functionName(at: number): string {
  return `function-${String(at).padStart(5, "0")}`;
}

export function teamName(at: number): string {
  return `team-${String(at % TEAMS).padStart(2, "0")}`;
}

/** Manifests of that many functions of 50 teams. The last ten are in an account that cannot be read. */
export function manyFiles(count: number): Files {
  const numbers = Array.from({ length: count }, (_, at) => at);
  const accounts = [...new Set(numbers.map((at) => accountName(at, count)))];
  const teams = Map.groupBy(numbers, teamName);
  return Object.fromEntries([
    ["platform/accounts.yaml", accounts.map(accountText).join("---\n")],
    ["platform/boundary.yaml", BOUNDARY],
    ...[...teams].map(([team, own]) => [
      `teams/${team}/functions.yaml`,
      own.map((at) => functionText(at, accountName(at, count))).join("---\n"),
    ]),
  ]) as Files;
}

function accountName(at: number, count: number): string {
  if (at >= count - UNREAD) return "unreadable";
  const number = Math.floor(at / IN_ACCOUNT);
  return ["staging", "prod"][number] ?? `unit-${String(number).padStart(2, "0")}`;
}

function accountText(name: string, at: number): string {
  const id = String(111_111_111_111 + at);
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: AwsAccount
metadata: { name: ${name} }
spec:
  id: "${id}"
  regions: [eu-west-1]
  mode: enforce
  observer: { role: "arn:aws:iam::${id}:role/grantkeeper-system/observer", externalId: gk-many }
  writer: { role: "arn:aws:iam::${id}:role/grantkeeper-system/writer", externalId: gk-many }
  boundary: platform-default
`;
}

const BOUNDARY = `apiVersion: grantkeeper.dev/v1alpha1
kind: ManagedPolicy
metadata: { name: platform-default }
spec:
  use: boundary
  document:
    Version: "2012-10-17"
    Statement: [{ Effect: Allow, Action: ["dynamodb:*", "logs:*", "sqs:*"], Resource: "*" }]
`;

function functionText(at: number, account: string): string {
  const callers = at % 2 === 0 ? "  invokedBy: [{ sns: { topic: placed } }]\n" : "";
  return `apiVersion: grantkeeper.dev/v1alpha1
kind: FunctionPermission
metadata: { name: ${functionName(at)} }
spec:
  targets: [{ accounts: [${account}], regions: [eu-west-1] }]
  grants: [{ dynamodb: { table: orders, allow: [read] } }]
${callers}`;
}

/** AWS as Git declares it, with the exceptions that the constants of this file name. */
export function manyWorld(desired: Desired): DemoWorld {
  const world = emptyWorld();
  const base = seedBase(world);
  seedAccounts(world, desired, ownDeclaredPolicies(desired, BASE_ROLE));
  for (const binding of desired.bindings.values()) {
    seedFunction(world, binding, binding.role.arn);
    if (numberOf(binding) >= PLANNED) seedConverged(world, binding);
    seedException(world, binding);
  }
  for (const { id, name } of desired.accounts.values()) {
    if (name === "unreadable") delete accountOf(world, id).iam.roles["observer"];
    if (name === "prod") seedUndeclared(world, id);
  }
  const console = [...desired.accounts.keys()].map((id) => [id, seedConsoleUser(world, id)] as const);
  return { world, base, console: new Map(console) };
}

function numberOf({ name }: DesiredBinding): number {
  return Number(name.slice("function-".length));
}

function seedException(world: WorldState, binding: DesiredBinding): void {
  const at = numberOf(binding);
  if (at === DRIFTED) {
    const role = accountOf(world, binding.accountId).iam.roles[binding.role.name];
    if (role !== undefined) role.inline["hotfix"] = allow("sqs:SendMessage");
  }
  if (at === OPEN)
    seedStatement(world, binding, null, {
      Sid: "try-from-laptop",
      Effect: "Allow",
      Principal: "*",
      Action: "lambda:InvokeFunction",
      Resource: binding.functionArn,
    });
}

function seedUndeclared(world: WorldState, accountId: string): void {
  const roleArn = `arn:aws:iam::${accountId}:role/grantkeeper-system/observer`;
  for (let at = 0; at < UNDECLARED; at += 1)
    addFunction(world, { accountId, region: "eu-west-1", name: `undeclared-${at}`, roleArn });
}
