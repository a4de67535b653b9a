import { join } from "node:path";
import type { Config } from "../config/config.ts";
import { environment } from "../config/input.ts";
import type { NetworkFailure } from "../model/network/network-error.ts";
import { DIRECT, type ProxyRoutes } from "../model/network/proxy.ts";
import type { Probe } from "../cli/toolbox/toolbox.ts";
import { clock } from "./ports.ts";
import { makeStateDir, stateFiles } from "./state-files.ts";

interface Network {
  readonly routes: ProxyRoutes;
  /** The authorities that Git trusts in place of those of the system; null: those of the system. */
  readonly gitCaFile: string | null;
  /** Why network.caFile adds no authorities; null: it does, or there is none. */
  readonly caProblem: NetworkFailure | null;
}

/** The routes of a configuration. From now on this process trusts its authorities. */
export async function openNetwork({ network, stateDir }: Config): Promise<Network> {
  const routes = await routesOf(network.proxy);
  const direct = { routes, gitCaFile: null, caProblem: null };
  if (network.caFile === null) return direct;
  const { readAuthorities, trustAuthorities, writeAllAuthorities } =
    await import("../network/authorities.ts");
  const read = readAuthorities(network.caFile);
  if (read.kind === "err") return { ...direct, caProblem: read.error };
  trustAuthorities(read.value);
  const folder = stateFiles(stateDir).mirror;
  makeStateDir(folder);
  const gitCaFile = join(folder, "authorities.pem");
  writeAllAuthorities(gitCaFile, read.value);
  return { ...direct, gitCaFile };
}

async function routesOf(proxy: Config["network"]["proxy"]): Promise<ProxyRoutes> {
  if (proxy === null) return DIRECT;
  const { proxyRoutes } = await import("../network/proxy-routes.ts");
  return proxyRoutes(proxy, environment());
}

/** For `doctor`. */
export async function examineNetworkOf({ network }: Config): Promise<readonly Probe[]> {
  const { examineNetwork } = await import("../network/examine.ts");
  const checks = examineNetwork({ ...network, env: environment(), nowMs: clock.nowMs() });
  return checks.map((check) => ({ ...check, identity: "network", region: null }));
}
