import { gzipSync } from "node:zlib";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser } from "playwright-core";
import { formatKey } from "../../src/model/keys/key.ts";
import type { AccountId, Namespace, ObjectName, Region } from "../../src/model/aws/ids.ts";
import { LOCAL_TOKEN, startTestServer, type TestServer } from "../support/screens/http-server.ts";
import { MemorySessions } from "../support/fakes/memory-sessions.ts";
import { record } from "../support/screens/world-states.ts";
import { openTab, signInOnce, startBrowser, type Site, type Tab } from "../support/page/browsing.ts";
import { PAGE_FOLDER } from "../support/page/page-folder.ts";

// The real server over a made-up state of ten thousand functions.

const COUNT = 10_000;
let server: TestServer;
let site: Site & { readonly cookies: Awaited<ReturnType<typeof signInOnce>> };
let browser: Browser;

function keyNumber(at: number) {
  return formatKey({
    kind: "function",
    accountId: "111122223333" as AccountId,
    region: "eu-west-1" as Region,
    namespace: `team-${at % 50}` as Namespace,
    name: `function-${String(at).padStart(5, "0")}` as ObjectName,
  });
}

beforeAll(async () => {
  const records = Array.from({ length: COUNT }, (_, at) =>
    record(keyNumber(at), at % 1_000 === 7 ? { sync: "Unknown" } : {}),
  );
  const page = {
    folder: PAGE_FOLDER,
    instance: "acme",
    sessions: new MemorySessions(),
    publicUrl: null,
    oidc: null,
  };
  const limits = { requestsPerMinute: 100_000 };
  server = await startTestServer({
    state: { records, objects: [], views: new Map() },
    options: { limits, page },
  });
  browser = await startBrowser();
  const controller = { url: server.url, token: LOCAL_TOKEN };
  site = { ...controller, cookies: await signInOnce(browser, controller) };
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

async function inTab(use: (tab: Tab) => Promise<void>): Promise<void> {
  const tab = await openTab(browser, site);
  try {
    await use(tab);
    expect(tab.problems).toEqual([]);
  } finally {
    await tab.close();
  }
}

/** A time depends on the machine as much as on the page: it is reported, and nothing is concluded from it. */
function report(measured: string): void {
  process.stderr.write(`${measured}\n`);
}

test("ten thousand functions are listed, filtered and scrolled with the rows of one screen", () =>
  inTab(async ({ page }) => {
    await page.goto("/ui/");
    await page.getByText(`${COUNT} bindings`).waitFor();
    const rows = page.locator('[role="rowgroup"].rows > [role="row"]');
    expect(await rows.count()).toBeLessThan(80);
    expect(await page.getByRole("table", { name: "Bindings" }).getAttribute("aria-rowcount")).toBe(
      String(COUNT + 1),
    );

    await page.getByRole("button", { name: "unknown 10" }).click();
    await page.getByText(`10 of ${COUNT} bindings`).waitFor();
    await page.goto("/ui/?namespace=team-7");
    await page.getByText(`200 of ${COUNT} bindings`).waitFor();
    await page.goto("/ui/?q=function-09999");
    await page.getByRole("link", { name: "team-49/function-09999" }).waitFor();
  }));

test("after a hundred steps of scrolling there are rows on the screen, and no more than one screen of them", () =>
  inTab(async ({ page }) => {
    await page.goto("/ui/");
    await page.getByText(`${COUNT} bindings`).waitFor();

    const frames = await page.evaluate(async () => {
      const view = globalThis as unknown as {
        scrollBy(x: number, y: number): void;
        requestAnimationFrame(then: (nowMs: number) => void): void;
      };
      const times: number[] = [];
      await new Promise<void>((done) => {
        const step = (nowMs: number): void => {
          times.push(nowMs);
          view.scrollBy(0, 400);
          if (times.length < 100) view.requestAnimationFrame(step);
          else done();
        };
        view.requestAnimationFrame(step);
      });
      return times.slice(1).map((time, at) => time - (times[at] ?? time));
    });

    report(`frames of more than 100 ms: ${frames.filter((ms) => ms > 100).length} of ${frames.length}`);
    const rows = await page.locator('[role="rowgroup"].rows > [role="row"]').count();
    expect(rows).toBeGreaterThan(10);
    expect(rows).toBeLessThan(80);
  }));

test("the first view is small", () =>
  inTab(async ({ page }) => {
    const asked: string[] = [];
    page.on("response", (response) => asked.push(new URL(response.url()).pathname));
    const beganMs = performance.now();
    await page.goto("/ui/");
    await page.getByRole("table", { name: "Bindings" }).waitFor();
    const shownMs = performance.now() - beganMs;

    const bytes = asked
      .filter((path) => path.startsWith("/ui/assets/"))
      .map((path) => gzipSync(readFileSync(join(PAGE_FOLDER, path.slice("/ui/".length)))).length)
      .reduce((sum, length) => sum + length, 0);
    expect(bytes).toBeLessThan(150_000);
    // Each further round of requests comes on top of the time.
    expect(asked.slice(0, 6)).toEqual([
      "/ui/",
      expect.stringMatching(/\.(css|js)$/),
      expect.stringMatching(/\.(css|js)$/),
      "/auth/session",
      expect.stringContaining("/overview"),
      expect.stringContaining("/bindings"),
    ]);
    report(`first view after ${Math.round(shownMs)} ms`);
  }));

test("no file of the page has a script or a style inside it, or names another host", () => {
  const page = readFileSync(join(PAGE_FOLDER, "index.html"), "utf8");

  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
  expect(page).not.toMatch(/https?:/);
  expect(readdirSync(join(PAGE_FOLDER, "assets")).every((name) => /-[A-Z0-9]{8}\.(js|css)$/.test(name))).toBe(
    true,
  );
});
