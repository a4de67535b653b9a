export interface Proxy {
  /** `http://proxy.example.com:3128`, without user and password: people may see it. */
  readonly url: string;
  /** Null: the proxy asks for none. */
  readonly login: ProxyLogin | null;
}

export interface ProxyLogin {
  readonly user: string;
  readonly password: string;
}

/** Decides for each request whether it goes through a proxy. */
export interface ProxyRoutes {
  /**
   * Null: the request goes directly to its server.
   * @param url with the scheme http or https
   * @throws NetworkError if the file with the proxy's user and password cannot be used
   */
  proxyFor(url: string): Proxy | null;
}

/** Every request goes directly to its server. */
export const DIRECT: ProxyRoutes = { proxyFor: () => null };

/** The proxies of an installation. The login is read when it is used, so that it can be rotated without a restart. */
export interface ProxySettings {
  /** The proxy of http URLs; null: none. */
  readonly http: ProxyServer | null;
  /** The proxy of https URLs; null: none. */
  readonly https: ProxyServer | null;
  /** Servers that are reached directly, as NO_PROXY has them. */
  readonly noProxy: readonly string[];
}

export interface ProxyServer {
  /** Without user and password. */
  readonly url: string;
  readonly login:
    | { readonly kind: "none" }
    | { readonly kind: "file"; readonly file: string }
    /** In the URL of this variable of the environment. */
    | { readonly kind: "variable"; readonly name: string };
}

/** The URL with user and password, for programs that take them there. */
export function urlWithLogin({ url, login }: Proxy): string {
  if (login === null) return url;
  return url.replace("://", `://${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`);
}

/** The value of Proxy-Authorization; null: none. */
export function proxyAuthorization({ login }: Proxy): string | null {
  if (login === null) return null;
  const bytes = new TextEncoder().encode(`${login.user}:${login.password}`);
  return `Basic ${btoa(String.fromCodePoint(...bytes))}`;
}
