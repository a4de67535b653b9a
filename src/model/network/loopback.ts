const LOOPBACK = /^127(\.(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){3}$/;

/** `::ffff:127.0.0.1` as the URL parser writes it. */
const MAPPED = /^::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}$/;

/** A socket that listens on both families reports 127.0.0.1 as `::ffff:127.0.0.1`. */
export function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
}

/** Whether the other end of a connection is on this machine. */
export function isLoopbackAddress(address: string): boolean {
  const plain = plainAddress(address);
  return plain === "::1" || LOOPBACK.test(plain);
}

/**
 * Whether nothing that is sent to the host leaves this machine, so that it may be sent in the clear. Names below `localhost`
 * may: some resolvers ask the network for them.
 * @param host as a URL or a configuration has it, with or without brackets
 */
export function isLoopbackHost(host: string): boolean {
  const plain = host
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
  return plain === "localhost" || MAPPED.test(plain) || isLoopbackAddress(plain);
}
