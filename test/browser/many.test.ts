import { gzipSync } from "node:zlib";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { Closing } from "../../demo/stage.ts";
import { bindingOf } from "../../demo/steps/world-parts.ts";
import { until } from "../../demo/wait.ts";
import { accountOf } from "../../src/simulator/world.ts";
import { barriers, type Tab } from "../support/page/browsing.ts";
import { startDemoSite, type DemoSite } from "../support/page/demo-site.ts";
import { inTab as inTabOf } from "../support/page/made-up-site.ts";
import {
  DRIFTED,
  functionName,
  manyFiles,
  manyWorld,
  OPEN,
  PLANNED,
  teamName,
  UNDECLARED,
  UNREAD,
} from "../support/page/many-functions.ts";
import { PAGE_FOLDER } from "../support/page/page-folder.ts";
import { receivedBytes, sumOf } from "../support/page/received.ts";
import { threadTime, watchWork, type Work } from "../support/page/work.ts";

// The tasks of five people with many functions, on the real controller and the simulated AWS. A controller that compares 10,000 functions
// for the first time is too slow for every run: bench/page-many.ts runs this file with them, and stores what it measures.

/** Functions of the estate. */
const COUNT = Number(process.env["PAGE_FUNCTIONS"] ?? 2_000);
const STARTS_WITHIN_MS = 1_800_000;
/** The functions of 50 teams; an account has 500. */
const OF_A_TEAM = COUNT / 50;
const IN_ACCOUNT = 500;
const LAST = COUNT - UNREAD - 1;

const closing = new Closing();
const views: Record<string, Work & { readonly wallMs: number }> = {};
let startMs = 0;
let demo: DemoSite;

beforeAll(async () => {
  const beganMs = performance.now();
  const world = { files: manyFiles(COUNT), worldOf: manyWorld, sweep: "1h" };
  demo = await startDemoSite(closing, { ...world, withinMs: STARTS_WITHIN_MS });
  startMs = Math.round(performance.now() - beganMs);
  report(`${COUNT} functions are compared after ${startMs} ms`);
}, STARTS_WITHIN_MS);

afterAll(async () => {
  const file = process.env["PAGE_MEASURES"];
  if (file !== undefined)
    writeFileSync(file, `${JSON.stringify({ functions: COUNT, startMs, views }, null, 2)}\n`);
  await closing.all();
});

const inTab = (use: (tab: Tab) => Promise<void>): Promise<void> => inTabOf(demo, use);

/** One view of a person in a tab of its own, whose work is measured. A time depends on the machine: nothing is concluded from it. */
async function measuredView(page: Page, name: string, view: () => Promise<void>): Promise<void> {
  const work = await watchWork(page);
  const beganMs = performance.now();
  await view();
  const wallMs = Math.round(performance.now() - beganMs);
  views[name] = { wallMs, ...(await work()) };
  report(`${name}: ${JSON.stringify(views[name])}`);
}

/** A time depends on the machine as much as on the page: it is reported, and nothing is concluded from it. */
function report(measured: string): void {
  process.stderr.write(`${measured}\n`);
}

/** Each account has one policy of the platform, its boundary. */
const bindings = (shown: number): string =>
  shown === COUNT ? `${COUNT} bindings` : `${shown} of ${COUNT} bindings`;

test("all functions are listed, filtered and scrolled with the rows of one screen", () =>
  inTab(async ({ page }) => {
    await page.goto("/ui/");
    await page.getByText(bindings(COUNT)).waitFor();
    const rows = page.locator('[role="rowgroup"].rows > [role="row"]');
    expect(await rows.count()).toBeLessThan(80);
    const table = page.getByRole("table", { name: "Bindings" });
    expect(Number(await table.getAttribute("aria-rowcount"))).toBeGreaterThan(COUNT);

    await page.getByRole("button", { name: /^unknown 10/ }).click();
    await page.getByText(bindings(UNREAD)).waitFor();
    await page.goto("/ui/?namespace=team-07");
    await page.getByText(bindings(OF_A_TEAM)).waitFor();
    await page.goto("/ui/");
    await page.getByText(bindings(COUNT)).waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.goto(`/ui/?q=${functionName(LAST)}`);
    await page.getByRole("link", { name: `${teamName(LAST)}/${functionName(LAST)}` }).waitFor();
  }));

/** Of the page's own thread: how long a frame takes by the clock depends on the machine (bench/scrolling.ts measures it). */
const FRAME_CPU_MS = 16.7;
const FRAMES = 100;

test("a hundred frames of scrolling need less processor time than a display of 60 Hz leaves, with the rows of one screen at all times", () =>
  inTab(async ({ page }) => {
    await page.goto("/ui/");
    await page.getByText(bindings(COUNT)).waitFor();
    const cpuMs = await threadTime(page);
    const beforeMs = await cpuMs();

    const rows = await page.evaluate(async (frames) => {
      const view = globalThis as unknown as {
        readonly document: { querySelectorAll(selector: string): { readonly length: number } };
        scrollBy(x: number, y: number): void;
        requestAnimationFrame(then: () => void): void;
      };
      const counts: number[] = [];
      await new Promise<void>((done) => {
        const step = (): void => {
          counts.push(view.document.querySelectorAll(".rows > [role=row]").length);
          view.scrollBy(0, 400);
          if (counts.length < frames) view.requestAnimationFrame(step);
          else done();
        };
        view.requestAnimationFrame(step);
      });
      return counts;
    }, FRAMES);

    const frameMs = ((await cpuMs()) - beforeMs) / FRAMES;
    report(`processor time of the page for a frame of scrolling: ${frameMs.toFixed(1)} ms`);
    expect(frameMs).toBeGreaterThan(0);
    expect(frameMs).toBeLessThan(FRAME_CPU_MS);
    // What is above the list fills the first screens.
    expect(Math.min(...rows.slice(FRAMES / 5))).toBeGreaterThan(10);
    expect(Math.max(...rows)).toBeLessThan(80);
  }));

/** Of the page's own thread: the first view is due within a second by the clock, half of which is for the controller. */
const FIRST_VIEW_CPU_MS = 500;

test("the first view is small, and needs less than half a second of the processor", () =>
  inTab(async ({ page }) => {
    const cpuMs = await threadTime(page);
    const asked: string[] = [];
    page.on("response", (response) => asked.push(new URL(response.url()).pathname));
    const received = await receivedBytes(page);
    const beganMs = performance.now();
    await page.goto("/ui/");
    await page.getByRole("table", { name: "Bindings" }).waitFor();
    const shownMs = performance.now() - beganMs;
    const firstCpuMs = await cpuMs();
    await page.getByText(bindings(COUNT)).waitFor();
    const listedMs = performance.now() - beganMs;

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
    const isLater = (url: URL): boolean => url.searchParams.has("continue");
    const first = sumOf(received, (url) => !isLater(url));
    // As the network carries them: the files compressed, the answers of the API not.
    expect(first).toBeLessThan(300_000);
    expect(first).toBeGreaterThan(bytes);
    report(
      `first view: ${first} bytes, after ${Math.round(shownMs)} ms, processor time ${Math.round(firstCpuMs)} ms`,
    );
    expect(firstCpuMs).toBeGreaterThan(0);
    expect(firstCpuMs).toBeLessThan(FIRST_VIEW_CPU_MS);
    report(`other pages of the list: ${sumOf(received, isLater)} bytes, after ${Math.round(listedMs)} ms`);
  }));

test("the person on call finds what is out of sync in one account, and what differs", () =>
  inTab(async ({ page }) => {
    await measuredView(page, "on call: what drifts in prod", async () => {
      await page.goto("/ui/?account=prod");
      await page.getByRole("button", { name: "drifted 2", exact: true }).click();
      await page.getByText(bindings(2)).waitFor();
    });
    const name = `${teamName(DRIFTED)}/${functionName(DRIFTED)}`;
    await page.getByRole("link", { name, exact: true }).click();

    await page.getByRole("heading", { name: `${name}@prod/eu-west-1` }).waitFor();
    await page.getByText("hotfix").first().waitFor();
    expect(await barriers(page)).toEqual([]);
  }));

test("a service team finds its function by the keyboard, and what it may do", () =>
  inTab(async ({ page }) => {
    const name = `${teamName(LAST)}/${functionName(LAST)}`;
    await measuredView(page, "service team: one function", async () => {
      await page.goto(`/ui/?namespace=${teamName(LAST)}`);
      await page.getByText(bindings(OF_A_TEAM)).waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type(functionName(LAST));
      await page.getByText(bindings(1)).waitFor();
      await page.getByRole("link", { name }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: `${name}@` }).waitFor();
    });

    const effective = page.locator("section.card", { hasText: "Effective" });
    await expect(effective.getByText("dynamodb read").waitFor()).resolves.toBeUndefined();
  }));

test("an approver approves the plan of one account: it is carried out, and no other", () =>
  inTab(async ({ page }) => {
    const { world } = demo.stage.simulator;
    const [planned, drifted] = [
      bindingOf(demo.stage, "staging", functionName(0)),
      bindingOf(demo.stage, "prod", functionName(DRIFTED)),
    ];
    const roleOf = ({ accountId, role }: typeof planned) => accountOf(world, accountId).iam.roles[role.name];
    await measuredView(page, "approver: one plan", async () => {
      await page.goto("/ui/approvals");
      const row = page.getByRole("row", { name: new RegExp(`staging.* ${PLANNED} `) });
      await row.getByRole("link").first().click();
      await page.getByText("Will change in AWS").waitFor();
    });
    expect(roleOf(planned)).toBeUndefined();
    await page.getByRole("textbox", { name: /Reason/ }).fill("CHG-91: reviewed");
    await page.getByRole("button", { name: /^Approve/ }).click();
    await page.getByText(/^Approved/).waitFor();

    const isDone = async (): Promise<true | undefined> => {
      const { accounts } = (await demo.stage.api.overview()).status;
      return (
        accounts.some(({ name, counts }) => name === "staging" && counts.synced === IN_ACCOUNT) || undefined
      );
    };
    await until("the plan is carried out", isDone, { withinMs: STARTS_WITHIN_MS, everyMs: 200 });
    expect(roleOf(planned)?.inline).toHaveProperty("grantkeeper");
    expect(roleOf(drifted)?.inline).toHaveProperty("hotfix");
  }));

test("the platform lead sees how far each account is, who breaks a rule, all teams in one picture, and from there one", () =>
  inTab(async ({ page }) => {
    await page.goto("/ui/");
    const lines = page.getByRole("table", { name: "Accounts" });
    await lines
      .getByRole("row", { name: new RegExp(`prod.*${IN_ACCOUNT}/${IN_ACCOUNT + UNDECLARED}`) })
      .waitFor();
    await lines.getByRole("row", { name: /unreadable.*unknown.*AccessDenied/ }).waitFor();

    await measuredView(page, "platform lead: rules", async () => {
      await page.goto("/ui/rules");
      await page.getByText(/^Read \d+s ago/).waitFor();
    });
    const broken = page.getByRole("listitem").filter({ hasText: /^INV-003.* in AWS/ });
    await broken.getByRole("button", { name: "Show the bindings" }).click();
    await broken.getByRole("link", { name: new RegExp(`${functionName(OPEN)}@prod`) }).waitFor();

    await measuredView(page, "platform lead: estate", async () => {
      await page.goto("/ui/map?view=estate");
      await page.getByRole("list", { name: "Teams in prod" }).locator("> li").nth(49).waitFor();
    });
    expect(await barriers(page)).toEqual([]);
    const team = page.getByRole("list", { name: "Teams in prod" }).getByRole("link", { name: /team-21/ });
    await team.first().click();

    await expect(page.getByText(bindings(IN_ACCOUNT / 50)).waitFor()).resolves.toBeUndefined();
  }));

test("an auditor finds who approved what and why among all entries, and the state of the chain", () =>
  inTab(async ({ page }) => {
    await measuredView(page, "auditor: all entries", async () => {
      await page.goto("/ui/history");
      await page.getByText(/^Signed up to \d+/).waitFor();
    });
    await measuredView(page, "auditor: the approvals", async () => {
      await page.goto("/ui/history?kind=approved");
      await page.getByText(/CHG-91: reviewed/).waitFor();
    });

    await expect(page.getByText(/^1 line/).waitFor()).resolves.toBeUndefined();
  }));

test("no file of the page has a script or a style inside it, or names another host", () => {
  const page = readFileSync(join(PAGE_FOLDER, "index.html"), "utf8");

  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
  expect(page).not.toMatch(/https?:/);
  expect(readdirSync(join(PAGE_FOLDER, "assets")).every((name) => /-[A-Z0-9]{8}\.(js|css)$/.test(name))).toBe(
    true,
  );
});
