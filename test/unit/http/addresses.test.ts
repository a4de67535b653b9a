import { describe, expect, test } from "@jest/globals";
import { isOwnHost, serverUrl } from "../../../src/http/server/addresses.ts";

function listener(configured: string, localAddress: string): Parameters<typeof isOwnHost>[1] {
  return { configured, localAddress, names: [], covers: () => false };
}

describe("a Host header on a server that listens on all addresses", () => {
  test.each([
    { host: "10.0.0.5:8085", own: true, because: "the connection came in on that address" },
    { host: "localhost:8085", own: true, because: "a loopback name never means another machine" },
    { host: "10.0.0.6:8085", own: false, because: "the address is another machine's" },
    { host: "rebound.example", own: false, because: "a foreign name can be made to resolve to us" },
    { host: undefined, own: false, because: "the header is absent" },
  ])("$host: $because", ({ host, own }) => {
    expect(isOwnHost(host, listener("0.0.0.0", "::ffff:10.0.0.5"))).toBe(own);
  });

  test("is ours with the configured name, in upper or lower case", () => {
    expect(isOwnHost("Grantkeeper.Internal:8085", listener("grantkeeper.internal", "10.0.0.5"))).toBe(true);
  });

  test.each([
    { host: "gk.example.com:8443", own: true, because: "the certificate of the listener is for that name" },
    { host: "rebound.example", own: false, because: "the certificate is for another name" },
  ])("$host with TLS: $because", ({ host, own }) => {
    const covers = (name: string): boolean => name === "gk.example.com";

    expect(isOwnHost(host, { ...listener("0.0.0.0", "10.0.0.5"), covers })).toBe(own);
  });
});

test.each([
  { address: "127.0.0.1", url: "http://127.0.0.1:8085" },
  { address: "::1", url: "http://[::1]:8085" },
  { address: "localhost", url: "http://localhost:8085" },
])("a client reaches $address at $url", ({ address, url }) => {
  expect(serverUrl(address, 8085)).toBe(url);
});
