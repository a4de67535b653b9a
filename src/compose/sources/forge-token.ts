import type { GitSourceConfig } from "../../config/git/source-config.ts";
import { SourceError } from "../../controller/ports/source.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import type { SinkProblem } from "../../model/records/alert-route-state.ts";
import { err, type Result, resultOf } from "../../model/values/result.ts";
import { appTokens } from "./git-auth.ts";

type ReadToken = (signal: AbortSignal) => Promise<Result<string, SinkProblem>>;

interface TokenRequest {
  readonly source: GitSourceConfig;
  /** null: the GitHub App that reads the source. */
  readonly tokenFile: string | null;
  /** `token for commit statuses` */
  readonly what: string;
  readonly permission: Parameters<typeof appTokens>[1];
}

/** What messages for the forge of a source are sent with. */
export async function forgeToken(
  { source, tokenFile, what, permission }: TokenRequest,
  routes: ProxyRoutes,
): Promise<ReadToken> {
  if (tokenFile === null) return appToken(source, permission, routes);
  const { readSecret } = await import("../../record/sinks/secret.ts");
  return () => readSecret(what, tokenFile);
}

/** A new token for each message: an App that lost its access is noticed with the next one. */
async function appToken(
  { auth, url }: GitSourceConfig,
  permission: TokenRequest["permission"],
  routes: ProxyRoutes,
): Promise<ReadToken> {
  if (auth.kind !== "github-app")
    throw new Error("the configuration lacks a check of the section of a forge");
  const made = await appTokens({ auth, url }, permission, routes);
  return async (signal) => {
    const token = await resultOf(made(signal), SourceError);
    return token.kind === "ok" ? token : err({ cause: token.error.text, fix: token.error.fix });
  };
}
