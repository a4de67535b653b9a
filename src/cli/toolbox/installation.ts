import { statSync } from "node:fs";
import { errorCode } from "../../model/values/error-code.ts";
import { CliError } from "./cli-error.ts";
import type { ConfigOptions } from "./options.ts";
import type { ConfigurationProblem, Installation, InstallationFlags, Toolbox } from "./toolbox.ts";

const CONFIG_FILE = "grantkeeper.yaml";
const NO_FLAGS: InstallationFlags = { observe: false, stateDir: null, listen: null };

/** The operator's file by --config, GRANTKEEPER_CONFIG or the working directory; null when none is named and none is here. */
export async function findInstallation(
  options: ConfigOptions,
  toolbox: Toolbox,
): Promise<Installation | null> {
  const named = options.config ?? variable(toolbox, "GRANTKEEPER_CONFIG");
  if (named === undefined && isAbsent(CONFIG_FILE)) return null;
  return open(named ?? CONFIG_FILE, toolbox, NO_FLAGS);
}

/** @throws CliError when there is no operator's file, or it has problems */
export async function requireInstallation(
  options: ConfigOptions,
  toolbox: Toolbox,
  flags: InstallationFlags = NO_FLAGS,
): Promise<Installation> {
  const named = options.config ?? variable(toolbox, "GRANTKEEPER_CONFIG");
  if (named === undefined && isAbsent(CONFIG_FILE)) {
    throw new CliError(
      `there is no ${CONFIG_FILE} here`,
      "name the operator's file with --config or GRANTKEEPER_CONFIG",
    );
  }
  return open(named ?? CONFIG_FILE, toolbox, flags);
}

/** Of a file that cannot be looked for, opening it shows the cause. */
function isAbsent(file: string): boolean {
  try {
    statSync(file);
    return false;
  } catch (cause) {
    return errorCode(cause) === "ENOENT";
  }
}

async function open(file: string, toolbox: Toolbox, flags: InstallationFlags): Promise<Installation> {
  const opened = await toolbox.openInstallation(file, flags);
  if (opened.kind === "ok") return opened.value;
  throw configError(opened.error);
}

/** All problems of the operator's file, each where it is. */
function configError(problems: readonly ConfigurationProblem[]): CliError {
  const [first, ...further] = problems.map(({ where, message, fix = null }) => ({
    place: where,
    code: "Configuration",
    message,
    fix,
  }));
  if (first === undefined) throw new Error("a configuration was refused without a problem");
  const { message, fix, place, code } = first;
  return new CliError(message, fix, { place, code, further });
}

/** A variable of the environment. An empty one is as good as none: that is how CI and shells switch one off. */
export function variable({ env }: Pick<Toolbox, "env">, name: string): string | undefined {
  const value = env[name];
  return value === "" ? undefined : value;
}
