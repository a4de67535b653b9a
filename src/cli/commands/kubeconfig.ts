import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { errorCode } from "../../model/values/error-code.ts";
import { shownUrl } from "../../model/values/credential-text.ts";
import { structuredText } from "../screen/print.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { variable, findInstallation } from "../toolbox/installation.ts";
import { addConfig, type ServerOptions } from "../toolbox/options.ts";
import type { Installation, Toolbox } from "../toolbox/toolbox.ts";

interface KubeconfigOptions extends ServerOptions {
  readonly tokenFile?: string;
  readonly embedToken?: true;
  readonly caFile?: string;
  readonly name?: string;
}

export const kubeconfig: CliCommand<KubeconfigOptions> = {
  name: "kubeconfig",
  summary: "print a kubeconfig with which kubectl reads the controller",
  description:
    "Prints a kubeconfig for the controller's listener with TLS (`http.tls`). On the controller's machine, server, authority and token are those of the operator's file. Elsewhere, --server names the listener, and --ca-file its authority if the system does not trust it. The token stays in its file, which kubectl reads for each request; with --embed-token it is in the output.",
  examples: [
    ["grantkeeper kubeconfig > gk.kubeconfig", "then: kubectl --kubeconfig gk.kubeconfig get fp -A"],
    [
      "grantkeeper kubeconfig --server https://gk.example.com --token-file ~/.gk",
      "from elsewhere, with a token of a team",
    ],
  ],
  define: (command) => {
    addConfig(command)
      .option("--server <url>", "the listener with TLS (default: http.tls of the operator's file)")
      .option(
        "--token-file <file>",
        "the file with the token (default: the local token, or GRANTKEEPER_TOKEN)",
      )
      .option("--embed-token", "write the token itself into the output")
      .option("--ca-file <file>", "the authority of the listener, in PEM")
      .option("--name <name>", "the name of the context", "grantkeeper");
  },
  run: async ({ options, toolbox }) => {
    // Without --config, --server may be another controller than that of the operator's file here.
    const isElsewhere = options.server !== undefined && options.config === undefined;
    const installation = isElsewhere ? null : await required(options, toolbox);
    const { name = "grantkeeper" } = options;
    const authority = await authorityOf(options, installation);
    const cluster = {
      server: serverOf(options, installation),
      ...(authority !== null && { "certificate-authority-data": Buffer.from(authority).toString("base64") }),
    };
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name, cluster }],
      users: [{ name, user: await userOf(options, installation, toolbox) }],
      contexts: [{ name, context: { cluster: name, user: name } }],
      "current-context": name,
    };
    await toolbox.terminal.out(structuredText(config, "yaml"));
    return 0;
  },
};

async function required(options: KubeconfigOptions, toolbox: Toolbox): Promise<Installation> {
  const found = await findInstallation(options, toolbox);
  if (found !== null) return found;
  throw new CliError(
    "no controller is named, and there is no grantkeeper.yaml here",
    "use --config FILE on the controller's machine, else --server URL with --token-file FILE",
  );
}

function serverOf({ server }: KubeconfigOptions, installation: Installation | null): string {
  if (server !== undefined) return checkedServer(server);
  const { file, http } = configOf(installation);
  if (http.tls === null)
    throw new CliError(
      "the controller has no listener with TLS, and kubectl sends no token without TLS",
      `add "http: {tls: {}}" to ${file} and start the controller again`,
      { place: file },
    );
  const { host, port } = http.tls;
  if (port === 0)
    throw new CliError(
      "the system chooses the port of http.tls.listen",
      "name the listener with --server URL",
    );
  const reachable = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `https://${isIP(reachable) === 6 ? `[${reachable}]` : reachable}:${port}`;
}

function checkedServer(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.protocol !== "https:" || url.username !== "" || url.password !== "")
    throw new CliError(
      `"${shownUrl(text)}" is not the URL of a listener with TLS`,
      "such as https://gk.example.com:8443; kubectl sends no token over plain HTTP",
    );
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

/** In PEM; null: clients trust the certificate by the authorities of their system. */
async function authorityOf(
  { caFile }: KubeconfigOptions,
  installation: Installation | null,
): Promise<string | null> {
  if (caFile !== undefined) return readText(caFile, "--ca-file");
  return installation === null ? null : installation.apiAuthority();
}

interface KubeconfigUser {
  readonly token?: string;
  readonly tokenFile?: string;
}

async function userOf(
  { tokenFile, embedToken }: KubeconfigOptions,
  installation: Installation | null,
  toolbox: Toolbox,
): Promise<KubeconfigUser> {
  const file = tokenFile === undefined ? (installation?.localTokenFile ?? null) : resolve(tokenFile);
  const given = tokenFile === undefined ? variable(toolbox, "GRANTKEEPER_TOKEN") : undefined;
  if (embedToken !== true) {
    if (file !== null) return { tokenFile: file };
    throw new CliError("no file with a token is named", "use --token-file FILE, or --embed-token");
  }
  if (given !== undefined) return { token: given };
  if (file === null)
    throw new CliError("no token is named", "use --token-file FILE, or set GRANTKEEPER_TOKEN");
  return { token: (await readText(file, "the token")).trim() };
}

async function readText(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const code = errorCode(cause) ?? "error";
    throw new CliError(`${what} cannot be read (${code})`, "name a file that you may read", {
      cause,
      place: file,
    });
  }
}

function configOf(installation: Installation | null): Installation["config"] {
  if (installation === null) throw new Error("neither a server nor an installation was found");
  return installation.config;
}
