import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Locator, Page } from "playwright-core";
import { Closing } from "../../demo/stage.ts";
import { startBrowser } from "../support/page/browsing.ts";
import { inTab, startMadeUpSite, type MadeUpSite } from "../support/page/made-up-site.ts";
import { manifests, READ_ORDERS } from "../support/fakes/fake-controller.ts";
import { OWN_PAGE } from "../support/screens/browser.ts";
import { AskedController } from "../support/screens/asked-controller.ts";

// The buttons of the page, pressed over a real controller on ports in memory: what each leaves in the record.

const PERSON = "dana <local>";
const EXTRA = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: "*" }],
});

const closing = new Closing();
const asked = new AskedController();
const { fake } = asked;
let made: MadeUpSite;

beforeAll(async () => {
  fake.source.push(manifests({ a: READ_ORDERS, b: READ_ORDERS }));
  await fake.start();
  closing.add(() => fake.stop());
  const options = { control: fake.control, clock: fake.clock };
  made = await startMadeUpSite(await startBrowser(), closing, { options });
});
afterAll(() => closing.all());

/** The entries of this kind in the record. */
const recorded = (kind: string) => fake.audit.log.filter((entry) => entry.kind === kind);

async function writeReason(page: Page, reason: string): Promise<void> {
  await page.getByRole("textbox", { name: /Reason/ }).fill(reason);
}

const MOST_TABS = 60;

/** By the key alone: ends when the keyboard is there, which a person can see. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  const reached = target.and(page.locator(":focus-visible"));
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    await page.keyboard.press("Tab");
    if ((await reached.count()) === 1) return;
  }
  throw new Error(`${MOST_TABS} presses of Tab do not reach ${String(target)}`);
}

test("by the keyboard alone, from the start screen: Show calls lists every call of a pending approval, and Reject is recorded with the person and the reason", () =>
  inTab(made, async ({ page }) => {
    const [hold] = (await fake.control.overview()).holds;
    const press = async (target: Locator): Promise<void> => {
      await tabTo(page, target);
      await page.keyboard.press("Enter");
    };
    await page.goto("/ui/");
    const waiting = page.getByRole("main").locator('a[href*="/approvals/"]').first();
    await waiting.waitFor();

    await press(waiting);
    const show = page.getByRole("button", { name: /^Show \d+ calls?$/ }).first();
    await show.waitFor();
    const count = Number(/\d+/.exec((await show.textContent()) ?? "")?.[0]);
    await press(show);
    expect(await page.locator("ol.calls li").count()).toBe(count);
    await tabTo(page, page.getByRole("textbox", { name: /Reason/ }));
    await page.keyboard.type("CHG-90: not this week");
    await press(page.getByRole("button", { name: "Reject" }));
    await page.getByText(/^Rejected .*: nothing is written/).waitFor();

    expect(await page.locator("main :focus, main:focus").count()).toBe(1);

    expect(recorded("rejected")).toMatchObject([
      { subject: hold?.subject, actor: PERSON, reason: "CHG-90: not this week" },
    ]);
  }));

test("an approval by the keyboard whose connection drops keeps its reason, is not called done or failed, and is found in the record if it arrived", () =>
  inTab(made, async ({ page }) => {
    const [hold] = (await fake.control.overview()).holds;
    const approve = page.getByRole("button", { name: /^Approve/ });
    const press = async (): Promise<void> => {
      await tabTo(page, approve);
      await page.keyboard.press("Enter");
    };
    const unknown = page.getByText("Not known whether it was done: the controller does not answer");
    await page.goto(`/ui/approvals/${hold?.subject.slice(7)}`);
    await tabTo(page, page.getByRole("textbox", { name: /Reason/ }));
    await page.keyboard.type("CHG-91: reviewed");

    await page.route("**/approvals", (route) => route.abort("connectionreset"));
    await press();
    await unknown.waitFor();
    await page.getByText(/^The last \d+ entries of the record do not have it so far/).waitFor();
    expect(recorded("approved")).toEqual([]);

    await page.route("**/approvals", async (route) => {
      // The browser adds what shows that the request is of the page later.
      await route.fetch({ headers: { ...(await route.request().allHeaders()), ...OWN_PAGE } });
      await route.abort("connectionreset");
    });
    await press();
    await page.getByText(/^Approved \d+s ago: the record has it as entry \d+/).waitFor();
    expect(await unknown.count()).toBe(0);

    expect(await page.getByRole("textbox", { name: /Reason/ }).inputValue()).toBe("CHG-91: reviewed");
    expect(recorded("approved")).toMatchObject([{ actor: PERSON, reason: "CHG-91: reviewed" }]);
  }));

test("Suspend, Show the documents, Resume and Reconcile do what they are called, and leave the name of the person", async () => {
  await fake.approveAll();
  await fake.clock.pass(5_000);
  asked.addFunction("a", asked.role().arn);
  await asked.sweep();
  await inTab(made, async ({ page }) => {
    await page.goto("/ui/functions/orders/a.111122223333.eu-west-1");
    await page.getByRole("img", { name: "0 callers and 2 resources of a" }).waitFor();
    await page.getByRole("button", { name: "Suspend", exact: true }).click();
    await writeReason(page, "INC-4410");
    await page.getByRole("button", { name: "Suspend for 1h" }).click();
    await page.getByText(/^! Suspended until .* by dana <local>: "INC-4410"$/).waitFor();
    expect(recorded("suspended")).toMatchObject([{ actor: PERSON, reason: "INC-4410" }]);

    const rules = await page.context().newPage();
    await rules.goto("/ui/rules");
    await rules.getByText(/^1 finding of 1 rule in 1 target: /).waitFor();

    // While it is suspended, a change in AWS stays.
    asked.changeRole({ inline: [...asked.role().inline, { name: "debug", text: EXTRA }] });
    await asked.sweep();
    // The rules have it as well, without a reload.
    await rules.getByText(/^\d+ findings of 2 rules in 2 targets: /).waitFor();
    await rules.close();
    await page.reload();
    await page.getByRole("button", { name: "Show the documents" }).click();
    await page.getByText('"sqs:SendMessage"').waitFor();

    await page.getByRole("button", { name: "Resume", exact: true }).click();
    await writeReason(page, "fixed");
    await page.getByRole("button", { name: "Resume", exact: true }).last().click();
    await page.getByText(/^Resumed/).waitFor();
    expect(recorded("resumed")).toMatchObject([{ actor: PERSON, reason: "fixed" }]);

    await page.getByRole("button", { name: "Reconcile" }).click();
    await page.getByText(/^(Reconcile requested, not compared yet|Compared since the request)$/).waitFor();
    await fake.clock.pass(5_000);
    await page.getByText("Compared since the request").waitFor();
    expect(recorded("reconcile-requested")).toMatchObject([{ actor: PERSON, namespaces: ["orders"] }]);
  });
});

test("ArrowDown moves from the link of a row to that of the next", () =>
  inTab(made, async ({ page }) => {
    await page.goto("/ui/");
    await page.getByRole("link", { name: "orders/a" }).focus();
    await page.keyboard.press("ArrowDown");

    expect(await page.locator("a:focus").textContent()).toBe("orders/b");
  }));
