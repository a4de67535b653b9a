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
import { firstViewBytes, receivedBytes } from "../support/page/received.ts";
import { watchWork } from "../support/page/work.ts";

// The tasks of five people with many functions, on the real controller and the simulated AWS. A controller that compares 10,000 functions
// for the first time is too slow: test/browser/many-rows.test.ts has so many rows without one.

/** Functions of the estate. */
const COUNT = 1_500;
const STARTS_WITHIN_MS = 1_800_000;
/** The functions of 50 teams; an account has 500. */
const OF_A_TEAM = COUNT / 50;
const IN_ACCOUNT = 500;
const LAST = COUNT - UNREAD - 1;

const closing = new Closing();
let demo: DemoSite;

beforeAll(async () => {
  const beganMs = performance.now();
  const world = { files: manyFiles(COUNT), worldOf: manyWorld, sweep: "1h" };
  demo = await startDemoSite(closing, { ...world, withinMs: STARTS_WITHIN_MS });
  const startMs = Math.round(performance.now() - beganMs);
  report(`${COUNT} functions are compared after ${startMs} ms`);
}, STARTS_WITHIN_MS);

afterAll(() => closing.all());

const inTab = (use: (tab: Tab) => Promise<void>): Promise<void> => inTabOf(demo, use);

/** One view of a person in a tab of its own, whose work is measured. A time depends on the machine: nothing is concluded from it. */
async function measuredView(page: Page, name: string, view: () => Promise<void>): Promise<void> {
  const work = await watchWork(page);
  const beganMs = performance.now();
  await view();
  const wallMs = Math.round(performance.now() - beganMs);
  report(`${name}: ${JSON.stringify({ wallMs, ...(await work()) })}`);
}

/** A time depends on the machine as much as on the page: it is reported, and nothing is concluded from it. */
function report(measured: string): void {
  process.stderr.write(`${measured}\n`);
}

const bindings = (shown: number): string => `${shown} of ${COUNT} bindings`;

test("the answers of the first view have less than 300 kB, the interface's without compression", () =>
  inTab(async ({ page }) => {
    const received = await receivedBytes(page);
    await page.goto("/ui/");
    await page.getByText(`${COUNT} bindings`).waitFor();

    const bytes = firstViewBytes(received);
    report(`first view: ${bytes} bytes`);
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(300_000);
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
