import type { CommitStatusConfig, Config } from "../../config/config.ts";
import { SourceError } from "../../controller/ports/source.ts";
import type { KeyFinding } from "../../model/verification.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import type { SinkProblem } from "../../model/records/alert-route-state.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import type { StatusTools } from "../../record/sinks/commit-status/commit-status.ts";
import type { Sink } from "../../record/sinks/sink.ts";
import { openNetwork } from "../network.ts";
import { clock } from "../ports.ts";
import { appTokens } from "../source.ts";

type ReadToken = (signal: AbortSignal) => Promise<Result<string, SinkProblem>>;

/** The forge of the source; the configuration has one. */
export async function openCommitStatusSink({ source }: Config, routes: ProxyRoutes): Promise<Sink> {
  if (source.kind !== "git" || source.commitStatus === null)
    throw new Error("the source has no commitStatus");
  const { CommitStatusSink } = await import("../../record/sinks/commit-status/commit-status.ts");
  return new CommitStatusSink(source.commitStatus, await toolsOf(source, source.commitStatus, routes));
}

/** For `doctor`; null: no forge shows the states of commits. */
export async function examineCommitStatus(config: Config, signal: AbortSignal): Promise<KeyFinding | null> {
  const { source } = config;
  if (source.kind !== "git" || source.commitStatus === null) return null;
  const { examineForge } = await import("../../record/sinks/commit-status/examine.ts");
  const { routes } = await openNetwork(config);
  const tools = await toolsOf(source, source.commitStatus, routes);
  return examineForge(source.commitStatus, tools, signal);
}

async function toolsOf(
  source: GitConfig,
  { tokenFile }: CommitStatusConfig,
  routes: ProxyRoutes,
): Promise<StatusTools> {
  const { proxiedFetch } = await import("../../network/proxied-fetch.ts");
  const token = tokenFile === null ? await appToken(source, routes) : await fileToken(tokenFile);
  return { clock, fetch: proxiedFetch(routes), token };
}

async function fileToken(file: string): Promise<ReadToken> {
  const { readSecret } = await import("../../record/sinks/secret.ts");
  return () => readSecret("token for commit statuses", file);
}

type GitConfig = Extract<Config["source"], { readonly kind: "git" }>;

/** A new token for each message: an App that lost its access is noticed with the next one. */
async function appToken({ auth, url }: GitConfig, routes: ProxyRoutes): Promise<ReadToken> {
  if (auth.kind !== "github-app") throw new Error("the configuration lacks a check of commitStatus");
  const made = await appTokens({ auth, url }, "statuses: write", routes);
  return async (signal) => {
    try {
      return ok(await made(signal));
    } catch (cause) {
      if (!(cause instanceof SourceError)) throw cause;
      return err({ cause: cause.text, fix: cause.fix });
    }
  };
}
