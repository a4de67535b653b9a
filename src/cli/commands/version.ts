import { checkVersion } from "../client/newest-version.ts";
import { show } from "../screen/print.ts";
import { CliError } from "../toolbox/cli-error.ts";
import type { CliCommand } from "../toolbox/command.ts";
import { variable, findInstallation } from "../toolbox/installation.ts";
import { addLocalOptions, type LocalOptions } from "../toolbox/options.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

interface VersionOptions extends LocalOptions {
  readonly check?: true;
  readonly from?: string;
}

const EXAMPLE = "https://npm.example.com/grantkeeper/latest";

export const version: CliCommand<VersionOptions> = {
  name: "version",
  summary: "print the version",
  description:
    "Prints the version of this program. With --check it asks a server for the newest version, through the proxy of the operator's file or of HTTPS_PROXY; nothing else ever asks. The exit code is 2 if there is a newer version, and 4 if the newest version is unknown. The server is named by --from or GRANTKEEPER_RELEASES: a package of an npm registry, or the newest release of a forge's API.",
  examples: [
    ["grantkeeper version", "print the version"],
    [`grantkeeper version --check --from ${EXAMPLE}`, "is there a newer one"],
  ],
  define: (command) => {
    addLocalOptions(command)
      .option("--check", "ask for the newest version")
      .option("--from <url>", "where to ask (default: GRANTKEEPER_RELEASES)");
  },
  run: async ({ options, toolbox }) => {
    const { version } = toolbox;
    if (options.check !== true) {
      return show({ value: { version }, lines: () => [`grantkeeper ${version}`] }, options.output, toolbox);
    }
    const fetch = await fetchOf(options, toolbox);
    const checked = await checkVersion(version, urlOf(options, toolbox), { fetch, signal: toolbox.signal });
    const { newest, outdated } = checked;
    const result = outdated ? `${newest} is available` : `up to date (newest published: ${newest})`;
    const lines = (): readonly string[] => [`grantkeeper ${version}: ${result}`];
    await show({ value: { version, ...checked }, lines }, options.output, toolbox);
    return outdated ? 2 : 0;
  },
};

/** There is no default: Grantkeeper is not in npm's public registry, where the name may be someone else's. */
function urlOf({ from }: VersionOptions, toolbox: Toolbox): string {
  const url = from ?? variable(toolbox, "GRANTKEEPER_RELEASES");
  if (url !== undefined) return url;
  throw new CliError("--check needs a server to ask", `use --from ${EXAMPLE}, or GRANTKEEPER_RELEASES`);
}

async function fetchOf(options: VersionOptions, toolbox: Toolbox): ReturnType<Toolbox["fetch"]> {
  const installation = await findInstallation(options, toolbox);
  return installation === null ? toolbox.fetch() : installation.fetch();
}
