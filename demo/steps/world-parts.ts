import type { DesiredBinding } from "../../src/model/desired.ts";
import type { FunctionState } from "../../src/simulator/lambda/state.ts";
import type { Role } from "../../src/simulator/iam/state.ts";
import { accountOf, type WorldState } from "../../src/simulator/world.ts";
import type { Stage } from "../stage.ts";

/** @throws Error when the demo's manifests have no such binding */
export function bindingOf(stage: Stage, account: string, name: string): DesiredBinding {
  const bindings = [...stage.desired.bindings.values()];
  const found = bindings.find((binding) => binding.account === account && binding.name === name);
  if (found === undefined) throw new Error(`there is no ${name} in ${account}`);
  return found;
}

/** The current role in the simulator. */
export function roleOf(world: WorldState, { accountId, role }: DesiredBinding): Role | undefined {
  return accountOf(world, accountId).iam.roles[role.name];
}

export function functionOf(world: WorldState, binding: DesiredBinding): FunctionState | undefined {
  return accountOf(world, binding.accountId).lambda[binding.region]?.functions[binding.functionName];
}

/** Grantkeeper's inline document of the role; "" if there is none. */
export function inlineOf(world: WorldState, binding: DesiredBinding): string {
  return roleOf(world, binding)?.inline["grantkeeper"] ?? "";
}

/** The resource policy's statements at a qualifier (null: the unqualified function) as text, without revision ids. */
export function callersOf(world: WorldState, binding: DesiredBinding, qualifier: string | null): string {
  const policy = functionOf(world, binding)?.policies[qualifier ?? "$LATEST"];
  return JSON.stringify(policy?.document["Statement"] ?? []);
}

/** Everything in both accounts except this binding's role and function, as text: equal texts mean no changed byte. */
export function allBut(world: WorldState, binding: DesiredBinding): string {
  const accounts = structuredClone(world.accounts);
  const account = accounts[binding.accountId];
  delete account?.iam.roles[binding.role.name];
  delete account?.lambda[binding.region]?.functions[binding.functionName];
  return JSON.stringify(accounts);
}

/** The number of functions that the manifests declare, over all accounts. */
export function functionCount(stage: Stage): number {
  return new Set([...stage.desired.bindings.values()].map((binding) => binding.functionName)).size;
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
}

export function statementsOf(document: string): readonly PolicyStatement[] {
  if (document === "") return [];
  return (JSON.parse(document) as { readonly Statement: readonly PolicyStatement[] }).Statement;
}

export function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}
