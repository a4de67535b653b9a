import { describe, expect, test } from "@jest/globals";
import { NetworkError, toNetworkError } from "../../../../src/model/network/network-error.ts";
import type { Proxy } from "../../../../src/model/network/proxy.ts";

const PROXY: Proxy = { url: "http://proxy.example.com:3128", login: null };
const WITH_LOGIN: Proxy = { ...PROXY, login: { user: "grantkeeper", password: "s3cret" } };

const failed = (fields: Readonly<Record<string, unknown>>, cause?: unknown): Error =>
  Object.assign(new Error("request failed", { cause }), fields);
const tunnel = (statusCode: unknown): Error => failed({ code: "ERR_PROXY_TUNNEL", statusCode });

describe("a request that never reached its server", () => {
  test.each([
    { proxy: PROXY, status: 407, code: "ProxyPasswordMissing" },
    { proxy: WITH_LOGIN, status: 407, code: "ProxyPasswordRejected" },
    { proxy: PROXY, status: 401, code: "ProxyPasswordRejected" },
    { proxy: WITH_LOGIN, status: 401, code: "ProxyPasswordRejected" },
    { proxy: PROXY, status: 403, code: "ProxyDenied" },
    { proxy: PROXY, status: 405, code: "ProxyDenied" },
    { proxy: PROXY, status: 502, code: "ProxyFailed" },
  ])("is $code if a proxy with login $proxy.login answers $status", ({ proxy, status, code }) => {
    const error = toNetworkError(tunnel(status), proxy);

    expect(error).toMatchObject({ code, message: expect.stringContaining(`(${status})`) });
  });

  test.each([
    { message: "Proxy response (403) !== 200 when HTTP Tunneling", code: "ProxyDenied" },
    { message: "Proxy Authentication Required (407)", code: "ProxyPasswordMissing" },
  ])("has the status that undici writes into its message: $message", ({ message, code }) => {
    expect(toNetworkError(failed({}, failed({ message })), PROXY)?.code).toBe(code);
  });

  test.each(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"])(
    "did not reach the proxy with %s",
    (code) => {
      const error = toNetworkError(failed({}, failed({ code })), PROXY);

      expect(error).toMatchObject({
        code: "ProxyUnreachable",
        message: expect.stringContaining(`(${code})`),
      });
    },
  );

  test("did not reach the proxy if the tunnel has no status", () => {
    expect(toNetworkError(tunnel(undefined), PROXY)?.code).toBe("ProxyUnreachable");
  });

  test.each([
    { tls: "DEPTH_ZERO_SELF_SIGNED_CERT", code: "UntrustedCertificate" },
    { tls: "UNABLE_TO_VERIFY_LEAF_SIGNATURE", code: "UntrustedCertificate" },
    { tls: "CERT_HAS_EXPIRED", code: "ExpiredCertificate" },
    { tls: "CERT_NOT_YET_VALID", code: "FutureCertificate" },
    { tls: "ERR_TLS_CERT_ALTNAME_INVALID", code: "WrongCertificate" },
  ])("is $code if Node reports $tls, through a proxy and directly", ({ tls, code }) => {
    const cause = failed({}, failed({ code: tls }));

    expect([toNetworkError(cause, null)?.code, toNetworkError(cause, PROXY)?.code]).toEqual([code, code]);
  });

  test("keeps an error that has its fix already", () => {
    const error = new NetworkError({ code: "ProxyDenied", message: "denied", fix: "allow it" });

    expect(toNetworkError(error, null)).toBe(error);
  });

  test("does not show the password of a URL", () => {
    const message = "http://grantkeeper:s3cret@proxy.example.com cannot be reached";

    expect(new NetworkError({ code: "ProxyFailed", message, fix: "" }).message).not.toContain("s3cret");
  });
});

describe("another failure is no network error:", () => {
  test.each([
    { what: "a refused connection without a proxy", cause: failed({ code: "ECONNREFUSED" }), proxy: null },
    { what: "a refused tunnel without a proxy", cause: tunnel(403), proxy: null },
    { what: "a reset connection", cause: failed({ code: "ECONNRESET" }), proxy: PROXY },
    { what: "a code that is no text", cause: failed({ code: 403, message: 403 }), proxy: PROXY },
    { what: "no object", cause: "ECONNREFUSED", proxy: PROXY },
    { what: "nothing", cause: null, proxy: PROXY },
  ])("$what", ({ cause, proxy }) => {
    expect(toNetworkError(cause, proxy)).toBeNull();
  });

  test("causes that form a circle", () => {
    const first = failed({});
    Object.assign(first, { cause: failed({}, first) });

    expect(toNetworkError(first, PROXY)).toBeNull();
  });
});
