/** The value of a cookie in the header; null: it has none, or more than one with this name. */
export function cookieValue(header: string | undefined, name: string): string | null {
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
export function setCookie(name: string, value: string, { isSecure, maxAge }: CookieSettings): string {
  const secure = isSecure ? "; Secure" : "";
  return `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly${secure}; SameSite=Lax`;
}
