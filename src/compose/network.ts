import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { environment } from "../config/input.ts";
import type { Authority } from "../network/authorities.ts";
import type { NetworkFailure } from "../model/network/network-error.ts";
import { DIRECT, type ProxyRoutes } from "../model/network/proxy.ts";
import { CliError } from "../cli/toolbox/cli-error.ts";
import type { Probe } from "../model/answers/probe.ts";
import type { OutsideFetch } from "../cli/toolbox/toolbox.ts";
import { environmentProxies } from "../config/environment-proxies.ts";
import { clock } from "./ports.ts";
import { makeStateDir, stateFiles } from "./state-files.ts";

interface OpenNetwork {
  readonly routes: ProxyRoutes;
  /** Those of network.caFile; empty: none. */
  readonly authorities: readonly Authority[];
  /** Why network.caFile adds no authorities; null: it does, or there is none. */
  readonly caProblem: NetworkFailure | null;
}

/** The routes of a configuration. From now on this process trusts its authorities. */
export async function openNetwork({ network }: Config): Promise<OpenNetwork> {
  const routes = await routesOf(network.proxy);
  const direct = { routes, authorities: [], caProblem: null };
  if (network.caFile === null) return direct;
  const { readAuthorities, trustAuthorities } = await import("../network/authorities.ts");
  const read = readAuthorities(network.caFile);
  if (read.kind === "err") return { ...direct, caProblem: read.error };
  trustAuthorities(read.value);
  return { ...direct, authorities: read.value };
}

/** The file of all authorities that Git trusts in place of those of the system; null: those of the system. */
export async function gitAuthorities(
  { stateDir }: Config,
  { authorities }: Pick<OpenNetwork, "authorities">,
): Promise<string | null> {
  if (authorities.length === 0) return null;
  const { writeAllAuthorities } = await import("../network/authorities.ts");
  const folder = stateFiles(stateDir).mirror;
  makeStateDir(folder);
  const file = join(folder, "authorities.pem");
  writeAllAuthorities(file, authorities);
  return file;
}

async function routesOf(proxy: Config["network"]["proxy"]): Promise<ProxyRoutes> {
  if (proxy === null) return DIRECT;
  const { proxyRoutes } = await import("../network/proxy-routes.ts");
  return proxyRoutes(proxy, environment());
}

/** `fetch` for a command, by the settings of an operator's file. */
export async function fetchBy(config: Config): Promise<OutsideFetch> {
  const { proxiedFetch } = await import("../network/proxied-fetch.ts");
  return proxiedFetch((await openNetwork(config)).routes);
}

/** `fetch` for a command without an operator's file. @throws CliError if a variable names no proxy */
export async function fetchByEnvironment(): Promise<OutsideFetch> {
  const { proxiedFetch } = await import("../network/proxied-fetch.ts");
  return proxiedFetch(await routesByEnvironment());
}

/** @throws CliError if a variable names no proxy */
export async function routesByEnvironment(): Promise<ProxyRoutes> {
  const { proxy, problems } = environmentProxies(environment());
  const [problem] = problems;
  if (problem !== undefined)
    throw new CliError(problem.message, problem.fix ?? null, { place: problem.where });
  return routesOf(proxy);
}

/** For `doctor`. */
export async function examineNetworkOf({ network }: Config): Promise<readonly Probe[]> {
  const { examineNetwork } = await import("../network/examine.ts");
  const checks = examineNetwork({ ...network, env: environment(), nowMs: clock.nowMs() });
  return checks.map((check) => ({ ...check, identity: "network", region: null }));
}
