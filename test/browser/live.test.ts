import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { STATE_DIR } from "../../demo/operator-file.ts";
import { Closing, openStage, type Stage } from "../../demo/stage.ts";
import { untilShown } from "../../demo/steps/bindings.ts";
import { openTab, signInOnce, startBrowser, type Site } from "../support/page/browsing.ts";

// A change in AWS is on the screen without a reload, in every tab, by one watch.

const closing = new Closing();
let stage: Stage;
let browser: Browser;
let site: Site & { readonly cookies: Awaited<ReturnType<typeof signInOnce>> };

beforeAll(async () => {
  stage = await openStage({ git: 0, simulator: 0, api: 0, tls: 0 }, closing, new AbortController().signal);
  const token = (await readFile(join(stage.folder, STATE_DIR, "api-token"), "utf8")).trim();
  browser = await startBrowser();
  closing.add(() => browser.close());
  const controller = { url: stage.apiUrl, token };
  site = { ...controller, cookies: await signInOnce(browser, controller) };
  await untilShown(stage, "both accounts are compared", async () => {
    const { accounts } = (await stage.api.overview()).status;
    return accounts.every(({ lastSweepAt }) => lastSweepAt !== null) && accounts.length > 0
      ? true
      : undefined;
  });
});

afterAll(() => closing.all());

function countWatches(page: Page): { readonly open: () => number } {
  let open = 0;
  page.on("request", (request) => {
    if (request.url().includes("watch=true")) open += 1;
  });
  return { open: () => open };
}

async function untilLive(page: Page): Promise<void> {
  await page.goto("/ui/?q=capture+staging");
  await page.getByText(/policies, live/).waitFor();
}

const FILE = "teams/payments/capture.yaml";
const row = (page: Page) => page.getByRole("row", { name: /payments\/capture staging/ });

test("a change is shown in every tab by one watch, also after the tab with the watch is closed", async () => {
  const first = await openTab(browser, site);
  const firstWatches = countWatches(first.page);
  await untilLive(first.page);
  const second = await first.page.context().newPage();
  const secondWatches = countWatches(second);
  await untilLive(second);
  expect([firstWatches.open(), secondWatches.open()]).toEqual([1, 0]);

  const broken = (stage.files[FILE] ?? "").replace("spec:", "spec:\n  nonsense: true");
  await stage.repository.push("Dana Ruiz", "A mistake", { [FILE]: broken });
  await row(first.page).getByText("ValidationFailed").waitFor();
  await row(second).getByText("ValidationFailed").waitFor();

  await first.page.close();
  await stage.repository.undo("Dana Ruiz");
  await row(second).getByText("ValidationFailed").waitFor({ state: "detached" });
  expect(secondWatches.open()).toBe(1);
  expect(first.problems).toEqual([]);
  await first.close();
});
