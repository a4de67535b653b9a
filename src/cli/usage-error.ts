import type { Command, CommanderError } from "commander";
import { CliError } from "./toolbox/cli-error.ts";

/** What the parser of the command line refused, in our form, with a hint about the command that was typed. */
export function usageError({ code, message: text }: CommanderError, command: Command): CliError {
  const [, message = text, near] = /^(?:error: )?([^]*?)(?:\n\(Did you mean ([^]*)\?\))?$/.exec(text) ?? [];
  // `… is invalid. Expected a number.`: what is wrong, then what is valid.
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a text of commander, which has no field for it
  const [, wrong = message, expected] = /^([^]*?)\. ((?:Expected|Allowed) [^]*?)\.?$/.exec(message) ?? [];
  const hint =
    near === undefined
      ? [expectedText(expected) ?? hintOf(code, message, command), ...subcommands(code, command)].join(
          "; or ",
        )
      : `did you mean "${near}"?`;
  return new CliError(wrong, hint, { code: "Usage" });
}

function expectedText(expected: string | undefined): string | undefined {
  return expected === undefined ? undefined : `${expected.charAt(0).toLowerCase()}${expected.slice(1)}`;
}

function hintOf(code: string, message: string, command: Command): string {
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a text of commander, which has no field for it
  const option = command.options.find(({ flags }) => message.includes(`'${flags}'`));
  if (code === "commander.missingMandatoryOptionValue" && option !== undefined)
    return `add ${option.flags}: ${option.description}`;
  const path = pathOf(command);
  if (code === "commander.missingArgument") return `${path} ${command.usage()}`;
  const listed = code === "commander.unknownCommand" ? "the list of commands" : "its options and arguments";
  return `run \`${path} --help\` for ${listed}`;
}

/** A word after a command that has commands of its own was often meant for one of these. */
function subcommands(code: string, command: Command): readonly string[] {
  if (code !== "commander.excessArguments") return [];
  const visible = command
    .createHelp()
    .visibleCommands(command)
    .filter((one) => one.name() !== "help");
  return visible.map((one) => `${pathOf(command)} ${one.name()} ${one.usage().replace("[options] ", "")}`);
}

/** `grantkeeper audit verify`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
