import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Closing } from "../../demo/stage.ts";
import type { ExposedFunctions, WhoCan } from "../../src/model/answers/questions/who-can.ts";
import { untilHeld, untilShown } from "../../demo/steps/bindings.ts";
import {
  barriers,
  overflows,
  picture,
  changeLook,
  readmePicture,
  signIn,
  SIZES,
  untilRead,
  type Look,
  type Tab,
} from "../support/page/browsing.ts";
import { startDemoSite, type DemoSite } from "../support/page/demo-site.ts";
import { inTab as inTabOf } from "../support/page/made-up-site.ts";

// The tasks of five people, one after the other, on the real controller and the simulated AWS of the demo.

const ACCOUNTS = "platform/accounts.yaml";
const closing = new Closing();
let demo: DemoSite;
let stage: DemoSite["stage"];

beforeAll(async () => {
  demo = await startDemoSite(closing);
  ({ stage } = demo);
});

afterAll(() => closing.all());

const inTab = (use: (tab: Tab) => Promise<void>): Promise<void> => inTabOf(demo, use);

const exposed = "reports/report-export@prod/eu-west-1";

test("the person on call sees what is exposed first, and from there why", () =>
  inTab(async ({ page }) => {
    await page.goto("/ui/");
    await page.getByRole("heading", { name: /Action required/ }).waitFor();

    await page.getByRole("link", { name: new RegExp(`${exposed}: anyone can invoke it`) }).click();

    await page.getByRole("heading", { name: exposed }).waitFor();
    await page.getByText("anyone can invoke").first().waitFor();
    const effective = page.locator("section.card", { hasText: "Effective" });
    await effective.locator(".risky").first().waitFor();
    expect(await effective.locator(".risky").count()).toBeGreaterThan(0);
  }));

test("a service team finds its function by the keyboard and shares the address", () =>
  inTab(async ({ page }) => {
    await page.goto("/ui/");
    await page.getByRole("table", { name: "Bindings" }).waitFor();

    await page.keyboard.press("/");
    await page.keyboard.type("refunds staging");
    await page.getByRole("row", { name: /refunds staging/ }).waitFor();

    expect(new URL(page.url()).search).toBe("?q=refunds+staging");
    await page.getByRole("link", { name: "payments/refunds" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "payments/refunds@staging/eu-west-1" }).waitFor();
    await page.getByRole("heading", { name: "Callers in its own policy" }).first().waitFor();
    await page.getByRole("button", { name: /through other functions/ }).click();
    await page.getByText("No other function that you see is on role/").waitFor();
    await page.getByText("Not checked: event source mappings, schedules").waitFor();
    expect(await barriers(page)).toEqual([]);
    await page.setViewportSize(SIZES.phone);
    await page.getByRole("link", { name: "Ask who can" }).waitFor();
    await picture(page, "further");
    await page.goBack();
    await page.getByRole("row", { name: /refunds staging/ }).waitFor();
  }));

test("the platform lead sees how far each account and team is, how much of it Git declares, and who breaks a rule", () =>
  inTab(async ({ page }) => {
    const { accounts } = (await stage.api.overview()).status;
    await page.goto("/ui/");
    const lines = page.getByRole("table", { name: "Accounts" });
    for (const { name, functionsSeen, functionsInGit } of accounts)
      await lines
        .getByRole("row", { name: new RegExp(`${name}.*${functionsInGit}/${functionsSeen}`) })
        .waitFor();

    await page.goto("/ui/rules");
    const broken = page.getByRole("listitem").filter({ hasText: /^INV-003.* in AWS/ });
    await broken.getByRole("button", { name: "Show the bindings" }).click();
    await broken.getByRole("link", { name: exposed }).waitFor();

    await page.goto("/ui/map?view=estate");
    await page
      .getByRole("list", { name: "Teams in prod" })
      .getByRole("link", { name: /reports/ })
      .click();
    const listed = page.getByRole("table", { name: "Bindings and policies" });
    await listed.getByRole("row", { name: /report-export prod/ }).waitFor();
    expect(await listed.getByRole("row", { name: /staging|payments/ }).count()).toBe(0);
  }));

test("who can reach a table is one search in the map", () =>
  inTab(async ({ page }) => {
    await page.goto("/ui/map?q=table%2Forders");

    await page.getByRole("table", { name: "Connections" }).waitFor();
    const names = await page.getByRole("link", { name: /@/ }).allTextContents();
    expect(names.some((name) => name.startsWith("orders/orders-api@"))).toBe(true);
    expect(names.some((name) => name.startsWith("search/"))).toBe(false);
    await page.getByRole("link", { name: "Ask who can" }).waitFor();
  }));

test("who can write a table is answered as on the command line, by policies, and who is open to outsiders", () =>
  inTab(async ({ page }) => {
    const action = "dynamodb:PutItem";
    const table = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders-staging";
    const command = await stage.command("who-can", action, table, "-o", "json");
    const { allowed } = JSON.parse(command.out) as WhoCan;
    await page.goto("/ui/map?view=who-can");
    await page.getByRole("textbox", { name: /Action/ }).fill(action);
    await page.getByRole("textbox", { name: /ARN/ }).fill(table);
    await page.getByRole("button", { name: "Ask" }).click();

    const found = page.getByRole("table", { name: "Allowed functions" });
    await found.getByRole("link", { name: "orders/orders-api@staging/eu-west-1" }).waitFor();
    // The address alone, such as one that someone shares, asks the same.
    await page.goto(page.url());
    await found.getByRole("link", { name: "orders/orders-api@staging/eu-west-1" }).waitFor();
    expect(await found.getByRole("link").allTextContents()).toEqual(allowed.map(({ target }) => target));
    await page.getByText("Not checked: users, roles without a function").waitFor();
    expect(await barriers(page)).toEqual([]);
    await picture(page, "who-can");

    await page.getByRole("link", { name: "Open to outsiders" }).click();
    await page.getByRole("link", { name: exposed }).waitFor();
    const { functions } = JSON.parse((await stage.command("exposed", "-o", "json")).out) as ExposedFunctions;
    const open = page.locator(".differences").getByRole("link");
    expect(await open.allTextContents()).toEqual(functions.map(({ target }) => target));
    await page.getByText("Not checked: aliases and versions that no manifest declares").waitFor();
    expect(await barriers(page)).toEqual([]);
    await picture(page, "exposed");
  }));

describe("an approver", () => {
  test("approves exactly what is on the screen, and loses nothing when the session ends before", async () => {
    const files = (stage.files[ACCOUNTS] ?? "").replace("mode: observe", "mode: enforce");
    await stage.repository.push("Dana Ruiz", "Staging: enforce", { [ACCOUNTS]: files });
    const hold = await untilHeld(stage, "staging");
    await inTab(async ({ page }) => {
      // The digits that lists and messages show are enough.
      await page.goto(`/ui/approvals/${hold.subject.slice(7, 15)}`);
      await page.waitForURL(`**/ui/approvals/${hold.subject.slice(7)}`);
      await page.getByText("Will change in AWS").waitFor();
      const reason = page.getByRole("textbox", { name: /Reason/ });
      await reason.fill("CHG-88: reviewed");

      await page.context().clearCookies();
      await page.getByRole("button", { name: /^Approve \d+ calls$/ }).click();
      await page.getByText("Your session has ended").waitFor();
      expect(await reason.inputValue()).toBe("CHG-88: reviewed");
      await picture(page, "expired-session");

      const other = await page.context().newPage();
      await signIn(other, demo.site);
      await page.getByText("Your session has ended").waitFor({ state: "detached" });
      await page.getByRole("button", { name: /^Approve \d+ calls$/ }).click();
      await page.getByText(/^Approved/).waitFor();
    });
    await untilShown(stage, "the plan is carried out", async () => {
      const { holds } = (await stage.api.overview()).status;
      return holds.every(({ status }) => status.subject !== hold.subject) ? true : undefined;
    });
    await inTab(async ({ page }) => {
      await page.goto(`/ui/approvals/${hold.subject.slice(7)}`);
      await page.getByRole("heading", { name: /not pending/ }).waitFor();
      await page.getByText(/^Approved by dana <local> .*CHG-88: reviewed/).waitFor();
      expect(await page.getByText("Will change in AWS").count()).toBe(0);
      expect(await barriers(page)).toEqual([]);
    });
  });

  test("cannot approve a plan that has changed since: the form locks and leads to the new one", async () => {
    const files = (stage.files[ACCOUNTS] ?? "").replaceAll("mode: observe", "mode: enforce");
    await stage.repository.push("Dana Ruiz", "Prod: enforce", { [ACCOUNTS]: files });
    await untilHeld(stage, "prod");
    await inTab(async ({ page }) => {
      for (const one of README) {
        const { shown, inPicture } = await readmePicture(page, one);
        expect([one.name, shown]).toEqual([one.name, inPicture]);
      }
      // The function of the second picture waits for the approval of its first enforcing run.
      const pending = page.locator("section.card", { hasText: "Pending" });
      await pending.locator(".permissions li").first().waitFor();
      await page.goto("/ui/approvals");
      await page
        .getByRole("row", { name: /first enforcing run/ })
        .getByRole("link")
        .click();
      const reason = page.getByRole("textbox", { name: /Reason/ });
      await reason.fill("CHG-89");
      const old = page.url();

      const file = "teams/orders/orders-api.yaml";
      const after = "    - sqs: { queue: orders-incoming, allow: [send] }\n";
      const more = `${after}    - dynamodb: { table: customers, allow: [read] }\n`;
      await stage.repository.push("Robin Okafor", "One line more", {
        [file]: (stage.files[file] ?? "").replace(after, more),
      });

      await page.getByText(/This is no longer pending/).waitFor();
      expect(await page.getByRole("button", { name: /^Approve/ }).isDisabled()).toBe(true);
      expect(await reason.inputValue()).toBe("CHG-89");
      expect(await barriers(page)).toEqual([]);
      await picture(page, "changed-plan");
      await page.getByRole("link", { name: /The plan changed, review/ }).click();
      await page.getByText("Will change in AWS").waitFor();
      expect(page.url()).not.toBe(old);
    });
  });
});

test("an auditor reads who approved what, up to which entry the record is signed, and verifies that it is complete", () =>
  inTab(async ({ page }) => {
    await page.goto("/ui/history?kind=approved");

    await page.getByText(/CHG-88: reviewed/).waitFor();
    await page.getByText(/^Signed up to \d+.* audit verify does/).waitFor();
    const verified = await stage.command("audit", "verify");
    expect(verified.out).toMatch(/^\d+ entries in one unbroken chain; 0 open writes/);
  }));

const LIST = "";
const FUNCTION = "functions/reports/report-export.444455556666.eu-west-1";
const README = [
  { name: "functions", path: LIST, height: 760 },
  { name: "function", path: FUNCTION, height: 1_040 },
] as const;

/** Every screen of the page; the approval is that of the first plan that awaits one. */
const SCREENS = {
  start: LIST,
  function: FUNCTION,
  approvals: "approvals",
  approval: "approvals/",
  map: "map",
  estate: "map?view=estate",
  "who-can": "map?view=who-can&action=dynamodb:GetItem",
  exposed: "map?view=exposed",
  rules: "rules",
  history: "history",
  settings: "settings",
} as const;

test.each(Object.entries(SCREENS))(
  "the screen %s has no barrier in light and in dark, fits every width and breaks no rule of its policy",
  async (name, path) => {
    const [hold] = (await demo.stage.api.overview()).status.holds;
    const subject = path === SCREENS.approval ? (hold?.status.subject.slice(7) ?? "") : "";
    await inTab(async ({ page }) => {
      await page.goto(`/ui/${path}${subject}`);
      await untilRead(page);
      for (const look of LOOKS) {
        await changeLook(page, look);

        expect([look, await overflows(page)]).toEqual([look, false]);
        const found = AXED.includes(look) ? await barriers(page) : [];
        expect([look, found]).toEqual([look, []]);
        await picture(page, `${name}-${look.size}-${look.scheme}`);
      }
    });
  },
);

const LOOKS = (Object.keys(SIZES) as Look["size"][]).flatMap((size) =>
  (["light", "dark"] as const).map((scheme): Look => ({ size, scheme })),
);
/** Barriers take half a second to find: each scheme once. */
const AXED = LOOKS.filter(
  ({ size, scheme }) => (size === "laptop" && scheme === "light") || (size === "phone" && scheme === "dark"),
);
