import { isIP } from "node:net";

/** A socket that listens on both families reports 127.0.0.1 as `::ffff:127.0.0.1`. */
function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
}

export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "::1"];

/**
 * Whether the Host header names this server: by a loopback name, the configured host or the address of the connection.
 * A page of another site whose name was made to resolve to this server (DNS rebinding) sends its own name.
 */
export function isOwnHost(header: string | undefined, configured: string, localAddress: string): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(:\d{1,5})?$/i.exec(header ?? "")?.[1];
  if (name === undefined) return false;
  const plain = name.toLowerCase().replace(/^\[|\]$/g, "");
  return [...LOOPBACK_NAMES, configured.toLowerCase(), plainAddress(localAddress)].includes(plain);
}

/** `http://127.0.0.1:8085`; an IPv6 address is in brackets. */
export function serverUrl(address: string, port: number): string {
  return `http://${isIP(address) === 6 ? `[${address}]` : address}:${port}`;
}
