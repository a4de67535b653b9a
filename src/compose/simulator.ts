import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { errorCode } from "../model/values/error-code.ts";
import { CliError } from "../cli/toolbox/cli-error.ts";
import type { RunningSimulator, SimulatorRequest } from "../cli/toolbox/simulation.ts";
import type { startSimulator as start } from "../simulator/simulator.ts";
import type { WorldState } from "../simulator/world.ts";
import { seededWorld } from "./simulated-world.ts";

export async function startLocalSimulator(request: SimulatorRequest): Promise<RunningSimulator> {
  const { host, port, worldFile, latencyMs, hasPublishedLimits } = request;
  const startWorld = await loadSimulator();
  const { BASE_ACCOUNT } = await import("../simulator/seed.ts");
  const { world, estate } =
    worldFile !== null && existsSync(worldFile)
      ? { world: JSON.parse(readFileSync(worldFile, "utf8")) as WorldState, estate: null }
      : await seededWorld(request);
  const key = Object.values(world.accessKeys).find((one) => one.accountId === BASE_ACCOUNT);
  if (key === undefined)
    throw new CliError(
      `${worldFile ?? "the world"} has no access key of account ${BASE_ACCOUNT}`,
      "name another file, or none",
    );
  const { PUBLISHED_LIMITS } = await import("../simulator/limits/published-limits.ts");
  const rates = hasPublishedLimits ? PUBLISHED_LIMITS : {};
  const simulator = await startWorld({ world, host, port, latencyMs, rates });
  return {
    endpoint: simulator.endpoint,
    accessKey: { id: key.id, secret: key.secret },
    estate,
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
