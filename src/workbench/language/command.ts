import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addConfig, type ConfigOptions } from "../../cli/toolbox/options.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { projectSettings } from "../project/project.ts";

interface LanguageServerOptions extends ConfigOptions {
  /** What editors add; there is no other way. */
  readonly stdio?: true;
}

export const languageServer: CliCommand<LanguageServerOptions> = {
  name: "language-server",
  summary: "for editors: problems while you type, exact actions, quick fixes",
  description:
    "Speaks the Language Server Protocol over standard input and output; an editor starts it. It shows the problems of validate while you type, the exact actions and resources of a grant, where a template, an account, a policy or a function is declared, and the corrections of review as quick fixes. It reads the folder of the manifests, writes nothing, and uses no network.",
  examples: [
    ["grantkeeper language-server", "started by an editor"],
    ["grantkeeper language-server --config grantkeeper.yaml", "with the paths of this file"],
  ],
  define: (command) => {
    addConfig(command).option("--stdio", "the only way to connect, so that it may be left out");
  },
  run: async ({ options, toolbox }) => {
    if (toolbox.terminal.isTerminal)
      throw new CliError("an editor starts this command", "docs/authoring.md has the settings of editors");
    const settings = await projectSettings(options, toolbox);
    // Other commands start without the library of the protocol.
    const { serveEditor } = await import("./serve.ts");
    return serveEditor(settings, withKeptData(toolbox));
  },
};

/** AWS's data is read once, and not after each change of a text. */
function withKeptData(toolbox: Toolbox): Toolbox {
  let data: ReturnType<Toolbox["actionData"]> | undefined;
  let policies: ReturnType<Toolbox["shippedPolicies"]> | undefined;
  return {
    ...toolbox,
    actionData: () => (data ??= toolbox.actionData()),
    shippedPolicies: () => (policies ??= toolbox.shippedPolicies()),
  };
}
