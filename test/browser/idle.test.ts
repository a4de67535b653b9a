import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { Closing } from "../../demo/stage.ts";
import { BACKGROUND_HEADER } from "../../src/api/group.ts";
import { NOW } from "../support/fakes/fake-control.ts";
import { signIn, signInOnce, startBrowser, type Tab } from "../support/page/browsing.ts";
import { inTab, startMadeUpSite, type MadeUpSite } from "../support/page/made-up-site.ts";

// The session of a tab that no one touches ends, by the clock of a server that a test sets.

const closing = new Closing();
let made: MadeUpSite;
let nowMs = Date.parse(NOW);

beforeAll(async () => {
  const clock = { nowMs: () => nowMs, sleep: () => Promise.reject(new Error("no test waits here")) };
  made = await startMadeUpSite(await startBrowser(), closing, { options: { clock } });
});

afterAll(() => closing.all());

/** A tab of someone who has just signed in, with the reason of an approval that is not sent yet. */
async function inApproval(use: (tab: Tab, reason: ReturnType<Page["getByRole"]>) => Promise<void>) {
  const cookies = await signInOnce(made.browser, made.site);
  await inTab({ ...made, site: { ...made.site, cookies } }, async (tab) => {
    await tab.page.goto("/ui/approvals");
    await tab.page
      .getByRole("link", { name: /^[0-9a-f]{8}$/ })
      .first()
      .click();
    const reason = tab.page.getByRole("textbox", { name: /Reason/ });
    await reason.fill("CHG-90: reviewed");
    await use(tab, reason);
  });
}

test("the reads of a tab that no one touches are marked, its session ends, and the reason of an approval stays", () =>
  inApproval(async ({ page }, reason) => {
    const marked = await page.waitForRequest((request) => request.headers()[BACKGROUND_HEADER] === "1");
    expect(marked.method()).toBe("GET");

    nowMs += 3_600_000;

    await page.getByText("Your session has ended").waitFor();
    expect(await reason.inputValue()).toBe("CHG-90: reviewed");
  }));

test("an approval whose session has expired is not done, the page shows why, and the reason is sent after a new sign-in", () =>
  inApproval(async ({ page }, reason) => {
    const { commands } = made.server.control;
    const approve = page.getByRole("button", { name: /^Approve/ });
    nowMs += 3_600_000;

    await approve.click();
    await page.getByText("Your session has ended").waitFor();
    await page.getByText("your session had ended. Sign in, then send it again").waitFor();
    const before = [...commands];
    await signIn(await page.context().newPage(), made.site);
    await page.getByText("Your session has ended").waitFor({ state: "detached" });
    const kept = await reason.inputValue();
    await approve.click();
    await page.getByText(/^Approved/).waitFor();

    expect(before).toEqual([]);
    expect(kept).toBe("CHG-90: reviewed");
    expect(commands).toMatchObject([{ name: "approve", request: { reason: "CHG-90: reviewed" } }]);
  }));
