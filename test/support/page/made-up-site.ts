import type { Browser } from "playwright-core";
import type { Closing } from "../../../demo/stage.ts";
import { MemorySessions } from "../fakes/memory-sessions.ts";
import { LOCAL_TOKEN, startTestServer, type TestServer } from "../screens/http-server.ts";
import { openTab, signInOnce, type Look, type Site, type Tab } from "./browsing.ts";
import { PAGE_FOLDER } from "./page-folder.ts";

/** A site in which someone is signed in. */
export type SignedInSite = Site & { readonly cookies: Awaited<ReturnType<typeof signInOnce>> };

export interface MadeUpSite {
  readonly server: TestServer;
  readonly browser: Browser;
  readonly site: SignedInSite;
}

type Change = NonNullable<Parameters<typeof startTestServer>[0]>;

/** The built page, with the sessions of this server alone. */
function pageOptions() {
  return {
    folder: PAGE_FOLDER,
    instance: "acme",
    sessions: new MemorySessions(),
    publicUrl: null,
    oidc: null,
  };
}

/** The real server with the built page over a made-up state; it ends with `closing`. */
export async function startMadeUpSite(
  browser: Browser,
  closing: Closing,
  { state = {}, options = {} }: Change = {},
): Promise<MadeUpSite> {
  closing.add(() => browser.close());
  const server = await startTestServer({ state, options: { page: pageOptions(), ...options } });
  closing.add(() => server.close());
  const controller = { url: server.url, token: LOCAL_TOKEN };
  return { server, browser, site: { ...controller, cookies: await signInOnce(browser, controller) } };
}

/** A tab that must have no problems at its end. @throws Error with them */
export async function inTab(
  { browser, site }: Pick<MadeUpSite, "browser" | "site">,
  use: (tab: Tab) => Promise<void>,
  look?: Look,
): Promise<void> {
  const tab = await openTab(browser, site, look);
  try {
    await use(tab);
    if (tab.problems.length > 0) throw new Error(tab.problems.join("\n"));
  } finally {
    await tab.close();
  }
}
