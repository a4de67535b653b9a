import type { ProxyAgent, RequestInit as RequestInitOfUndici } from "undici";
import { toNetworkError } from "../model/network/network-error.ts";
import { proxyAuthorization, type Proxy, type ProxyRoutes } from "../model/network/proxy.ts";
import type { Fetch } from "./http-post.ts";

/**
 * `fetch` through the proxies of the installation; its errors name what is wrong with a proxy or a certificate. undici
 * is loaded with the first request that needs a proxy.
 */
export function proxiedFetch(routes: ProxyRoutes): Fetch {
  const agents = new ProxyAgents();
  return async (url, init) => {
    let proxy: Proxy | null = null;
    try {
      proxy = URL.canParse(url) ? routes.proxyFor(url) : null;
      return await (proxy === null ? fetch(url, init) : agents.fetch(proxy, url, init));
    } catch (cause) {
      throw toNetworkError(cause, proxy) ?? cause;
    }
  };
}

/** One agent for each proxy and its present login. The first request after a rotation closes the agent with the earlier one. */
class ProxyAgents {
  readonly #agents = new Map<string, { readonly token: string | null; readonly agent: ProxyAgent }>();

  async fetch(proxy: Proxy, url: string, init: RequestInit): Promise<Response> {
    const undici = await import("undici");
    const dispatcher = this.#agentOf(undici.ProxyAgent, proxy);
    return undici.fetch(url, { ...init, dispatcher } as RequestInitOfUndici);
  }

  #agentOf(Agent: typeof ProxyAgent, proxy: Proxy): ProxyAgent {
    const token = proxyAuthorization(proxy);
    const known = this.#agents.get(proxy.url);
    if (known?.token === token) return known.agent;
    void known?.agent.close();
    const agent = new Agent({ uri: proxy.url, ...(token !== null && { token }) });
    this.#agents.set(proxy.url, { token, agent });
    return agent;
  }
}
