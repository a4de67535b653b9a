import { errorCode } from "../values/error-code.ts";
import { hideCredentials } from "../values/credential-text.ts";
import type { Proxy } from "./proxy.ts";

export interface NetworkFailure {
  /** `ProxyPasswordMissing`, `UntrustedCertificate`, … */
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/** A request that never reached its server, with what to do about it. */
export class NetworkError extends Error {
  override readonly name = "NetworkError";
  readonly code: string;
  readonly fix: string;

  constructor({ code, message, fix }: NetworkFailure, cause?: unknown) {
    super(hideCredentials(message), { cause });
    this.code = code;
    this.fix = fix;
  }
}

/**
 * The error of a connection as one with its fix: the proxy refused it, cannot be reached, or a certificate is not trusted.
 * Null: another failure.
 * @param proxy the proxy of the request; null: it went directly
 */
export function toNetworkError(cause: unknown, proxy: Proxy | null): NetworkError | null {
  if (cause instanceof NetworkError) return cause;
  const errors = withCauses(cause);
  const certificate = errors.map((error) => CERTIFICATES.get(errorCode(error) ?? "")).find((row) => row);
  if (certificate !== undefined) return new NetworkError(certificate, cause);
  if (proxy === null) return null;
  const status = errors.map(tunnelStatus).find((found) => found !== null) ?? null;
  if (status !== null) return new NetworkError(refusedTunnel(proxy, status), cause);
  const code = errors.map(errorCode).find((found) => found !== undefined && UNREACHABLE.has(found));
  return code === undefined ? null : new NetworkError(unreachableProxy(proxy, code), cause);
}

const PROXY_LOGIN = "write USER:PASSWORD into a file and name it in network.proxy.loginFile";

function refusedTunnel({ url, login }: Proxy, status: number): NetworkFailure {
  if (status === 407 && login === null)
    return {
      code: "ProxyPasswordMissing",
      message: `the proxy ${url} asks for a user and a password (407)`,
      fix: PROXY_LOGIN,
    };
  // tinyproxy answers 401 to a wrong password.
  if (status === 407 || status === 401)
    return {
      code: "ProxyPasswordRejected",
      message: `the proxy ${url} rejects the user or the password (${status})`,
      fix: "correct network.proxy.loginFile, which has the line USER:PASSWORD; only basic authentication is supported",
    };
  if (status === 403 || status === 405)
    return {
      code: "ProxyDenied",
      message: `the proxy ${url} does not allow the connection (${status})`,
      fix: "allow the host and its port on the proxy, or list the host in network.proxy.noProxy if it is reached directly",
    };
  return {
    code: "ProxyFailed",
    message: `the proxy ${url} could not connect (${status})`,
    fix: "check that the proxy resolves and reaches the host, or list the host in network.proxy.noProxy if it is reached directly",
  };
}

function unreachableProxy({ url }: Proxy, code: string): NetworkFailure {
  return {
    code: "ProxyUnreachable",
    message: `the proxy ${url} cannot be reached (${code})`,
    fix: "check network.proxy.url (or HTTPS_PROXY and HTTP_PROXY) and that the proxy is running",
  };
}

/** The connection was never established, so the request had no effect. */
export const NOT_CONNECTED: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

const UNREACHABLE = new Set([...NOT_CONNECTED, "ERR_PROXY_TUNNEL"]);

const UNTRUSTED: NetworkFailure = {
  code: "UntrustedCertificate",
  message: "no trusted authority has issued the server's certificate",
  fix: "name the certificates of the authority (PEM) in network.caFile; a proxy that inspects TLS has an authority of its own",
};

/** @see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATES: ReadonlyMap<string, NetworkFailure> = new Map([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", UNTRUSTED],
  ["SELF_SIGNED_CERT_IN_CHAIN", UNTRUSTED],
  ["UNABLE_TO_GET_ISSUER_CERT", UNTRUSTED],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", UNTRUSTED],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", UNTRUSTED],
  ["CERT_SIGNATURE_FAILURE", UNTRUSTED],
  ["INVALID_CA", UNTRUSTED],
  [
    "CERT_HAS_EXPIRED",
    {
      code: "ExpiredCertificate",
      message: "the certificate of the server, or of its authority, has expired",
      fix: "renew the certificate on the server, or the authority in network.caFile; check the clock of this machine",
    },
  ],
  [
    "CERT_NOT_YET_VALID",
    {
      code: "FutureCertificate",
      message: "the certificate of the server, or of its authority, is not valid yet",
      fix: "check the clock of this machine",
    },
  ],
  [
    "ERR_TLS_CERT_ALTNAME_INVALID",
    {
      code: "WrongCertificate",
      message: "the certificate is for another host name",
      fix: "check the URL and DNS: another server answers, or an endpoint is reached by a name that its certificate does not have",
    },
  ],
]);

/** The status with which a proxy refused a tunnel: Node has it as a number, undici in its text. */
function tunnelStatus(error: unknown): number | null {
  if (!(typeof error === "object" && error !== null)) return null;
  const { code, statusCode, message } = error as Readonly<Record<string, unknown>>;
  if (code === "ERR_PROXY_TUNNEL") return typeof statusCode === "number" ? statusCode : null;
  const found = /^Proxy (?:response|Authentication Required) \((\d{3})\)/.exec(
    typeof message === "string" ? message : "",
  );
  return found === null ? null : Number(found[1]);
}

const MAX_CAUSES = 8;

/** The error, and those inside it: fetch wraps the error of the connection. */
function withCauses(error: unknown): readonly unknown[] {
  const found: unknown[] = [];
  for (let at = error; typeof at === "object" && at !== null && found.length < MAX_CAUSES;) {
    found.push(at);
    at = Reflect.get(at, "cause");
  }
  return found;
}
