import { byTextOf } from "../text/order.ts";
import { readFileSync, writeFileSync } from "node:fs";
import { CliError } from "../cli/toolbox/cli-error.ts";
import type { SimulatedEstate, SimulatorRequest } from "../cli/toolbox/simulation.ts";
import type { OwnSetup } from "../model/aws/own-roles.ts";
import type { Desired } from "../model/desired.ts";
import { errorCode } from "../model/values/error-code.ts";
import type { Recording } from "../simulator/replay/recording.ts";
import type { WorldState } from "../simulator/world.ts";
import { observedBy } from "./simulated/observed-account.ts";

/** The account of an estate if no manifests name one. */
const ESTATE_ACCOUNT = "111122223333";

const ESTATE_REGION = "eu-west-1";

export interface SimulatedWorld {
  readonly world: WorldState;
  readonly estate: SimulatedEstate | null;
}

/**
 * The world before the first pass: Grantkeeper's own roles and the boundaries, the estate or the recorded account, and the
 * declared functions that neither of them has, whose roles do not exist yet.
 */
export async function seededWorld(request: SimulatorRequest): Promise<SimulatedWorld> {
  const { seedBase } = await import("../simulator/seed.ts");
  const { emptyWorld } = await import("../simulator/world.ts");
  const world = emptyWorld();
  seedBase(world, request.organization);
  if (request.desired !== null) await seedAccountsOf(world, request.desired, request.setup);
  const estate =
    request.recordings.length > 0 ? await withRecording(world, request) : await withEstate(world, request);
  if (request.desired !== null) await seedFunctions(world, request.desired);
  return { world, estate };
}

async function withRecording(
  world: WorldState,
  { desired, recordings }: SimulatorRequest,
): Promise<SimulatedEstate> {
  const { addRecording } = await import("../simulator/replay/recording.ts");
  const recording = await readRecordings(recordings);
  const { accountId, regions, notes } = recording;
  if (desired !== null && world.accounts[accountId] === undefined)
    throw new CliError(
      `the manifests declare no account ${accountId}, which was recorded`,
      "declare it, or leave --dir out",
    );
  const manifest = desired === null ? await observedBy(world, accountId, regions) : null;
  const { iam } = addRecording(world, recording);
  return {
    accountId,
    regions,
    roles: Object.keys(iam.roles).length,
    functions: functionsOf(recording),
    notes,
    manifest,
  };
}

async function readRecordings(names: readonly string[]): Promise<Recording> {
  const { readRecording } = await import("../simulator/replay/recording.ts");
  const { RecordingError } = await import("../simulator/replay/recorded.ts");
  try {
    return readRecording(names.map((name) => ({ name, text: readText(name) })));
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    throw new CliError(error.message, "docs/simulator.md shows how to record an account", { cause: error });
  }
}

function readText(name: string): string {
  try {
    return readFileSync(name, "utf8");
  } catch (error) {
    throw new CliError(`cannot be read: ${errorCode(error) ?? "unknown"}`, "name another file", {
      place: name,
      cause: error,
    });
  }
}

function functionsOf({ lambda, accountId }: Recording): SimulatedEstate["functions"] {
  const functions = Object.entries(lambda).flatMap(([region, state]) =>
    Object.values(state.functions).map((one) => ({ ...one, region })),
  );
  return functions
    .map(({ name, region, versions }) => ({
      name,
      arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
      roleArn: versions["$LATEST"]?.Role ?? "",
      deployer: null,
      situations: [],
      stackName: null,
      terraformAddress: null,
    }))
    .sort(byTextOf(({ arn }) => arn));
}

async function seedAccountsOf(world: WorldState, desired: Desired, setup: OwnSetup | null): Promise<void> {
  const { BASE_ROLE, seedAccounts } = await import("../simulator/seed.ts");
  const { ownDeclaredPolicies } = await import("../aws/own/declared.ts");
  seedAccounts(world, desired, ownDeclaredPolicies(desired, BASE_ROLE, setup));
}

async function seedFunctions(world: WorldState, desired: Desired): Promise<void> {
  const { seedFunction } = await import("../simulator/seed.ts");
  for (const binding of desired.bindings.values()) {
    const { accountId, region, functionName } = binding;
    const deployed = world.accounts[accountId]?.lambda[region]?.functions ?? {};
    if (!Object.hasOwn(deployed, functionName)) seedFunction(world, binding, binding.role.arn);
  }
}

/** In the first account of the manifests by name, if there is one. */
async function withEstate(
  world: WorldState,
  { desired, estate }: SimulatorRequest,
): Promise<SimulatedEstate | null> {
  if (estate === null) return null;
  const { addEstate } = await import("../simulator/estate/estate.ts");
  const [declared] = [...(desired?.accounts.values() ?? [])].sort((left, right) =>
    left.name < right.name ? -1 : 1,
  );
  const accountId = declared?.id ?? ESTATE_ACCOUNT;
  const region = declared?.regions[0] ?? ESTATE_REGION;
  const manifest = declared === undefined ? await observedBy(world, accountId, [region]) : null;
  const { functions, terraformState } = addEstate(world, { ...estate, accountId, region });
  if (estate.terraformState !== null) writeFileSync(estate.terraformState, terraformState);
  return {
    accountId,
    regions: [region],
    roles: Object.keys(world.accounts[accountId]?.iam.roles ?? {}).length,
    functions,
    notes: [],
    manifest,
  };
}
