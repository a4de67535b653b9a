import type { CliCommand } from "../toolbox/command.ts";
import { requireInstallation } from "../toolbox/installation.ts";
import { addConfig, type ConfigOptions } from "../toolbox/options.ts";
import { cleanLine } from "../screen/paint.ts";
import type { RunningController } from "../toolbox/toolbox.ts";

interface RunOptions extends ConfigOptions {
  readonly observe?: true;
  readonly stateDir?: string;
  readonly listen?: string;
}

export const run: CliCommand<RunOptions> = {
  name: "run",
  summary: "run the controller until interrupted",
  description:
    "Runs the controller of the operator's file: fetches the source, compares it with AWS, and applies the differences if the operator's file, the account and the manifest all have `mode: enforce`. SIGINT and SIGTERM stop it after the current calls.",
  examples: [
    ["grantkeeper run", "with ./grantkeeper.yaml"],
    ["grantkeeper run --observe", "observe only; overrides the configuration"],
    ["grantkeeper run --config /etc/grantkeeper/grantkeeper.yaml", "with another file"],
  ],
  define: (command) => {
    addConfig(command)
      .option("--observe", "observe only: write nothing; overrides the configuration")
      .option("--state-dir <dir>", "instead of stateDir in the file")
      .option("--listen <host:port>", "instead of http.listen in the file");
  },
  run: async ({ options, toolbox }) => {
    const { observe = false, stateDir = null, listen = null } = options;
    const installation = await requireInstallation(options, toolbox, { observe, stateDir, listen });
    const controller = await installation.startController();
    const { instance, mode } = installation.config;
    const state = controller.standbyOf === null ? "" : `, standby of ${controller.standbyOf}`;
    const started = `grantkeeper ${toolbox.version}: instance ${instance}, mode ${mode}${state}, API at ${controller.url}`;
    // One line, however long: programs read the URL, and a start does not load the code that measures text.
    await toolbox.terminal.err(`${cleanLine(started)}\n`);
    await runUntilAborted(controller, toolbox.signal);
    return 0;
  },
};

/** @throws what ended the controller without being asked to */
async function runUntilAborted(controller: RunningController, signal: AbortSignal): Promise<void> {
  const stopRequest = Promise.withResolvers<void>();
  const ask = (): void => stopRequest.resolve();
  signal.addEventListener("abort", ask, { once: true });
  if (signal.aborted) ask();
  try {
    await Promise.race([controller.done, stopRequest.promise]);
  } finally {
    signal.removeEventListener("abort", ask);
    await controller.stop();
  }
  await controller.done;
}
