import type { Command } from "commander";
import type { ExitCode } from "./cli-error.ts";
import type { Toolbox } from "./toolbox.ts";

/** One command: what it takes and what it does. */
export interface CliCommand<Options extends object> {
  /** As it is typed after the program's name: `status`, `audit verify`. */
  readonly name: string;
  /** One line of the list of commands. */
  readonly summary: string;
  /** What `--help` says first. */
  readonly description: string;
  /** Whole command lines that can be copied, with what they do. */
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
