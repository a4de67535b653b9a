import { printNote } from "../screen/print.ts";
import { connectionOf } from "../client/connect.ts";
import { ApiClient } from "../client/client.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { variable } from "../toolbox/installation.ts";
import { addConfig, type ServerOptions } from "../toolbox/options.ts";

export const open: CliCommand<ServerOptions> = {
  name: "open",
  summary: "print a link that signs in to the page of the controller",
  description:
    "Prints the address of the page with a code that signs in once, within a minute, in a browser on the controller's machine. The browser shows a button; the session then lasts an hour and may do what the local token may do. It needs the local token: run it as a user who can read the state directory. The record names the system user of the command, next to `local`. From other machines, sign in with the OIDC provider of `http.oidc`.",
  examples: [
    ["grantkeeper open", "with ./grantkeeper.yaml"],
    ["grantkeeper open --config /etc/grantkeeper/grantkeeper.yaml", "with another operator's file"],
  ],
  define: (command) => {
    addConfig(command).option(
      "--server <url>",
      "the controller's address on this machine (default: GRANTKEEPER_SERVER, else from the operator's file); GRANTKEEPER_TOKEN is the local token",
    );
  },
  run: async ({ options, toolbox }) => {
    const connection = await connectionOf(options, toolbox);
    const user = variable(toolbox, "USER") ?? variable(toolbox, "LOGNAME");
    const client = new ApiClient(connection, toolbox.signal);
    const { path } = await client.localLink(user === undefined ? {} : { user: user.slice(0, 64) });
    await printNote("signs in once, within a minute, in a browser on this machine", toolbox);
    await toolbox.terminal.out(`${connection.url}${path}\n`);
    return 0;
  },
};
