import type { SinkProblem } from "../../model/records/alert-route-state.ts";
import { NetworkError } from "../../model/network/network-error.ts";
import { errorCode } from "../../model/values/error-code.ts";

/**
 * Why a receiver could not be reached. Of the error only its code is used: its message contains hosts and ports, and an
 * address may itself be a secret.
 */
export function networkProblem(cause: unknown): SinkProblem {
  // A problem with a proxy or a certificate is explained; a proxy is not a secret.
  if (cause instanceof NetworkError)
    return { cause: `could not be reached: ${cause.message}`, fix: cause.fix };
  const code = codeOf(cause);
  const [text, fix] = NETWORK_FAILURES[code] ?? (isCertificate(code) ? CERTIFICATE : UNKNOWN);
  return { cause: `could not be reached: ${text} (${code})`, fix };
}

function codeOf(cause: unknown): string {
  const name: unknown = typeof cause === "object" && cause !== null ? Reflect.get(cause, "name") : undefined;
  if (name === "TimeoutError" || name === "AbortError") return name;
  const inner: unknown =
    typeof cause === "object" && cause !== null ? Reflect.get(cause, "cause") : undefined;
  return errorCode(inner) ?? errorCode(cause) ?? (typeof name === "string" ? name : "unknown failure");
}

function isCertificate(code: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_|TLS_/.test(code);
}

type CauseAndFix = readonly [cause: string, fix: string];

const UNKNOWN: CauseAndFix = ["the connection failed", "check the address, the network and its firewalls"];
export const CERTIFICATE: CauseAndFix = [
  "its certificate is not trusted",
  "set network.caFile (mail: caFile) to the certificates of its issuer",
];
const SLOW: CauseAndFix = ["no answer in time", "check the receiver, the network and its firewalls"];
const NO_HOST: CauseAndFix = ["its host name is not known", "correct the host name, or the name service"];

/** By code of Node. */
export const NETWORK_FAILURES: Readonly<Record<string, CauseAndFix>> = {
  ECONNREFUSED: ["nothing listens there", "start the receiver, or correct the port"],
  ENOTFOUND: NO_HOST,
  EAI_AGAIN: NO_HOST,
  EDNS: NO_HOST,
  ETIMEDOUT: SLOW,
  TimeoutError: SLOW,
  ECONNRESET: ["it closed the connection", "look at the log of the receiver"],
  EPROTO: ["it does not speak TLS there", "correct the scheme or the port"],
  ERR_INVALID_URL: ["the address is not a URL", "correct the URL in the configuration"],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "its certificate is for another host",
    "use the host name that is in the certificate",
  ],
  CERT_HAS_EXPIRED: ["its certificate has expired", "renew the certificate of the receiver"],
};
