import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Closing } from "../../demo/stage.ts";
import { BACKGROUND_HEADER } from "../../src/api/group.ts";
import { NOW } from "../support/fakes/fake-control.ts";
import { startBrowser } from "../support/page/browsing.ts";
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

test("the reads of a tab that no one touches are marked, its session ends, and the reason of an approval stays", () =>
  inTab(made, async ({ page }) => {
    await page.goto("/ui/approvals");
    await page
      .getByRole("link", { name: /^[0-9a-f]{8}$/ })
      .first()
      .click();
    const reason = page.getByRole("textbox", { name: /Reason/ });
    await reason.fill("CHG-90: reviewed");
    const marked = await page.waitForRequest((request) => request.headers()[BACKGROUND_HEADER] === "1");
    expect(marked.method()).toBe("GET");

    nowMs += 3_600_000;

    await page.getByText("Your session has ended").waitFor();
    expect(await reason.inputValue()).toBe("CHG-90: reviewed");
  }));
