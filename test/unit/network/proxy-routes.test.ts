import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { proxyAuthorization, urlWithLogin } from "../../../src/model/network/proxy.ts";
import { parseNoProxy } from "../../../src/network/no-proxy.ts";
import { proxyRoutes } from "../../../src/network/proxy-routes.ts";

const PROXY = { url: "http://proxy.example.com:3128", login: { kind: "none" } } as const;

function isDirect(url: string, noProxy: readonly string[]): boolean {
  return proxyRoutes({ http: PROXY, https: PROXY, noProxy }, {}).proxyFor(url) === null;
}

describe("an entry of NO_PROXY", () => {
  test.each([
    { entry: "example.com", url: "https://example.com", direct: true, because: "the name itself" },
    { entry: "example.com", url: "https://git.example.com/x", direct: true, because: "a name below it" },
    {
      entry: "example.com",
      url: "https://badexample.com",
      direct: false,
      because: "a name that only ends alike",
    },
    {
      entry: "example.com",
      url: "https://example.com.evil.org",
      direct: false,
      because: "a name that begins alike",
    },
    {
      entry: ".example.com",
      url: "https://git.example.com",
      direct: true,
      because: "a leading dot: names below",
    },
    {
      entry: ".example.com",
      url: "https://example.com",
      direct: false,
      because: "a leading dot: not the name itself",
    },
    {
      entry: "*.example.com",
      url: "https://a.b.example.com",
      direct: true,
      because: "a star as a leading dot",
    },
    {
      entry: "EXAMPLE.com.",
      url: "https://Example.COM./x",
      direct: true,
      because: "case and the last dot do not count",
    },
    { entry: "*", url: "https://anything.example.org", direct: true, because: "a star alone" },
    {
      entry: "example.com:8443",
      url: "https://example.com:8443",
      direct: true,
      because: "the port of the entry",
    },
    { entry: "example.com:8443", url: "https://example.com", direct: false, because: "another port" },
    {
      entry: "example.com:443",
      url: "https://example.com",
      direct: true,
      because: "the port that https has by itself",
    },
    {
      entry: "example.com:80",
      url: "http://example.com",
      direct: true,
      because: "the port that http has by itself",
    },
    { entry: "10.0.0.0/8", url: "https://10.200.3.4", direct: true, because: "an address of the network" },
    { entry: "10.0.0.0/8", url: "https://11.0.0.1", direct: false, because: "an address outside" },
    { entry: "10.0.0.0/8", url: "https://10.example.com", direct: false, because: "a name is not resolved" },
    { entry: "10.0.0.0/8:8080", url: "http://10.1.1.1:8080", direct: true, because: "a network with a port" },
    { entry: "192.0.2.7", url: "https://192.0.2.7", direct: true, because: "one address" },
    { entry: "192.0.2.7", url: "https://192.0.2.70", direct: false, because: "an address that begins alike" },
    { entry: "0x0a.0.0.1", url: "https://10.0.0.1", direct: false, because: "another spelling is a name" },
    { entry: "fd00::/8", url: "https://[fd12::1]:8443", direct: true, because: "a network of IPv6" },
    { entry: "[fd12::1]:8443", url: "https://[fd12::1]:8443", direct: true, because: "IPv6 with a port" },
    { entry: "[fd12::1]:8443", url: "https://[fd12::1]", direct: false, because: "IPv6 with another port" },
    { entry: "fd12::1", url: "https://[fd12::1]", direct: true, because: "IPv6 without brackets" },
    { entry: "10.0.0.0/8", url: "https://[fd12::1]", direct: false, because: "the other kind of address" },
  ])("$entry and $url: $because", ({ entry, url, direct }) => {
    expect(isDirect(url, [entry])).toBe(direct);
  });

  test.each([
    "",
    "a b",
    "10.0.0.0/33",
    "10.0.0.0/x",
    "10.0.0.0/8/8",
    "fd00::/129",
    "exa*mple.com",
    "http://h",
    "h:99999",
    "h:x",
  ])('"%s" is refused', (entry) => {
    expect(parseNoProxy(entry)).toBeUndefined();
  });

  test("of an unknown form in the environment is passed over", () => {
    expect(isDirect("https://example.com", ["10.0.0.1-10.0.0.9", "example.com"])).toBe(true);
  });
});

describe("this machine", () => {
  test.each([
    "http://localhost:8080",
    "http://LOCALHOST.",
    "http://127.0.0.1:4566",
    "https://127.9.9.9",
    "http://[::1]:80",
    "http://[::ffff:127.0.0.1]:80",
    "https://api.localhost",
    "http://2130706433:8080",
  ])("%s is reached directly", (url) => {
    expect(isDirect(url, [])).toBe(true);
  });

  test.each(["https://localhost.example.com", "https://127.0.0.1.example.com", "https://notlocalhost"])(
    "%s is another one",
    (url) => {
      expect(isDirect(url, [])).toBe(false);
    },
  );
});

describe("the login of a proxy", () => {
  const routesWith = (login: { kind: "variable"; name: string } | { kind: "file"; file: string }, env = {}) =>
    proxyRoutes({ http: null, https: { url: PROXY.url, login }, noProxy: [] }, env);

  test("is that of the variable, decoded, and encoded again for a URL", () => {
    const env = { HTTPS_PROXY: "http://ann:p%40ss%3Aw@proxy.example.com:3128" };
    const proxy = routesWith({ kind: "variable", name: "HTTPS_PROXY" }, env).proxyFor("https://example.com");

    expect(proxy).toEqual({ url: PROXY.url, login: { user: "ann", password: "p@ss:w" } });
    expect(proxy && urlWithLogin(proxy)).toBe("http://ann:p%40ss%3Aw@proxy.example.com:3128");
    expect(proxy && proxyAuthorization(proxy)).toBe(`Basic ${btoa("ann:p@ss:w")}`);
  });

  test("is taken as it is if its percent signs encode nothing", () => {
    const env = { HTTPS_PROXY: "http://ann:100%25%zz@proxy.example.com:3128" };
    const proxy = routesWith({ kind: "variable", name: "HTTPS_PROXY" }, env).proxyFor("https://example.com");

    expect(proxy?.login).toEqual({ user: "ann", password: "100%25%zz" });
  });

  test("is none if the variable has none any more", () => {
    const routes = routesWith({ kind: "variable", name: "HTTPS_PROXY" });

    expect(routes.proxyFor("https://example.com")).toEqual({ url: PROXY.url, login: null });
    expect(routes.proxyFor("http://example.com")).toBeNull();
  });

  test("in a file that is missing is named with the file and the fix", () => {
    const folder = mkdtempSync(join(tmpdir(), "login-"));
    const routes = routesWith({ kind: "file", file: join(folder, "none") });

    expect(() => routes.proxyFor("https://example.com")).toThrow(
      expect.objectContaining({
        code: "ProxyLoginUnreadable",
        message: expect.stringContaining("none: ENOENT"),
        fix: expect.stringContaining("network.proxy.loginFile"),
      }),
    );
    rmSync(folder, { recursive: true });
  });
});
