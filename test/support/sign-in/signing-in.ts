import type { HttpOptions, PageOptions } from "../../../src/http/start.ts";
import { MemorySessions } from "../fakes/memory-sessions.ts";
import { startTestServer, type TestServer } from "../screens/http-server.ts";
import { OidcBrowser } from "./oidc-browser.ts";
import { CLIENT_ID, CLIENT_SECRET, TestProvider } from "./provider.ts";

type Oidc = NonNullable<PageOptions["oidc"]>;

const GRANTS: Oidc["grants"] = [
  { group: "ops", scopes: ["read"], namespaces: ["*"] },
  { group: "orders", scopes: ["approve", "suspend"], namespaces: ["orders"] },
];

/** A controller at whose page people sign in with a provider, both on loopback. */
export interface SignIns {
  readonly server: TestServer;
  readonly provider: TestProvider;
  readonly sessions: MemorySessions;
  /** Of the page. */
  readonly origin: string;
  /** In milliseconds; the provider's clock is the real one. */
  readonly clock: { offsetMs: number };
  /** Changes what the provider answers, by the path of the request. */
  readonly rewrites: Map<string, (body: string) => string>;
  close(): Promise<void>;
}

/** The controller, and the folder of the built page; missing: one that is made up, and no page. */
interface SignInPage {
  readonly control?: HttpOptions["control"];
  readonly folder?: string;
}

/** The port of the page has to be known before the controller starts, because the provider sends people back to it. */
export async function startSignIns(
  change: Partial<Oidc> = {},
  { control, folder = "/nonexistent" }: SignInPage = {},
): Promise<SignIns> {
  const clock = { offsetMs: 0 };
  const rewrites: SignIns["rewrites"] = new Map();
  const sessions = new MemorySessions();
  const probe = await startTestServer();
  const { port } = probe;
  await probe.close();
  const origin = `http://localhost:${port}`;
  const provider = await TestProvider.start(() => `${origin}/auth/callback`);
  const oidc: Oidc = {
    issuer: provider.issuer,
    clientId: CLIENT_ID,
    clientSecret: async () => CLIENT_SECRET,
    scopes: ["openid", "profile"],
    groupsClaim: "groups",
    grants: GRANTS,
    fetch: (url, init) => rewritten(url, init, rewrites),
    ...change,
  };
  const options: Partial<HttpOptions> = {
    port,
    clock: {
      nowMs: () => Date.now() + clock.offsetMs,
      sleep: () => Promise.reject(new Error("no test waits here")),
    },
    ...(control !== undefined && { control }),
    page: { folder, instance: "acme", sessions, publicUrl: origin, oidc },
  };
  const server = await startTestServer({ options });
  const close = async (): Promise<void> => {
    await server.close();
    await provider.close();
  };
  return { server, provider, sessions, origin, clock, rewrites, close };
}

async function rewritten(url: string, init: RequestInit, rewrites: SignIns["rewrites"]): Promise<Response> {
  const response = await fetch(url, init);
  const rewrite = rewrites.get(new URL(url).pathname);
  if (rewrite === undefined) return response;
  const { status, headers } = response;
  return new Response(rewrite(await response.text()), { status, headers: new Headers([...headers]) });
}

/** What the browser gets at the end: the answer of the callback, or of the login if it leads nowhere. */
export async function signIn(
  { origin }: SignIns,
  browser = new OidcBrowser(),
  query = "",
): Promise<{ readonly answer: Response; readonly browser: OidcBrowser; readonly callback: string }> {
  const end = await browser.follow(`${origin}/auth/login${query}`, `${origin}/auth/callback`);
  if ("page" in end) return { answer: end.page, browser, callback: "" };
  return { answer: await browser.get(end.to), browser, callback: end.to };
}
