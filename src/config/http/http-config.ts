import type { GroupGrant } from "../../model/people/group-grant.ts";
import { type ToAbsolute, checkedSettings } from "../checked.ts";
import { parseListenAddress } from "../listen-address.ts";
import type { ParsedHttp } from "./http-schema.ts";

export interface HttpConfig {
  readonly host: string;
  readonly port: number;
  /** The listener with TLS; null: none. */
  readonly tls: TlsConfig | null;
  /** Where people reach the page, without a `/` at the end; null: not known. */
  readonly publicUrl: string | null;
  /** Where the other replicas reach the API of this one, without a `/` at the end; null: they do not. */
  readonly replicaUrl: string | null;
  /** Addresses and networks of the proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** The provider at which people sign in; null: none. */
  readonly oidc: OidcConfig | null;
}

export interface TlsConfig {
  readonly host: string;
  readonly port: number;
  /** null: a certificate of its own, in the state directory. */
  readonly files: { readonly certFile: string; readonly keyFile: string } | null;
}

interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecretFile: string;
  /** Those that the provider is asked for. */
  readonly scopes: readonly string[];
  /** The claim with the groups of a person. */
  readonly groupsClaim: string;
  readonly grants: readonly GroupGrant[];
}

export function httpConfig(http: ParsedHttp, toAbsolute: ToAbsolute): HttpConfig {
  const { listen, tls, publicUrl, replicaUrl, trustedProxies, oidc } = http;
  return {
    ...checkedSettings(parseListenAddress(listen)),
    tls: tls === undefined ? null : tlsConfig(tls, toAbsolute),
    publicUrl: publicUrl === undefined ? null : new URL(publicUrl).origin,
    replicaUrl: replicaUrl === undefined ? null : new URL(replicaUrl).origin,
    trustedProxies,
    oidc: oidc === undefined ? null : { ...oidc, clientSecretFile: toAbsolute(oidc.clientSecretFile) },
  };
}

function tlsConfig(tls: NonNullable<ParsedHttp["tls"]>, toAbsolute: ToAbsolute): TlsConfig {
  const { certFile, keyFile } = tls;
  const files =
    certFile === undefined || keyFile === undefined
      ? null
      : { certFile: toAbsolute(certFile), keyFile: toAbsolute(keyFile) };
  return { ...checkedSettings(parseListenAddress(tls.listen)), files };
}
