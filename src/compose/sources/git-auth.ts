import type { Config } from "../../config/config.ts";
import type { GitSourceConfig } from "../../config/git/source-config.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import { parseCodeCommitUrl } from "../../model/aws/codecommit.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import type { GitAuth } from "../../source/git/credential.ts";
import type { GitHubAppOptions } from "../../source/forge/github-app.ts";
import { clientOptions } from "../aws.ts";
import { clock } from "../ports.ts";

/** What sources are opened with. */
export interface SourceParts {
  readonly telemetry: Telemetry;
  /** Receives a function for each part that has connections of its own. */
  readonly toClose: (() => void)[];
}

interface Surroundings extends SourceParts {
  readonly config: Config;
  readonly routes: ProxyRoutes;
}

/** How Git authenticates to the repository of a source. */
export async function gitAuth(source: GitSourceConfig, around: Surroundings): Promise<GitAuth> {
  const { auth, url } = source;
  if (auth.kind === "codecommit") return codeCommitAuth({ ...source, auth }, around);
  if (auth.kind !== "github-app") return auth;
  const { tokenLogin } = await import("../../source/git/credential.ts");
  const token = await appTokens({ auth, url }, "contents", around.routes);
  return { kind: "made", login: async (signal) => tokenLogin(await token(signal)) };
}

async function codeCommitAuth(
  {
    name,
    url,
    auth,
  }: GitSourceConfig & { readonly auth: Extract<GitSourceConfig["auth"], { kind: "codecommit" }> },
  { config, telemetry, toClose, routes }: Surroundings,
): Promise<GitAuth> {
  const { CodeCommitLogins } = await import("../../aws/codecommit/logins.ts");
  const { Clients } = await import("../../aws/requests/clients.ts");
  const repository = parseCodeCommitUrl(url);
  if (repository.kind === "err") throw new Error(`an unchecked URL: ${repository.error}`);
  const clients = new Clients(clientOptions(config, { telemetry, routes }));
  toClose.push(() => clients.close());
  const logins = new CodeCommitLogins({
    clients,
    repository: repository.value,
    url,
    source: name,
    role: auth.role,
    nowMs: () => clock.nowMs(),
  });
  return { kind: "made", login: (signal) => logins.login(signal) };
}

type AppConfig = Pick<GitSourceConfig, "url"> & {
  readonly auth: Extract<GitSourceConfig["auth"], { readonly kind: "github-app" }>;
};

/** The tokens of a GitHub App with one permission for the repository of the source. */
export async function appTokens(
  { auth, url }: AppConfig,
  permission: GitHubAppOptions["permission"],
  routes: ProxyRoutes,
): Promise<(signal: AbortSignal) => Promise<string>> {
  const { GitHubApp, githubApiUrl, repositoryOf } = await import("../../source/forge/github-app.ts");
  const { proxiedFetch } = await import("../../network/proxied-fetch.ts");
  const app = new GitHubApp({
    ...auth,
    apiUrl: auth.apiUrl ?? githubApiUrl(url),
    repository: repositoryOf(url),
    permission,
    fetch: proxiedFetch(routes),
    nowMs: () => clock.nowMs(),
  });
  return (signal) => app.token(signal);
}
