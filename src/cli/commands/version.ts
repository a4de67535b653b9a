import type { CliCommand } from "../command.ts";

export const version: CliCommand<object> = {
  name: "version",
  summary: "print the version",
  description: "Prints the version of this program.",
  examples: [["grantkeeper version", "print the version"]],
  define: () => undefined,
  run: async ({ toolbox }) => {
    await toolbox.terminal.out(`grantkeeper ${toolbox.version}\n`);
    return 0;
  },
};
