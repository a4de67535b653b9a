import { readFileSync } from "node:fs";
import { NetworkError } from "../model/network/network-error.ts";
import type { ProxyServer, ProxySettings } from "../model/network/proxy.ts";
import { errorCode } from "../model/values/error-code.ts";
import { readAuthorities, type Authority } from "./authorities.ts";
import { parseNoProxy } from "./no-proxy.ts";
import { proxyRoutes } from "./proxy-routes.ts";
import { dayOf } from "../model/values/duration.ts";

interface NetworkCheck {
  readonly what: string;
  readonly outcome: "passed" | "warning" | "failed";
  readonly detail: string;
}

interface ExaminedNetwork {
  readonly proxy: ProxySettings | null;
  readonly caFile: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: number;
}

const SOON_MS = 30 * 86_400_000;

/** The settings of the network, checked without a connection. Empty: none is set. */
export function examineNetwork(network: ExaminedNetwork): readonly NetworkCheck[] {
  const { proxy, caFile, env } = network;
  const extra = env["NODE_EXTRA_CA_CERTS"] ?? "";
  return [
    ...(proxy === null ? [] : proxyChecks(proxy, env)),
    ...(caFile === null ? [] : authorityChecks(caFile, network)),
    ...(extra === "" ? [] : [extraCheck(extra)]),
  ];
}

function proxyChecks(proxy: ProxySettings, env: ExaminedNetwork["env"]): readonly NetworkCheck[] {
  const { http, https, noProxy } = proxy;
  const unknown = noProxy.filter((entry) => parseNoProxy(entry) === undefined);
  return [
    ...serversOf({ http, https }).map(([schemes, server]) => proxyCheck(schemes, server, env)),
    ...unknown.map((entry) =>
      warning("NO_PROXY", `the entry "${entry}" has no known form and covers no server`),
    ),
  ];
}

type SchemesAndServer = readonly [schemes: string, server: ProxyServer];

/** One entry if both schemes have the same server and login. */
function serversOf({ http, https }: Pick<ProxySettings, "http" | "https">): readonly SchemesAndServer[] {
  if (http !== null && JSON.stringify(http) === JSON.stringify(https)) return [["https and http", http]];
  return [
    ...(https === null ? [] : [["https", https] as const]),
    ...(http === null ? [] : [["http", http] as const]),
  ];
}

function proxyCheck(schemes: string, server: ProxyServer, env: ExaminedNetwork["env"]): NetworkCheck {
  const what = `proxy ${server.url}`;
  try {
    const routes = proxyRoutes({ http: server, https: server, noProxy: [] }, env);
    const login = routes.proxyFor("https://example.com")?.login ?? null;
    const detail = login === null ? "without a login" : `with the login of ${login.user}`;
    return { what, outcome: "passed", detail: `for ${schemes} URLs, ${detail}` };
  } catch (cause) {
    if (!(cause instanceof NetworkError)) throw cause;
    return { what, outcome: "failed", detail: `${cause.message}; ${cause.fix}` };
  }
}

function authorityChecks(file: string, { nowMs }: ExaminedNetwork): readonly NetworkCheck[] {
  const read = readAuthorities(file);
  if (read.kind === "err")
    return [{ what: file, outcome: "failed", detail: `${read.error.message}; ${read.error.fix}` }];
  const subjects = new Set(read.value.map(({ subject }) => subject));
  const problems = read.value.flatMap((authority) => authorityProblem(authority, subjects, nowMs) ?? []);
  if (problems.length > 0) return problems.map((problem) => ({ what: file, ...problem }));
  const names = read.value.map(({ subject }) => subject).join("; ");
  return [{ what: file, outcome: "passed", detail: `trusted authorities: ${names}` }];
}

function authorityProblem(
  { subject, issuer, expiresMs }: Authority,
  subjects: ReadonlySet<string>,
  nowMs: number,
): Omit<NetworkCheck, "what"> | null {
  const day = dayOf(expiresMs);
  if (expiresMs < nowMs)
    return { outcome: "failed", detail: `${subject} expired on ${day}: replace it in network.caFile` };
  if (expiresMs < nowMs + SOON_MS) return { outcome: "warning", detail: `${subject} expires on ${day}` };
  if (issuer === null || subjects.has(issuer)) return null;
  const detail = `${subject} is trusted only together with its issuer: add the certificate of ${issuer}`;
  return { outcome: "warning", detail };
}

/** Node prints a warning at its start and goes on without the file. */
function extraCheck(file: string): NetworkCheck {
  const what = "NODE_EXTRA_CA_CERTS";
  try {
    readFileSync(file);
    return { what, outcome: "passed", detail: `trusted next to Node's authorities: ${file}` };
  } catch (cause) {
    const detail = `${file} cannot be read (${errorCode(cause) ?? "error"}), so its certificates are not trusted`;
    return { what, outcome: "failed", detail };
  }
}

function warning(what: string, detail: string): NetworkCheck {
  return { what, outcome: "warning", detail };
}
