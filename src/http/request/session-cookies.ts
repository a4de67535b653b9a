import type { FastifyRequest } from "fastify";

/** Where the page is reached from outside: behind a proxy that ends TLS, the connection itself has none. */
export interface PublicPlace {
  /** With the port, if it is not the usual one. */
  readonly host: string;
  readonly isTls: boolean;
}

/** The cookies of the page. Without TLS (on loopback), servers of other ports receive them too: they have the instance's name. */
export class SessionCookies {
  readonly #instance: string;
  readonly #publicPlace: PublicPlace | null;

  constructor(instance: string, publicPlace: PublicPlace | null) {
    this.#instance = instance;
    this.#publicPlace = publicPlace;
  }

  token(request: FastifyRequest, purpose: CookiePurpose = "session"): string | null {
    return cookieValue(request.headers.cookie, this.#name(request, purpose));
  }

  /** The header `Set-Cookie`. @param maxAge in seconds; 0 removes the cookie */
  header(
    request: FastifyRequest,
    { value, maxAge }: { readonly value: string; readonly maxAge: number },
    purpose: CookiePurpose = "session",
  ): string {
    return setCookie(this.#name(request, purpose), value, { isSecure: this.#isSecure(request), maxAge });
  }

  #name(request: FastifyRequest, purpose: CookiePurpose): string {
    return this.#isSecure(request) ? `__Host-gk_${purpose}` : `gk_${purpose}_${this.#instance}`;
  }

  #isSecure(request: FastifyRequest): boolean {
    if (request.protocol === "https") return true;
    const place = this.#publicPlace;
    return place !== null && place.isTls && request.headers.host?.toLowerCase() === place.host;
  }
}

type CookiePurpose = "session" | "sign-in";

/** The value of a cookie in the header; null: it has none, or more than one with this name. */
function cookieValue(header: string | undefined, name: string): string | null {
  const pairs = (header ?? "").split(";").map((pair) => pair.trim());
  const values = pairs.flatMap((pair) => (pair.startsWith(`${name}=`) ? [pair.slice(name.length + 1)] : []));
  return values.length === 1 ? (values[0] ?? null) : null;
}

interface CookieSettings {
  readonly isSecure: boolean;
  /** Seconds; 0 removes the cookie. */
  readonly maxAge: number;
}

/** Lax and not Strict: after the redirect of a provider, a browser sends no Strict cookie. */
function setCookie(name: string, value: string, { isSecure, maxAge }: CookieSettings): string {
  const secure = isSecure ? "; Secure" : "";
  return `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly${secure}; SameSite=Lax`;
}
