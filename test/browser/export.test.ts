import { createReadStream } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import type { Key } from "../../src/model/keys/key.ts";
import type { PermissionState } from "../../src/model/answers/permission-state.ts";
import { intent } from "../support/record/audit-facts.ts";
import { chainOf } from "../support/record/chain.ts";
import { drift, record, view } from "../support/screens/world-states.ts";
import { fakeState } from "../support/screens/api-world.ts";
import { ORDERS_TOKEN } from "../support/screens/http-server.ts";
import { FOREIGN_WORDS, ORDERS_API } from "../support/screens/world-keys.ts";
import {
  barriers,
  openTab,
  overflows,
  picture,
  startBrowser,
  type Look,
  type Tab,
} from "../support/page/browsing.ts";
import { onDisk, openFromDisk } from "../support/page/disk.ts";
import { ExportFolder, writtenExport } from "../support/page/exporting.ts";
import { PAGE_FOLDER } from "../support/page/page-folder.ts";

// Exports of a made-up state, opened by Chromium from disk and without a network.

const MARKUP = `<img src=x onerror="document.title='broken'"> ${"x".repeat(200)}`;
const PAGE = join(PAGE_FOLDER, "site");
let browser: Browser;
let folder: ExportFolder;
let all: string;
let ofOrders: string;

const CHAIN = chainOf([
  { kind: "stopped", version: "0.1.0", reason: MARKUP },
  intent({ key: ORDERS_API }),
  "sign",
]);

/** What a function may do, with a name that is markup. */
function permissions(key: Key): PermissionState {
  return {
    key,
    declared: { kind: "not-declared", revision: null },
    effective: { kind: "unknown", reason: `${MARKUP} was not read` },
    pending: [],
    comparisons: [],
    references: [],
  };
}

beforeAll(async () => {
  browser = await startBrowser();
  folder = await ExportFolder.create();
  const base = fakeState();
  const extra = drift(ORDERS_API, { change: { kind: "inline-extra", policyName: MARKUP } });
  const state = {
    history: CHAIN.entries,
    views: new Map([...base.views, [ORDERS_API, view(ORDERS_API, { drifts: [extra] })] as const]),
    permissions: new Map([[ORDERS_API, permissions(ORDERS_API)]]),
  };
  [all, ofOrders] = [folder.next(), folder.next()];
  await writtenExport({ state }, { out: all, page: PAGE });
  await writtenExport({ state }, { out: ofOrders, page: PAGE, token: ORDERS_TOKEN });
});

afterAll(async () => {
  await browser.close();
  await folder.remove();
});

async function inTab(site: string, use: (tab: Tab) => Promise<void>, look?: Look): Promise<void> {
  const tab = await openFromDisk(browser, site, look);
  try {
    await use(tab);
    expect(tab.problems).toEqual([]);
  } finally {
    await tab.close();
  }
}

/** Shows a screen, and waits until nothing on it is being read. */
async function goTo(page: Page, site: string, place: string): Promise<void> {
  await page.goto(onDisk(site, place));
  await page
    .locator("main:not(:has(.skeleton))")
    .filter({ has: page.locator("h1") })
    .waitFor({ state: "attached" });
}

const FUNCTION = "/functions/orders/orders-api.111122223333.eu-west-1";
const SCREENS = {
  functions: "/",
  function: FUNCTION,
  approvals: "/approvals",
  map: "/map",
  exposed: "/map?view=exposed",
  rules: "/rules",
  history: "/history",
  settings: "/settings",
  export: "/export",
} as const;

test("the timeline is as of the export, in UTC; of one of several namespaces it is not there", () =>
  inTab(all, async ({ page }) => {
    await goTo(page, all, "/");
    await page.getByText(/^\d+ drifting, \d+ ended, \d+ not known$/).click();

    await page.getByText("Times in UTC").waitFor();
    await page.getByRole("button", { name: "30d" }).click();
    await page.getByRole("img", { name: /of 120 steps/ }).waitFor();
    await page.getByLabel("namespace").selectOption("orders");
    const missing = page.getByText("The timeline: this export does not contain it");
    await expect(missing.waitFor()).resolves.toBeUndefined();
  }));

describe.each(Object.entries(SCREENS))("the screen %s of an export", (name, place) => {
  test("opens from disk, states its moment, acts on nothing and keeps no one from using it", () =>
    inTab(all, async ({ page }) => {
      await goTo(page, all, place);
      await page.getByText("As of 2026-11-25T12:00:02.000Z; not live.").waitFor();
      await page.waitForFunction('document.querySelector("main .notice.bad") === null');

      expect(await page.title()).not.toBe("broken");
      expect(
        await page.getByRole("button", { name: /Reconcile|Suspend|Approve|Reject|Retry|Sign/ }).count(),
      ).toBe(0);
      expect(await barriers(page, { preload: false })).toEqual([]);
      await picture(page, `export-${name}`);
    }));

  test("fits a phone in the dark", () =>
    inTab(
      all,
      async ({ page }) => {
        await goTo(page, all, place);
        expect(await overflows(page)).toBe(false);
        expect(await barriers(page, { preload: false })).toEqual([]);
        await picture(page, `export-${name}-phone`);
      },
      { size: "phone", scheme: "dark" },
    ));

  test("shows a team nothing of another one", () =>
    inTab(ofOrders, async ({ page }) => {
      await goTo(page, ofOrders, place);
      const text = await page.locator("body").innerText();
      for (const word of FOREIGN_WORDS) expect(text).not.toContain(word);
    }));
});

test("links lead from the list to a function, to its history and back", () =>
  inTab(all, async ({ page }) => {
    await page.goto(onDisk(all));
    await page.getByRole("link", { name: "orders/orders-api" }).first().click();
    await page.getByRole("heading", { name: "orders/orders-api@prod/eu-west-1" }).waitFor();
    await page.getByText("was not read").first().waitFor();

    await page.getByRole("link", { name: "all", exact: true }).click();
    await page.getByRole("heading", { name: "History" }).waitFor();
    expect(new URL(page.url()).hash).toContain("#/history?key=function");
    await page.getByText("1 line").waitFor();

    await page.goBack();
    await page.getByRole("heading", { name: "orders/orders-api@prod/eu-west-1" }).waitFor();
  }));

test("the history shows up to where the record is signed, and the export how it is verified", () =>
  inTab(all, async ({ page }) => {
    await goTo(page, all, "/history");
    await page.getByText(/Signed up to 2/).waitFor();
    await page.getByRole("cell", { name: "2026-11-25T12:00:01.000Z" }).waitFor();

    await page.getByRole("link", { name: /how to verify it/ }).click();

    await page.getByText("grantkeeper audit verify evidence/audit.jsonl --public-key").waitFor();
    expect(await page.getByRole("definition").allInnerTexts()).toContainEqual(
      expect.stringContaining("every entry from 1 to 3"),
    );
  }));

test("a server of files shows the same, without a request to another one", async () => {
  const server = createServer((request, response) => {
    const path = join(all, new URL(request.url ?? "/", "http://x").pathname);
    const type = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" }[extname(path)];
    response.setHeader("content-type", type ?? "text/plain");
    createReadStream(path)
      .on("error", () => response.writeHead(404).end())
      .pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const tab = await openTab(browser, { url, cookies: { cookies: [], origins: [] } });

  await tab.page.goto(`/index.html#${FUNCTION}`);
  await tab.page.getByRole("heading", { name: "orders/orders-api@prod/eu-west-1" }).waitFor();

  expect(tab.problems).toEqual([]);
  await tab.close();
  await new Promise((resolve) => server.close(resolve));
});

test.each([
  { how: "missing", change: (file: string) => rm(file), message: "cannot be read" },
  {
    how: "damaged",
    change: (file: string) => writeFile(file, "grantkeeperSite('x', '{}')"),
    message: "is damaged",
  },
])("a $how file is shown as that, and nothing is taken for empty", async ({ change, message }) => {
  const out = folder.next();
  await writtenExport({}, { out, page: PAGE });
  await change(join(out, "data", "functions-000000.js"));

  const tab = await openFromDisk(browser, out);
  await tab.page.goto(onDisk(out, FUNCTION));

  await tab.page.getByText(`data/functions-000000.js ${message}`).first().waitFor();
  expect(await tab.page.getByText("verify the export: sha256sum -c SHA256SUMS").count()).toBeGreaterThan(0);
  await tab.close();
});

test("a part that was not exported is stated as that, and is not empty", async () => {
  const out = folder.next();
  await writtenExport({}, { out, page: PAGE });
  const index = join(out, "data", "index.js");
  await writeFile(index, (await readFile(index, "utf8")).replace("/waivers", "/not-exported"));

  await inTab(out, async ({ page }) => {
    await goTo(page, out, "/rules");

    await page.getByText("The waivers: this export does not contain it").waitFor();
    expect(await page.getByText("No waivers").count()).toBe(0);
  });
});

/** The export of ten thousand functions needs 10 seconds of CPU, which a machine with other work gives it in more than a minute. */
const LARGE_TIMEOUT_MS = 180_000;

test(
  "ten thousand functions open from disk, and no file is large",
  async () => {
    const out = folder.next();
    const records = Array.from({ length: 10_000 }, (_, at) =>
      record(
        `function/111122223333/eu-west-1/team-${at % 50}/function-${String(at).padStart(5, "0")}` as Key,
        at % 1_000 === 7 ? { sync: "Unknown" } : {},
      ),
    );
    const state = { records, objects: [], views: new Map() };
    const options = { limits: { requestsPerMinute: 100_000 } };
    await writtenExport({ state, options }, { out, page: PAGE });
    const data = join(out, "data");
    const sizes = await Promise.all(
      (await readdir(data)).map(async (name) => (await stat(join(data, name))).size),
    );
    expect(Math.max(...sizes)).toBeLessThan(1_000_000);

    await inTab(out, async ({ page }) => {
      const beganMs = performance.now();
      await page.goto(onDisk(out));
      await page.getByText("10000 bindings, not live").waitFor();
      process.stderr.write(
        `export of 10000 bindings: listed after ${Math.round(performance.now() - beganMs)} ms\n`,
      );
      await page.getByText("not read completely: 10 bindings").waitFor();
      const rows = page.locator('[role="rowgroup"].rows > [role="row"]');
      expect(await rows.count()).toBeLessThan(80);

      await goTo(page, out, "/functions/team-49/function-09999.111122223333.eu-west-1");
      await page.getByRole("heading", { name: "team-49/function-09999@prod/eu-west-1" }).waitFor();
      await goTo(page, out, "/map?namespace=team-7");
      await page.getByText("200 functions were not read completely").waitFor();
    });
  },
  LARGE_TIMEOUT_MS,
);
