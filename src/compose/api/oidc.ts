import type { Config } from "../../config/config.ts";
import type { OidcSettings } from "../../http/sign-in/oidc-provider.ts";
import type { Probe } from "../../model/answers/probe.ts";
import type { ProxyRoutes } from "../../model/network/proxy.ts";
import { openNetwork } from "../network.ts";
import { secretReader } from "../secrets.ts";

/** The provider at which people sign in, reached like every other server; null: none. */
export async function openOidc(
  { http: { oidc } }: Config,
  routes: ProxyRoutes,
): Promise<OidcSettings | null> {
  if (oidc === null) return null;
  const { clientSecretFile, ...settings } = oidc;
  const { proxiedFetch } = await import("../../network/proxied-fetch.ts");
  const read = secretReader(clientSecretFile);
  return {
    ...settings,
    fetch: proxiedFetch(routes),
    clientSecret: async () => {
      const [secret] = await read();
      if (secret === undefined) throw new Error(`${clientSecretFile} is empty`);
      return secret;
    },
  };
}

/** For `doctor`; empty: people do not sign in at a provider. */
export async function examineOidc(config: Config): Promise<readonly Probe[]> {
  if (config.http.oidc === null) return [];
  const probe = { identity: "operator", region: null, what: "http.oidc" } as const;
  try {
    const settings = await openOidc(config, (await openNetwork(config)).routes);
    if (settings === null) return [];
    const { discoverProvider } = await import("../../http/sign-in/oidc-provider.ts");
    const { token_endpoint: tokens } = (await discoverProvider(settings)).serverMetadata();
    const detail = `the provider ${settings.issuer} answers; its token endpoint is ${tokens ?? "not named"}`;
    return [{ ...probe, outcome: tokens === undefined ? "failed" : "passed", detail }];
  } catch (cause) {
    return [{ ...probe, outcome: "failed", detail: cause instanceof Error ? cause.message : String(cause) }];
  }
}
