import type { Environment } from "../model/network/environment.ts";
import { readFileSync } from "node:fs";
import { errorCode } from "../model/values/error-code.ts";
import { NetworkError } from "../model/network/network-error.ts";
import type { Proxy, ProxyLogin, ProxyRoutes, ProxyServer, ProxySettings } from "../model/network/proxy.ts";
import { comparedHost, isReachedDirectly, parseNoProxy } from "./no-proxy.ts";

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ["http:", 80],
  ["https:", 443],
]);

/** The routes of an installation. This machine is always reached directly. */
export function proxyRoutes({ http, https, noProxy }: ProxySettings, env: Environment): ProxyRoutes {
  const direct = noProxy.flatMap((entry) => parseNoProxy(entry) ?? []);
  return {
    proxyFor(url) {
      const { protocol, hostname, port } = new URL(url);
      const server = protocol === "https:" ? https : http;
      const host = comparedHost(hostname);
      const at = port === "" ? (DEFAULT_PORTS.get(protocol) ?? 0) : Number(port);
      if (server === null || isReachedDirectly(host) || direct.some((covers) => covers(host, at)))
        return null;
      return withLogin(server, env);
    },
  };
}

function withLogin({ url, login }: ProxyServer, env: Environment): Proxy {
  if (login.kind === "none") return { url, login: null };
  if (login.kind === "variable") return { url, login: loginOfUrl(env[login.name] ?? "") };
  return { url, login: readLogin(login.file) };
}

/** The user and the password in a URL, as HTTPS_PROXY has them; null: none. */
function loginOfUrl(text: string): ProxyLogin | null {
  const { username = "", password = "" } = URL.parse(text) ?? {};
  if (username === "" && password === "") return null;
  return { user: decoded(username), password: decoded(password) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @throws NetworkError `ProxyLoginUnreadable` */
function readLogin(file: string): ProxyLogin {
  const line = readLine(file);
  const colon = line.indexOf(":");
  // A line break or another control character would end the header.
  if (colon < 1 || !/^[\x20-\x7e]+$/.test(line))
    throw unreadable(
      file,
      line === "" ? "it is empty" : "it is not one line USER:PASSWORD of printable ASCII",
    );
  return { user: line.slice(0, colon), password: line.slice(colon + 1) };
}

function readLine(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  } catch (cause) {
    throw unreadable(file, errorCode(cause) ?? "error", cause);
  }
}

function unreadable(file: string, why: string, cause?: unknown): NetworkError {
  const message = `the user and password of the proxy cannot be read from ${file}: ${why}`;
  const fix = "write one line USER:PASSWORD into network.proxy.loginFile, and allow this process to read it";
  return new NetworkError({ code: "ProxyLoginUnreadable", message, fix }, cause);
}
