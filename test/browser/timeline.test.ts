import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Closing } from "../../demo/stage.ts";
import { barriers, overflows, picture, startBrowser, type Look, type Tab } from "../support/page/browsing.ts";
import { inTab, startMadeUpSite, type MadeUpSite } from "../support/page/made-up-site.ts";
import { timelineStatus } from "../support/page/timelines.ts";

// The picture of drift over time, over answers that are made up.

const closing = new Closing();
let made: MadeUpSite;

beforeAll(async () => {
  made = await startMadeUpSite(await startBrowser(), closing);
});

afterAll(() => closing.all());

async function withTimeline(use: (tab: Tab) => Promise<void>, look?: Look): Promise<void> {
  const answer = { json: { kind: "Timeline", status: timelineStatus() } };
  await inTab(
    made,
    async (tab) => {
      await tab.page.route("**/timeline?*", (route) => route.fulfill(answer));
      await use(tab);
    },
    look,
  );
}

test("the picture has its facts in words, and the times without a read are in them", () =>
  withTimeline(async ({ page }) => {
    await page.goto("/ui/");

    await page
      .getByRole("img", { name: /drift in \d+ of 96 steps, at most 3; 8 of 96 steps not known/ })
      .waitFor();
    const answer = page.getByText("Drifting now: 1 binding; not known: 1 of 3 accounts not read");
    await expect(answer.waitFor()).resolves.toBeUndefined();
  }));

test("the table below the picture opens by the keyboard, and leads to a function", () =>
  withTimeline(async ({ page }) => {
    await page.goto("/ui/");
    await page.getByText("1 drifting, 1 ended, 2 not known").focus();

    await page.keyboard.press("Enter");

    const drift = page.getByRole("table", { name: "Drift in this range" });
    await drift.getByText("alice@example.com via AWSReservedSSO_Admin").first().waitFor();
    await drift.getByText(/reverted by Grantkeeper, entry 18446/).waitFor();
    const gaps = page.getByRole("table", { name: "Times in which drift is not known" });
    await gaps.getByText("AccessDenied by an SCP").waitFor();
    await gaps.getByText(/^no complete read; the controller started at [\d :-]+$/).waitFor();
    await drift
      .getByRole("link", { name: /orders\/orders-api@prod/ })
      .first()
      .click();
    const heading = page.getByRole("heading", { name: /orders\/orders-api@prod/ });
    await expect(heading.waitFor()).resolves.toBeUndefined();
  }));

test("the range is in the address, and the filter of the list keeps it", () =>
  withTimeline(async ({ page }) => {
    await page.goto("/ui/?namespace=orders");
    const asked = page.waitForRequest(/namespaces\/orders\/timeline\?range=30d/);

    await page.getByRole("button", { name: "30d" }).click();
    await asked;
    await page.getByRole("searchbox").fill("api");

    await page.waitForURL("**/ui/?q=api&namespace=orders&range=30d");
    expect(await page.getByRole("button", { name: "30d" }).getAttribute("aria-pressed")).toBe("true");
  }));

describe.each([
  { size: "laptop", scheme: "light" },
  { size: "tablet", scheme: "dark" },
  { size: "phone", scheme: "dark" },
] as const)("on a $size in $scheme", (look) => {
  test("the timeline has no barrier and fits the width", () =>
    withTimeline(async ({ page }) => {
      await page.goto("/ui/");
      await page.getByText("1 drifting, 1 ended, 2 not known").click();

      expect(await barriers(page)).toEqual([]);
      expect(await overflows(page)).toBe(false);
      await picture(page, `timeline-${look.size}-${look.scheme}`);
    }, look));
});
