/** A browser with its cookies, which follows redirects from one server to another. */
export class OidcBrowser {
  /** By origin: the cookies by their names. */
  readonly #cookies = new Map<string, Map<string, string>>();

  async get(url: string): Promise<Response> {
    const { origin } = new URL(url);
    const response = await fetch(url, { headers: { cookie: this.cookies(origin) }, redirect: "manual" });
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ""] = cookie.split(";");
      const at = pair.indexOf("=");
      jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }

  /** The header `Cookie` for a server. */
  cookies(origin: string): string {
    return [...(this.#cookies.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Follows redirects as long as they do not begin with `end`. @returns that address, or the page that is no redirect */
  async follow(url: string, end: string): Promise<{ readonly to: string } | { readonly page: Response }> {
    let next = url;
    for (let hop = 0; hop < 10; hop += 1) {
      const response = await this.get(next);
      const location = response.headers.get("location");
      if (location === null) return { page: response };
      next = new URL(location, next).href;
      if (next.startsWith(end)) return { to: next };
    }
    throw new Error(`too many redirects, at last to ${next}`);
  }
}
