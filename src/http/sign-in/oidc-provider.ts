import type { Configuration, CustomFetch } from "openid-client";
import type { GroupGrant } from "../../model/people/group-grant.ts";
import { failureText, ProviderError } from "./oidc-failures.ts";
import type { Grant } from "../access/access.ts";
import type { GrantsOf } from "../access/sessions.ts";
import { ALL_SCOPES } from "../access/tokens.ts";

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Read at each sign-in. @throws if it cannot be read */
  readonly clientSecret: () => Promise<string>;
  readonly scopes: readonly string[];
  readonly groupsClaim: string;
  readonly grants: readonly GroupGrant[];
  /** Through the proxies of the installation. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

const TIMEOUT_S = 10;

/**
 * The provider as its discovery document describes it now. It is read for each sign-in, with its keys: people sign in rarely,
 * and a change of the provider needs no restart. The signature of each ID token is verified.
 * @throws ProviderError
 */
export async function discoverProvider(settings: OidcSettings): Promise<Configuration> {
  const { issuer, clientId, clientSecret } = settings;
  // With the first sign-in: a controller at which no one signs in pays nothing for it.
  const client = await import("openid-client");
  try {
    const secret = await clientSecret();
    const isPlain = new URL(issuer).protocol === "http:";
    const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)];
    return await client.discovery(
      new URL(issuer),
      clientId,
      undefined,
      (server, ...rest) =>
        (server.token_endpoint_auth_methods_supported?.includes("client_secret_basic") ?? true)
          ? basic(server, ...rest)
          : post(server, ...rest),
      {
        timeout: TIMEOUT_S,
        [client.customFetch]: fetchOf(settings),
        execute: [client.enableNonRepudiationChecks, ...(isPlain ? [client.allowInsecureRequests] : [])],
      },
    );
  } catch (cause) {
    throw new ProviderError(`the provider ${issuer} cannot be used: ${failureText(cause)}`, { cause });
  }
}

function fetchOf({ fetch }: OidcSettings): CustomFetch {
  return (url, options) => fetch(url, options as RequestInit);
}

const OF_LOCAL: readonly Grant[] = [{ scopes: new Set(ALL_SCOPES), namespaces: "all" }];

/**
 * What a session may do by the present operator's file: a local sign-in what the local token may do, another one what its
 * groups are granted now. A session of another provider has ended.
 */
export function sessionGrants(oidc: Pick<OidcSettings, "issuer" | "grants"> | null): GrantsOf {
  return ({ method, issuer, groups }) => {
    if (method === "local") return OF_LOCAL;
    if (oidc === null || oidc.issuer !== issuer) return null;
    return oidc.grants.filter(({ group }) => groups.includes(group)).map(grantOf);
  };
}

function grantOf({ scopes, namespaces }: GroupGrant): Grant {
  return { scopes: new Set(scopes), namespaces: namespaces.includes("*") ? "all" : new Set(namespaces) };
}
