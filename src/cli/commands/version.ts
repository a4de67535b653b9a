import type { CliCommand } from "../toolbox/command.ts";
import { addOutput, type OutputOptions } from "../toolbox/options.ts";
import { show } from "../screen/print.ts";

export const version: CliCommand<OutputOptions> = {
  name: "version",
  summary: "print the version",
  description: "Prints the version of this program.",
  examples: [["grantkeeper version", "print the version"]],
  define: (command) => {
    addOutput(command);
  },
  run: async ({ options, toolbox }) => {
    const { version } = toolbox;
    return show({ value: { version }, lines: () => [`grantkeeper ${version}`] }, options.output, toolbox);
  },
};
