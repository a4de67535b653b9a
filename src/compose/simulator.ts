import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { errorCode } from "../model/values/error-code.ts";
import { CliError } from "../cli/toolbox/cli-error.ts";
import type { RunningSimulator, SimulatorRequest } from "../cli/toolbox/toolbox.ts";
import type { Desired } from "../model/desired.ts";
import type { startSimulator as start } from "../simulator/simulator.ts";
import type { WorldState } from "../simulator/world.ts";

export async function startSimulator({
  host,
  port,
  desired,
  organization,
  worldFile,
}: SimulatorRequest): Promise<RunningSimulator> {
  const startWorld = await loadSimulator();
  const { BASE_ACCOUNT } = await import("../simulator/seed.ts");
  const kept = worldFile !== null && existsSync(worldFile);
  const world = kept
    ? (JSON.parse(readFileSync(worldFile, "utf8")) as WorldState)
    : await seededWorld(desired, organization);
  const key = Object.values(world.accessKeys).find((one) => one.accountId === BASE_ACCOUNT);
  if (key === undefined)
    throw new CliError(
      `${worldFile ?? "the world"} has no access key of account ${BASE_ACCOUNT}`,
      "name another file, or none",
    );
  const simulator = await startWorld({ world, host, port });
  return {
    endpoint: simulator.endpoint,
    accessKey: { id: key.id, secret: key.secret },
    close: async () => {
      if (worldFile !== null) writeFileSync(worldFile, JSON.stringify(simulator.exportWorld()));
      await simulator.close();
    },
  };
}

/** @throws CliError in a build for production, which leaves it out */
async function loadSimulator(): Promise<typeof start> {
  try {
    return (await import("../simulator/simulator.ts")).startSimulator;
  } catch (error) {
    if (errorCode(error) !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new CliError("this build has no simulator", "use the package from npm, or a checkout");
  }
}

/** The world before the first pass: Grantkeeper's own roles, the boundaries, and the functions, whose roles do not exist yet. */
async function seededWorld(desired: Desired | null, organization: string | null): Promise<WorldState> {
  const { BASE_ROLE, seedAccounts, seedBase, seedFunction } = await import("../simulator/seed.ts");
  const { emptyWorld } = await import("../simulator/world.ts");
  const { declaredPolicies } = await import("../aws/own/declared.ts");
  const world = emptyWorld();
  seedBase(world, organization);
  if (desired === null) return world;
  seedAccounts(world, desired, declaredPolicies(desired, BASE_ROLE));
  for (const binding of desired.bindings.values()) seedFunction(world, binding, binding.role.arn);
  return world;
}
