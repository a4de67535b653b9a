import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addLocalOptions, portArgument, type LocalOptions } from "../../cli/toolbox/options.ts";
import { show } from "../../cli/screen/print.ts";
import { projectSettings, kindOf, loadDirectory } from "../project/project.ts";
import type { RunningSimulator, Toolbox } from "../../cli/toolbox/toolbox.ts";

interface SimulatorOptions extends LocalOptions {
  readonly dir?: string;
  readonly port: number;
  readonly world?: string;
}

export const simulator: CliCommand<SimulatorOptions> = {
  name: "simulator",
  summary: "run a simulated AWS on loopback until interrupted",
  description:
    "Runs a simulated IAM, Lambda, STS and Organizations that speak AWS's wire protocols on loopback, for local work; nothing leaves this machine. With --dir, it contains the functions, boundaries and Grantkeeper's own roles of those manifests, but no organization: an AccountSet that observes one reports that it cannot be read.",
  examples: [
    ["grantkeeper simulator --dir manifests", "with the functions and roles of these manifests"],
    ["grantkeeper simulator --port 7081 --world world.json", "on one port, kept between runs"],
  ],
  define: (command) => {
    addLocalOptions(command)
      .option("--dir <folder>", "a folder with platform/ and teams/; without it the world is empty")
      .option("--port <number>", "0: chosen by the system", portArgument, 0)
      .option(
        "--world <file>",
        "read at the start if it exists, written at the end; --dir fills only a new one",
      );
  },
  run: async ({ options, toolbox }) => {
    const { dir, port, world = null } = options;
    await refuseToFill(world, dir);
    const declared = dir === undefined ? NOTHING_DECLARED : await declaredIn(dir, options, toolbox);
    const running = await toolbox.startSimulator({ host: "127.0.0.1", port, ...declared, worldFile: world });
    const { endpoint, accessKey } = running;
    await show({ value: { endpoint, accessKey }, lines: () => hints(running) }, options.output, toolbox);
    await aborted(toolbox);
    await running.close();
    return 0;
  },
};

const NOTHING_DECLARED = { desired: null, organization: null };

async function declaredIn(dir: string, options: SimulatorOptions, toolbox: Toolbox) {
  const settings = await projectSettings(options, toolbox);
  const { compilation } = await loadDirectory(dir, settings, toolbox);
  return { desired: compilation.desired, organization: settings.ownRoles?.organization ?? null };
}

/** A saved world has functions and roles of its own: manifests are neither added to it nor ignored. */
async function refuseToFill(world: string | null, dir: string | undefined): Promise<void> {
  if (world === null || dir === undefined || (await kindOf(world)) === "absent") return;
  throw new CliError(
    "the world exists already, and --dir fills only a new one",
    "leave --dir out, or name a new file",
    { place: world },
  );
}

function hints({ endpoint, accessKey }: RunningSimulator): readonly string[] {
  return [
    `simulated AWS at ${endpoint}`,
    "",
    `  export AWS_ACCESS_KEY_ID=${accessKey.id} AWS_SECRET_ACCESS_KEY=${accessKey.secret}`,
    // Version 1 of AWS's command line reads the second alone.
    "  export AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1",
    `  aws --region eu-west-1 --endpoint-url ${endpoint} sts get-caller-identity`,
    "",
    "  # grantkeeper.yaml",
    `  aws: {endpoint: "${endpoint}", simulator: true}`,
  ];
}

function aborted({ signal }: Toolbox): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
