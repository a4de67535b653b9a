import { BlockList, isIP } from "node:net";
import { isLoopbackHost } from "../model/network/loopback.ts";

/** Whether a server is reached directly. */
type NoProxyRule = (host: string, port: number) => boolean;

/**
 * One entry of NO_PROXY; undefined if it has no known form. `example.com` is the name and every name below it,
 * `.example.com` and `*.example.com` only the names below it, `10.0.0.0/8` and `fd00::/8` the addresses of a network
 * (names are not resolved), `*` every server. A port limits the entry to it: `example.com:8443`, `[::1]:8443`.
 */
export function parseNoProxy(entry: string): NoProxyRule | undefined {
  if (entry === "*") return () => true;
  const { host, port } = hostAndPort(entry);
  const covers = networkRule(host) ?? nameRule(host);
  if (covers === undefined || port > 65_535) return undefined;
  return (server, at) => (port === 0 || port === at) && covers(server);
}

/** Port 0: any. A text with several colons and no brackets is an IPv6 address. */
function hostAndPort(entry: string): { readonly host: string; readonly port: number } {
  const found = /^(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>\d{1,5}))?$/.exec(entry);
  const { host = entry, port = "0" } = found?.groups ?? {};
  return { host: withoutBrackets(host).toLowerCase(), port: Number(port) };
}

function networkRule(text: string): ((server: string) => boolean) | undefined {
  const [address = "", bits, ...more] = text.split("/");
  const family = isIP(address);
  if (family === 0 || more.length > 0) return undefined;
  const longest = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (!(prefix <= longest)) return undefined;
  const network = new BlockList();
  network.addSubnet(address, prefix, nameOf(family));
  return (server) => isIP(server) !== 0 && network.check(server, nameOf(isIP(server)));
}

function nameRule(text: string): ((server: string) => boolean) | undefined {
  // The last part of a name never begins with a digit: 10.0.0.1-9 and 192.168.* are other programs' forms of a network.
  const found = /^(?<below>\*?\.)?(?<name>(?:[a-z0-9_-]+\.)*[a-z_][a-z0-9_-]*)\.?$/.exec(text);
  const { below, name = "" } = found?.groups ?? {};
  if (found === null) return undefined;
  return (server) => server.endsWith(`.${name}`) || (below === undefined && server === name);
}

/** This machine, which no proxy can reach: the simulator, and the servers that provide credentials next to a process. */
export function isReachedDirectly(host: string): boolean {
  return isLoopbackHost(host) || host.endsWith(".localhost");
}

/** The host of a URL as it is compared: lower case, without brackets and without the dot at the end. */
export function comparedHost(hostname: string): string {
  return withoutBrackets(hostname).toLowerCase().replace(/\.$/, "");
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, "");
}

function nameOf(family: number): "ipv4" | "ipv6" {
  return family === 4 ? "ipv4" : "ipv6";
}
