import { CliError } from "../../cli/toolbox/cli-error.ts";
import type { CliCommand } from "../../cli/toolbox/command.ts";
import { addConfig, addFolder, folderOf, type ConfigOptions } from "../../cli/toolbox/options.ts";
import type { Toolbox } from "../../cli/toolbox/toolbox.ts";
import { kindOf, projectSettings, type ProjectSettings } from "../project/project.ts";
import { serviceCheckout, type ServiceCheckout } from "../project/service-settings.ts";

interface LanguageServerOptions extends ConfigOptions {
  readonly dir?: string;
  readonly platform?: string;
  readonly namespace?: string;
  /** What editors add; there is no other way. */
  readonly stdio?: true;
}

export const languageServer: CliCommand<LanguageServerOptions> = {
  name: "language-server",
  summary: "for editors: problems while you type, exact actions, quick fixes",
  description:
    "Speaks the Language Server Protocol over standard input and output; an editor starts it. It shows the problems of validate while you type, the exact actions and resources of a grant, where a template, an account, a policy or a function is declared, and the corrections of review as quick fixes. It reads the folder of the manifests, writes nothing, and uses no network. With --platform it serves the repository of one service: its manifests are in DIR, and those of the platform in the checkout.",
  examples: [
    ["grantkeeper language-server", "started by an editor"],
    ["grantkeeper language-server --config grantkeeper.yaml", "with the paths of this file"],
    [
      "grantkeeper language-server deploy --platform ../platform --namespace orders",
      "in the repository of a service",
    ],
  ],
  define: (command) => {
    addFolder(addConfig(command.argument("[dir]", "with --platform: the service's manifests (default: .)")))
      .option("--platform <folder>", "DIR belongs to a service; a checkout with the platform's manifests")
      .option("--namespace <name>", "with --platform: the namespace of the manifests in DIR")
      .option("--stdio", "the only way to connect, so that it may be left out");
  },
  run: async ({ args, options, toolbox }) => {
    if (toolbox.terminal.isTerminal)
      throw new CliError("an editor starts this command", "docs/authoring.md has the settings of editors");
    const settings = await projectSettings(options, toolbox);
    const service = await serviceOf(folderOf(args[0], options.dir), options, settings);
    // Other commands start without the library of the protocol.
    const { serveEditor } = await import("./serve.ts");
    return serveEditor({ settings, service, toolbox: withKeptData(toolbox) });
  },
};

/** @throws CliError */
async function serviceOf(
  dir: string | undefined,
  options: LanguageServerOptions,
  settings: ProjectSettings,
): Promise<ServiceCheckout | null> {
  const service = await serviceCheckout(dir ?? ".", options, settings);
  if (service !== null && (await kindOf(service.root)) !== "directory")
    throw new CliError(`${service.root} is not a folder`, "name the folder of the manifests");
  if (service === null && dir !== undefined)
    throw new CliError(
      `${dir} is only for --platform: else the folder above each document is read`,
      "leave it out, or add --platform FOLDER --namespace NAME",
    );
  return service;
}

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
