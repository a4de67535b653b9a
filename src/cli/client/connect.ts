import { isIP } from "node:net";
import { ApiClient } from "./client.ts";
import { shownUrl } from "../../model/values/credential-text.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { Connection } from "./connection.ts";
import { variable, findInstallation } from "../toolbox/installation.ts";
import type { ServerOptions } from "../toolbox/options.ts";
import type { Installation, OperatorConfig, Toolbox } from "../toolbox/toolbox.ts";

/** @throws CliError if neither an option, the environment nor an operator's file names a server */
export async function connect(options: ServerOptions, toolbox: Toolbox): Promise<ApiClient> {
  return new ApiClient(await connectionOf(options, toolbox), toolbox.signal);
}

export async function connectionOf(options: ServerOptions, toolbox: Toolbox): Promise<Connection> {
  const named = options.server ?? variable(toolbox, "GRANTKEEPER_SERVER");
  const envToken = variable(toolbox, "GRANTKEEPER_TOKEN");
  if (named !== undefined) {
    return { url: checkedUrl(named), token: envToken ?? null, tokenFrom: null, start: "grantkeeper run" };
  }
  const installation = await findInstallation(options, toolbox);
  if (installation === null) {
    throw new CliError(
      "no controller is named, and there is no grantkeeper.yaml here",
      "use --config FILE on the controller's machine, else --server URL and GRANTKEEPER_TOKEN",
    );
  }
  if (
    envToken !== undefined &&
    options.config === undefined &&
    variable(toolbox, "GRANTKEEPER_CONFIG") === undefined
  )
    throw new CliError(
      "GRANTKEEPER_TOKEN is set, and only the grantkeeper.yaml of this folder names a controller: its author would get the token",
      "name the address with --server URL or GRANTKEEPER_SERVER, or the file with --config",
    );
  return ofInstallation(installation, envToken);
}

/** The token of a state directory is only for the controller of that state directory. */
async function ofInstallation(installation: Installation, envToken: string | undefined): Promise<Connection> {
  const { config } = installation;
  const start = `grantkeeper run --config ${config.file}`;
  const url = urlOf(config.http);
  if (envToken !== undefined) return { url, token: envToken, tokenFrom: "GRANTKEEPER_TOKEN", start };
  return { url, token: await installation.localToken(), tokenFrom: config.stateDir, start };
}

/** A controller that listens on every address is reached on loopback. */
function urlOf({ host, port }: OperatorConfig["http"]): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${isIP(reachable) === 6 ? `[${reachable}]` : reachable}:${port}`;
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new CliError(
      `"${shownUrl(text)}" is not the URL of a controller`,
      "such as https://grantkeeper.example.com or http://127.0.0.1:8085",
    );
  }
  if (url.username !== "" || url.password !== "") {
    throw new CliError("the controller's URL contains a password", "set the token in GRANTKEEPER_TOKEN");
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}
