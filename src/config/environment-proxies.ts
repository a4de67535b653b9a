import type { ProxyServer, ProxySettings } from "../model/network/proxy.ts";
import type { ConfigInput } from "./input.ts";
import type { ConfigProblem } from "./problem.ts";
import { proxyUrlProblem } from "./urls.ts";

interface EnvironmentProxies {
  /** Null: no variable names a proxy. */
  readonly proxy: ProxySettings | null;
  readonly problems: readonly ConfigProblem[];
}

/** The proxies of HTTPS_PROXY, HTTP_PROXY and NO_PROXY. A name in lower case counts before the same in upper case. */
export function environmentProxies(env: ConfigInput["env"]): EnvironmentProxies {
  const https = serverOf("HTTPS_PROXY", env);
  const http = serverOf("HTTP_PROXY", env);
  const problems = [https, http].flatMap((server) => (server !== null && "where" in server ? [server] : []));
  if (https === null && http === null) return { proxy: null, problems };
  const noProxy = valueOf("NO_PROXY", env)?.value.split(/[\s,]+/) ?? [];
  const settings = {
    https: serverOrNull(https),
    http: serverOrNull(http),
    noProxy: noProxy.filter((entry) => entry !== ""),
  };
  return { proxy: settings, problems };
}

function serverOf(upper: string, env: ConfigInput["env"]): ProxyServer | ConfigProblem | null {
  const found = valueOf(upper, env);
  if (found === null) return null;
  const { name, value } = found;
  const text = value.includes("://") ? value : `http://${value}`;
  const url = URL.parse(text);
  const withoutLogin = url === null ? text : `${url.protocol}//${url.host}${url.pathname}${url.search}`;
  const problem = proxyUrlProblem(withoutLogin);
  if (url === null || problem !== null)
    return { where: name, message: problem ?? "expected a URL", fix: "or set network.proxy in the file" };
  const hasLogin = url.username !== "" || url.password !== "";
  return {
    url: `${url.protocol}//${url.host}`,
    login: hasLogin ? { kind: "variable", name } : { kind: "none" },
  };
}

function valueOf(
  upper: string,
  env: ConfigInput["env"],
): { readonly name: string; readonly value: string } | null {
  for (const name of [upper.toLowerCase(), upper]) {
    const value = env[name];
    if (value !== undefined && value !== "") return { name, value };
  }
  return null;
}

function serverOrNull(server: ProxyServer | ConfigProblem | null): ProxyServer | null {
  return server !== null && "url" in server ? server : null;
}
