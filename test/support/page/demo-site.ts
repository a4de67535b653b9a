import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { STATE_DIR } from "../../../demo/operator-file.ts";
import { openStage, type Closing, type Ports, type Stage, type StageOptions } from "../../../demo/stage.ts";
import { untilShown } from "../../../demo/steps/bindings.ts";
import { signInOnce, startBrowser } from "./browsing.ts";
import type { SignedInSite } from "./made-up-site.ts";

/** The real controller and the simulated AWS of the demo, with a browser in which someone is signed in. */
export interface DemoSite {
  readonly stage: Stage;
  readonly browser: Browser;
  readonly site: SignedInSite;
}

interface DemoSiteOptions extends Omit<StageOptions, keyof Ports> {
  /** How long the comparison of all accounts may take. */
  readonly withinMs?: number;
}

/** Starts it, and waits until every account is compared, or could not be read; it ends with `closing`. */
export async function startDemoSite(
  closing: Closing,
  { withinMs, ...options }: DemoSiteOptions = {},
): Promise<DemoSite> {
  const ports = { git: 0, simulator: 0, api: 0, tls: 0 };
  const stage = await openStage({ ...ports, ...options }, closing, new AbortController().signal);
  const token = (await readFile(join(stage.folder, STATE_DIR, "api-token"), "utf8")).trim();
  const isTried = async (): Promise<true | undefined> => {
    const { accounts } = (await stage.api.overview()).status;
    const isEach = accounts.every(({ lastSweepAt, failing }) => lastSweepAt !== null || failing !== null);
    return isEach && accounts.length > 0 ? true : undefined;
  };
  await untilShown(stage, "every account is compared", isTried, withinMs);
  const browser = await startBrowser();
  closing.add(() => browser.close());
  const controller = { url: stage.apiUrl, token };
  const site = { ...controller, cookies: await signInOnce(browser, controller) };
  return { stage, browser, site };
}
