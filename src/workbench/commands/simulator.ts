import { InvalidArgumentError } from "commander";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addLocalOptions, portArgument, type LocalOptions } from "../../cli/toolbox/options.ts";
import { show } from "../../cli/screen/print.ts";
import { kindOf, knownInstance, loadDirectory, projectSettings } from "../project/project.ts";
import type { OwnSetup } from "../../model/aws/own-roles.ts";
import { counted } from "../../text/phrases.ts";
import type { EstateSize, RunningSimulator, SimulatedEstate } from "../../cli/toolbox/simulation.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";

interface SimulatorCommandOptions extends LocalOptions {
  readonly dir?: string;
  readonly port: number;
  readonly world?: string;
  readonly estate?: number;
  readonly seed?: number;
  readonly terraformState?: string;
  readonly replay?: readonly string[];
  readonly latency: number;
  readonly limits?: boolean;
}

export const simulator: CliCommand<SimulatorCommandOptions> = {
  name: "simulator",
  summary: "run a simulated AWS on loopback until interrupted",
  description:
    "Runs a simulated IAM, Lambda, STS and Organizations that speak AWS's wire protocols on loopback, for local work; nothing leaves this machine. With --dir, it contains the functions, boundaries and Grantkeeper's own roles of those manifests, but no organization: an AccountSet that observes one reports that it cannot be read. With --estate, an account also has functions, roles, policies and stacks as SAM, CDK, the Serverless Framework, Terraform, consoles and scripts leave them, to try an adoption; -o json lists what is special about each function. With --replay, an account is a copy of one that was recorded by AWS's command line; a call that the recording cannot answer is denied. With --limits and --latency, calls are throttled and take as long as those to AWS.",
  examples: [
    ["grantkeeper simulator --dir manifests", "with the functions and roles of these manifests"],
    ["grantkeeper simulator --port 7081 --world world.json", "on one port, kept between runs"],
    ["grantkeeper simulator --estate 300 --seed 7", "300 functions that other tools deployed"],
    ["grantkeeper simulator --replay details.json functions.json", "a copy of a recorded account"],
  ],
  define: (command) => {
    addLocalOptions(command)
      .option("--dir <folder>", "a folder with platform/ and teams/; without it the world is empty")
      .option("--port <number>", "0: chosen by the system", portArgument, 0)
      .option(
        "--world <file>",
        "read at the start if it exists, written at the end; --dir, --estate and --replay fill only a new one",
      )
      .option(
        "--estate <number>",
        "adds this number of functions of other tools; in the first account of --dir by name, if there is one",
        estateArgument,
      )
      .option(
        "--seed <number>",
        "with --estate: another number makes another estate (default: 1)",
        seedArgument,
      )
      .option("--terraform-state <file>", "with --estate: where to write the state of Terraform")
      .option("--replay <file...>", "a recorded account: output of AWS's command line (docs/simulator.md)")
      .option("--latency <ms>", "milliseconds before each call acts", latencyArgument, 0)
      .option("--limits", "throttle at the limits that AWS publishes for each account and region");
  },
  run: async ({ options, toolbox }) => {
    const { dir, port, world = null } = options;
    await refuseToFill(world, options);
    const declared = dir === undefined ? NOTHING_DECLARED : await declaredIn(dir, options, toolbox);
    const running = await toolbox.startSimulator({
      host: "127.0.0.1",
      port,
      ...declared,
      worldFile: world,
      estate: estateOf(options),
      recordings: options.replay ?? [],
      latencyMs: options.latency,
      hasPublishedLimits: options.limits ?? false,
    });
    const { endpoint, accessKey, estate } = running;
    await show(
      {
        value: { endpoint, accessKey, estate },
        lines: () => hints(running, declared.setup?.instance ?? null),
      },
      options.output,
      toolbox,
    );
    await aborted(toolbox);
    await running.close();
    return 0;
  },
};

const NOTHING_DECLARED = { desired: null, organization: null, setup: null };

/** Of `examples/local.yaml`. The writers in the simulated AWS may write only what has its tag. */
const LOCAL = knownInstance("local");

async function declaredIn(dir: string, options: SimulatorCommandOptions, toolbox: Toolbox) {
  const settings = await projectSettings(options, toolbox);
  const { ownRoles, lookupEvents } = settings;
  const instance = settings.instance ?? LOCAL;
  const { compilation } = await loadDirectory(dir, { ...settings, instance }, toolbox);
  const { desired, references } = compilation;
  const setup: OwnSetup = { instance, settings: ownRoles, references, lookupEvents };
  return { desired, organization: ownRoles?.organization ?? null, setup };
}

const FILLING = ["dir", "estate", "replay"] as const;

/** A saved world has functions and roles of its own: others are neither added to it nor ignored. */
async function refuseToFill(world: string | null, options: SimulatorCommandOptions): Promise<void> {
  const [filling] = FILLING.filter((name) => options[name] !== undefined).map((name) => `--${name}`);
  if (world === null || filling === undefined || (await kindOf(world)) === "absent") return;
  throw new CliError(
    `the world exists already, and ${filling} fills only a new one`,
    `leave ${filling} out, or name a new file`,
    { place: world },
  );
}

/** @throws CliError for an option that has no meaning without an estate */
function estateOf({ estate, seed, terraformState, replay }: SimulatorCommandOptions): EstateSize | null {
  if (estate !== undefined && replay !== undefined)
    throw new CliError("a world has an estate or a recording", "leave out --estate or --replay");
  if (estate !== undefined)
    return { functions: estate, seed: seed ?? 1, terraformState: terraformState ?? null };
  if (seed === undefined && terraformState === undefined) return null;
  const lonely = seed === undefined ? "--terraform-state" : "--seed";
  throw new CliError(`${lonely} needs --estate`, `add --estate NUMBER, or leave ${lonely} out`);
}

/** An account may have 5,000 roles at most. */
const MOST_FUNCTIONS = 5_000;

function estateArgument(text: string): number {
  const count = Number(text);
  if (/^[1-9]\d{0,3}$/.test(text) && count <= MOST_FUNCTIONS) return count;
  throw new InvalidArgumentError(`Expected a number of functions from 1 to ${MOST_FUNCTIONS}.`);
}

function latencyArgument(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected milliseconds from 0 to 9999.");
}

function seedArgument(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number of at most 9 digits.");
}

function hints(
  { endpoint, accessKey, estate }: RunningSimulator,
  instance: string | null,
): readonly string[] {
  return [
    `simulated AWS at ${endpoint}`,
    ...(estate === null ? [] : estateLines(estate)),
    "",
    `  export AWS_ACCESS_KEY_ID=${accessKey.id} AWS_SECRET_ACCESS_KEY=${accessKey.secret}`,
    // Version 1 of AWS's command line reads the second alone.
    "  export AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1",
    `  aws --region eu-west-1 --endpoint-url ${endpoint} sts get-caller-identity`,
    "",
    "  # grantkeeper.yaml",
    ...(instance === null ? [] : [`  instance: ${instance}`]),
    `  aws: {endpoint: "${endpoint}", simulator: true}`,
    ...(estate === null || estate.manifest === null ? [] : manifestLines(estate.manifest)),
  ];
}

function estateLines({ accountId, regions, roles, functions, notes }: SimulatedEstate): readonly string[] {
  const special = functions.filter(({ situations }) => situations.length > 0).length;
  const counts = [
    counted(functions.length, "function"),
    ...(special > 0 ? [`${special} of them in special situations`] : []),
    counted(roles, "role"),
  ];
  return [`account ${accountId}, ${regions.join(", ")}: ${counts.join(", ")}`, ...notes];
}

function manifestLines(manifest: string): readonly string[] {
  return [
    "",
    "  # platform/accounts.yaml",
    ...manifest
      .trimEnd()
      .split("\n")
      .map((line) => `  ${line}`),
  ];
}

function aborted({ signal }: Toolbox): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
