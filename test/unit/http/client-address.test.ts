import { describe, expect, test } from "@jest/globals";
import { ClientAddresses, clientNetwork } from "../../../src/http/server/client-address.ts";

describe("the client of a request", () => {
  test.each([
    { ip: "::ffff:10.0.0.1", forwarded: "198.51.100.1", client: "198.51.100.1", because: "one proxy" },
    {
      ip: "10.0.0.1",
      forwarded: "1.1.1.1, 198.51.100.1, 10.0.0.2",
      client: "198.51.100.1",
      because: "two proxies",
    },
    { ip: "10.0.0.1", forwarded: undefined, client: "10.0.0.1", because: "the proxy names none" },
    { ip: "10.0.0.1", forwarded: "unknown", client: "10.0.0.1", because: "the proxy names no address" },
    {
      ip: "10.0.0.1",
      forwarded: "10.0.0.2",
      client: "10.0.0.2",
      because: "the client is in the trusted network",
    },
    { ip: "198.51.100.9", forwarded: "1.1.1.1", client: "198.51.100.9", because: "it came past the proxy" },
    { ip: "fd00::1%eth0", forwarded: "2001:db8::1", client: "2001:db8::1", because: "a proxy with IPv6" },
  ])("is $client: $because", ({ ip, forwarded, client }) => {
    const addresses = new ClientAddresses(["10.0.0.0/8", "fd00::1"]);

    expect(addresses.of({ ip, headers: { "x-forwarded-for": forwarded } })).toBe(client);
  });
});

test.each([
  { address: "198.51.100.1", network: "198.51.100.1" },
  { address: "::1", network: "0:0:0:0::/64" },
  { address: "2001:db8::1", network: "2001:db8:0:0::/64" },
  { address: "2001:DB8:0:0:1:2:3:4", network: "2001:db8:0:0::/64" },
  { address: "2001:db8:1:2:3:4:5:6", network: "2001:db8:1:2::/64" },
  { address: "64:ff9b::1.2.3.4", network: "64:ff9b:0:0::/64" },
])("the address $address counts as $network", ({ address, network }) => {
  expect(clientNetwork(address)).toBe(network);
});
