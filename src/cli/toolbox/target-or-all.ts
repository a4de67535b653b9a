import { CliError } from "./cli-error.ts";

/** Everything is never meant by leaving something out. @throws CliError */
export function requireTargetOrAll(target: string | undefined, all: boolean, command: string): void {
  if (target === undefined && !all)
    throw new CliError(`${command} needs a target, or --all`, `grantkeeper ${command} --help shows examples`);
  if (target !== undefined && all) throw new CliError(`${command} takes a target or --all, not both`, null);
}
