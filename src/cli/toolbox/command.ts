import type { Command } from "commander";
import type { ExitCode } from "./cli-error.ts";
import type { Toolbox } from "./toolbox.ts";

/** One command: its arguments and options, and what it does. */
export interface CliCommand<Options extends object> {
  /** The words after the name of the program: `status`, `audit verify`. */
  readonly name: string;
  /** One line of the list of commands. */
  readonly summary: string;
  /** The first paragraph of `--help`. */
  readonly description: string;
  /** Complete command lines that can be copied, each with its purpose. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** Arguments and options. */
  define(command: Command): void;
  /** @throws CliError and the typed errors of the ports */
  run(invocation: Invocation<Options>): Promise<ExitCode>;
}

interface Invocation<Options> {
  readonly args: readonly string[];
  readonly options: Options;
  readonly toolbox: Toolbox;
}
