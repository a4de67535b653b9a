import { roleArn } from "../src/model/aws/arn.ts";
import type { Desired, DesiredBinding } from "../src/model/desired.ts";
import { accountOf, addRole, emptyWorld, type AccessKey, type WorldState } from "../src/simulator/world.ts";
import { ownDeclaredPolicies } from "../src/aws/own/declared.ts";
import { BASE_ROLE, seedAccounts, seedBase, seedFunction, seedPolicy } from "../src/simulator/seed.ts";
import { seedConsoleUser, seedConverged, seedStatement } from "./seed.ts";

export interface DemoWorld {
  readonly world: WorldState;
  readonly base: AccessKey;
  /** A user with a console, by account id. */
  readonly console: ReadonlyMap<string, AccessKey>;
}

/**
 * Two typical accounts before Grantkeeper is installed. In staging the teams' functions wait for their roles; two are
 * only observed and keep the roles of their stacks. Prod was set up before, and two manual changes were made there since.
 */
export function demoWorld(desired: Desired): DemoWorld {
  const world = emptyWorld();
  const base = seedBase(world);
  seedAccounts(world, desired, ownDeclaredPolicies(desired, BASE_ROLE));
  for (const binding of desired.bindings.values()) seedFunction(world, binding, roleOf(world, binding));
  seedProd(world, desired);
  const console = [...desired.accounts.keys()].map((id) => [id, seedConsoleUser(world, id)] as const);
  return { world, base, console: new Map(console) };
}

/** The declared role, whose name is known before it exists, or that of the stack. */
function roleOf(world: WorldState, binding: DesiredBinding): string {
  if (!isOnlyWatched(binding)) return binding.role.arn;
  const name = `${binding.functionName}-stack-role`;
  addRole(world, { accountId: binding.accountId, name });
  return roleArn(binding, "/", name);
}

/** Both accounts start in observe; these bindings stay there when staging is enforced. */
function isOnlyWatched({ account, name }: DesiredBinding): boolean {
  return account === "staging" && (name === "rebuild" || name === "report-archive");
}

function seedProd(world: WorldState, desired: Desired): void {
  const bindings = [...desired.bindings.values()].filter((binding) => binding.account === "prod");
  for (const binding of bindings) seedConverged(world, binding);
  const ids = new Set<string>(bindings.map((binding) => binding.accountId));
  for (const policy of desired.policies.values()) {
    if (policy.use === "attach" && ids.has(policy.accountId)) seedPolicy(world, policy);
  }
  for (const binding of bindings) {
    if (binding.name === "report-export") openToAnyone(world, binding);
    if (binding.name === "orders-worker") addDebugging(world, binding);
  }
}

function openToAnyone(world: WorldState, binding: DesiredBinding): void {
  seedStatement(world, binding, null, {
    Sid: "try-from-laptop",
    Effect: "Allow",
    Principal: "*",
    Action: "lambda:InvokeFunction",
    Resource: binding.functionArn,
  });
}

function addDebugging(world: WorldState, { accountId, role }: DesiredBinding): void {
  const found = accountOf(world, accountId).iam.roles[role.name];
  if (found === undefined) throw new Error(`role ${role.name} is not in this world`);
  found.inline["debug-2025"] = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["sqs:ReceiveMessage", "sqs:PurgeQueue"], Resource: "*" }],
  });
}
