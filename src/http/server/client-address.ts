import { BlockList, isIP } from "node:net";
import type { FastifyRequest } from "fastify";
import { plainAddress } from "../../model/network/loopback.ts";

/** Of `X-Forwarded-For`: a longer list is not read to its end. */
const MOST_HOPS = 10;

/** Finds the address of a client behind proxies. */
export class ClientAddresses {
  readonly #proxies = new BlockList();

  /** @param trustedProxies addresses, and networks such as `10.0.0.0/8`; only these may name another client */
  constructor(trustedProxies: readonly string[]) {
    for (const text of trustedProxies) {
      const [address = "", bits] = text.split("/");
      if (bits === undefined) this.#proxies.addAddress(address, family(address));
      else this.#proxies.addSubnet(address, Number(bits), family(address));
    }
  }

  /**
   * The last address of `X-Forwarded-For` that is no trusted proxy: a client can write addresses before it, but not after it.
   * Without a trusted proxy, the address of the connection.
   */
  of({ ip, headers }: Pick<FastifyRequest, "ip" | "headers">): string {
    let address = withoutZone(plainAddress(ip));
    const hops = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",").slice(-MOST_HOPS);
    while (this.#isProxy(address)) {
      const next = withoutZone(plainAddress(hops.pop()?.trim() ?? ""));
      if (isIP(next) === 0) return address;
      address = next;
    }
    return address;
  }

  #isProxy(address: string): boolean {
    return isIP(address) !== 0 && this.#proxies.check(address, family(address));
  }
}

/** `fe80::1%eth0` */
function withoutZone(address: string): string {
  return address.replace(/%.*$/, "");
}

/** What one client has: an IPv4 address, or an IPv6 network of 64 bits, in which a client takes any address. */
export function clientNetwork(address: string): string {
  if (isIP(address) !== 6) return address;
  const [before = "", after = ""] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const [first, last] = [before, after].map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = Array<string>(8 - (first?.length ?? 0) - (last?.length ?? 0)).fill("0");
  return `${[...(first ?? []), ...zeros, ...(last ?? [])].slice(0, 4).join(":")}::/64`;
}

function family(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
