import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";
import { isLoopbackAddress, plainAddress } from "../../model/network/loopback.ts";

/** On a request that a standby forwards: it is forwarded once. */
export const FORWARDED_HEADER = "x-grantkeeper-forwarded";

/** Whether a program on this machine sent the request. A standby on this machine forwards those of others. */
export function isFromThisMachine({ ip, headers }: Pick<FastifyRequest, "ip" | "headers">): boolean {
  return isLoopbackAddress(ip) && headers[FORWARDED_HEADER] === undefined;
}

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "::1"];

/** Whether the Host header names this machine as a browser on it does. */
export function isLoopbackName(header: string | undefined): boolean {
  const name = hostName(header);
  return name !== undefined && LOOPBACK_NAMES.includes(name);
}

/** In lower case, without port, brackets and the dot at the end. */
export function hostName(header: string | undefined): string | undefined {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(:\d{1,5})?$/i.exec(header ?? "")?.[1];
  return name?.toLowerCase().replace(/^\[|[\].]$/g, "");
}

/** The hosts of URLs of this server. @param urls null: it has no such URL */
export function hostNames(urls: readonly (string | null)[]): readonly string[] {
  return urls.flatMap((url) => (url === null ? [] : (hostName(new URL(url).host) ?? [])));
}

/** The end of the connection that a request came in on. */
export interface Listener {
  /** The host of `http.listen` or `http.tls.listen`. */
  readonly configured: string;
  readonly localAddress: string;
  /** The hosts of `http.publicUrl` and `http.replicaUrl`. */
  readonly names: readonly string[];
  /** Whether the certificate of the listener is for that name; never without TLS. */
  readonly covers: (host: string) => boolean;
}

/**
 * Whether the Host header names this server: by a loopback name, a configured host, the address of the connection or the
 * certificate. A page of another site whose name was made to resolve to this server (DNS rebinding) sends its own name.
 */
export function isOwnHost(
  header: string | undefined,
  { configured, localAddress, names, covers }: Listener,
): boolean {
  const plain = hostName(header);
  if (plain === undefined) return false;
  const known = [...LOOPBACK_NAMES, ...names, configured.toLowerCase(), plainAddress(localAddress)];
  return known.includes(plain) || covers(plain);
}

/** `http://127.0.0.1:8085`; an IPv6 address is in brackets. */
export function serverUrl(address: string, port: number, scheme: "http" | "https" = "http"): string {
  return `${scheme}://${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
}

/** A server that listens everywhere is reached on loopback. */
export function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
