import { Argument } from "commander";
import type { CliCommand } from "../toolbox/command.ts";
import { SCRIPTS, SHELLS, type Shell } from "../completion/scripts.ts";

export const completion: CliCommand<object> = {
  name: "completion",
  summary: "print a script that completes commands in a shell",
  description:
    "Prints a script for bash, zsh or fish. It completes commands, options, targets and digests; targets and digests come from the controller, and are left out when it does not answer within a second.",
  examples: [
    ["grantkeeper completion bash >> ~/.bashrc", "bash"],
    ["grantkeeper completion zsh >> ~/.zshrc", "zsh, after compinit"],
    ["grantkeeper completion fish > ~/.config/fish/completions/grantkeeper.fish", "fish"],
  ],
  define: (command) => {
    command.addArgument(new Argument("<shell>", "the shell").choices(SHELLS));
  },
  run: async ({ args: [shell], toolbox }) => {
    await toolbox.terminal.out(SCRIPTS[shell as Shell]);
    return 0;
  },
};
