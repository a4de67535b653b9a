import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as timer } from "node:timers/promises";
import { chromium, type Browser, type BrowserContext, type CDPSession, type Page } from "playwright-core";
import { clock, SILENT } from "../src/compose/ports.ts";
import { startApi, TOKEN } from "./api.ts";
import { compileAll, parseAll } from "./desired.ts";
import { generate } from "./generate.ts";
import { openController, writeRepository } from "./in-process.ts";
import { liveAccounts } from "./live.ts";
import { MemoryAws } from "./memory-aws.ts";

const PAGE = join(import.meta.dirname, "../dist/page");
const WITHIN_MS = 120_000;

export interface PageSite {
  readonly url: string;
  /** Of someone who is signed in, on a screen of 1366 × 768; nothing of the page is in its cache. */
  context(): Promise<BrowserContext>;
  close(): Promise<void>;
}

/**
 * The built page, from a controller of this process with its real record and API, and Debian's Chromium. Every function was
 * compared.
 */
export async function openPageSite(functions: number): Promise<PageSite> {
  if (!existsSync(join(PAGE, "index.html"))) throw new Error(`there is no page in ${PAGE}: npm run build`);
  const folder = mkdtempSync(join(tmpdir(), "grantkeeper-bench-"));
  const files = generate(functions);
  writeRepository(folder, files);
  const aws = new MemoryAws(liveAccounts(compileAll(parseAll(files)).desired, "converged"), clock);
  const { controller, sessions } = openController(folder, { aws, telemetry: SILENT, mode: "observe" });
  const stop = new AbortController();
  void controller.run(stop.signal);
  const { control } = controller;
  const { url } = await startApi(control, { sessions, telemetry: SILENT, pageFolder: PAGE });
  while (!control.readiness().ready || control.readiness().comparing.length > 0) await timer(100);
  const args = ["--no-sandbox", "--disable-gpu"];
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
  const cookies = await signedIn(browser, url);
  return {
    url,
    context: async () => {
      const context = await emptyContext(browser, url);
      await context.addCookies(cookies);
      return context;
    },
    close: async () => {
      await browser.close();
      stop.abort();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function emptyContext(browser: Browser, url: string): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1_366, height: 768 } });
  context.setDefaultTimeout(WITHIN_MS);
  return context;
}

async function signedIn(browser: Browser, url: string): ReturnType<BrowserContext["cookies"]> {
  const context = await emptyContext(browser, url);
  const answer = await fetch(`${url}/auth/local/links`, {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify({ user: "bench" }),
  });
  const { path } = (await answer.json()) as { readonly path: string };
  const tab = await context.newPage();
  await tab.goto(path);
  await tab.getByRole("button").click();
  await tab.waitForURL("**/ui/");
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}

/** The processor time of the page's own thread so far. */
export async function threadTime(page: Page): Promise<() => Promise<number>> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN) * 1_000;
  };
}
