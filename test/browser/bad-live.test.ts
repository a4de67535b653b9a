import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { STATE_DIR } from "../../demo/operator-file.ts";
import { startController, type ControllerProcess } from "../../demo/program.ts";
import { Closing } from "../../demo/stage.ts";
import { bindingOf } from "../../demo/steps/world-parts.ts";
import type { DemoWorld } from "../../demo/world.ts";
import { AT_MOST_MS, until } from "../../demo/wait.ts";
import { accountOf } from "../../src/simulator/world.ts";
import { allow } from "../support/installation/simulated.ts";
import { badFiles, badWorld, MANY_STATEMENTS, UNREADABLE } from "../support/page/bad-world.ts";
import { untilRead } from "../support/page/browsing.ts";
import { startDemoSite, type DemoSite } from "../support/page/demo-site.ts";
import { inTab } from "../support/page/made-up-site.ts";
import { tamperChain } from "../store/sqlite-file.ts";

// Bad input of the real controller: an account that cannot be read, a role with 500 statements, a process that is killed under the page, and
// a record that someone changed on disk.

const LARGE = { account: "prod", name: "orders-notify" } as const;
const closing = new Closing();
let demo: DemoSite;
let base: DemoWorld["base"];
let controller: ControllerProcess;

beforeAll(async () => {
  demo = await startDemoSite(closing, {
    files: badFiles(),
    worldOf: (desired) => {
      const made = badWorld(desired, LARGE);
      ({ base } = made);
      return made;
    },
  });
  ({ controller } = demo.stage);
}, 180_000);

afterAll(() => closing.all());

/** A new process on the same state directory and port. */
function startAgain(): void {
  const { folder } = demo.stage;
  const credentials = { AWS_ACCESS_KEY_ID: base.id, AWS_SECRET_ACCESS_KEY: base.secret };
  const started = startController(
    join(folder, "grantkeeper.yaml"),
    join(folder, "controller.log"),
    credentials,
  );
  closing.add(() => started.stop());
  controller = started;
}

const SCREENS = {
  start: "",
  approvals: "approvals",
  map: "map",
  estate: "map?view=estate",
  "who-can":
    "map?view=who-can&action=dynamodb:GetItem&resource=arn:aws:dynamodb:eu-west-1:444455556666:table/orders",
  exposed: "map?view=exposed",
  rules: "rules",
  history: "history",
  settings: "settings",
  function: `functions/orders/sealed.${UNREADABLE.id}.${UNREADABLE.region}`,
} as const;

test.each(Object.entries(SCREENS))(
  "the screen %s names the account that cannot be read with the reason, and states nothing about it as known",
  (_, path) =>
    inTab(demo, async ({ page }) => {
      await page.goto(`/ui/${path}`);
      await untilRead(page);

      const main = page.getByRole("main");
      await main.getByText(UNREADABLE.name).first().waitFor();
      await main
        .getByText(/sts:AssumeRole.*AccessDenied/)
        .first()
        .waitFor();
      expect(
        await main
          .getByText(
            /no one|No rule is broken|No pending approvals\.|No function is open|No action required|0\/[01]\b/i,
          )
          .count(),
      ).toBe(0);
    }),
);

test("a function with 500 statements in AWS shows some, and the number of all others", () =>
  inTab(demo, async ({ page }) => {
    await page.goto("/ui/functions/orders/orders-notify.444455556666.eu-west-1");
    const effective = page.locator("section.card", { hasText: "Effective" });
    const lines = effective.getByText("sqs:SendMessage");
    await lines.first().waitFor();
    expect(await lines.count()).toBeLessThan(50);

    await effective.getByRole("button", { name: /^Show \d+ more$/ }).click();

    const rest = effective.getByText(/^and \d+ more, which the controller does not list$/);
    const more = Number(/\d+/.exec((await rest.textContent()) ?? "")?.[0]);
    expect(more + (await lines.count())).toBeGreaterThanOrEqual(MANY_STATEMENTS);
  }));

test("a controller that is killed and starts under the page: the page is not live, keeps what was written, and has the change that was made meanwhile", () =>
  inTab(demo, async ({ page }) => {
    const { accountId, role } = bindingOf(demo.stage, "prod", "capture");
    await page.goto("/ui/?q=capture+prod");
    const row = page.getByRole("row", { name: /payments\/capture prod/ });
    await row.getByText("Synced").waitFor();
    await page.getByText(/, live/).waitFor();
    const form = await page.context().newPage();
    await form.goto("/ui/functions/payments/capture.444455556666.eu-west-1");
    await form.getByRole("button", { name: "Suspend" }).click();
    const reason = form.getByRole("textbox", { name: /Reason/ });
    await reason.fill("INC-4410: looking");

    controller.child.kill("SIGKILL");
    await controller.ended;
    await page.getByText(/Live updates stopped .+ ago: /).waitFor();
    expect(await page.getByText(/, live/).count()).toBe(0);
    const found = accountOf(demo.stage.simulator.world, accountId).iam.roles[role.name];
    if (found !== undefined) found.inline["hotfix"] = allow("sqs:SendMessage");

    startAgain();
    await page.getByText(/, live/).waitFor();
    await row.getByText(/for \d/).waitFor();
    await form.getByText("hotfix").first().waitFor();
    expect(await reason.inputValue()).toBe("INC-4410: looking");
    await form.getByRole("button", { name: /^Suspend for/ }).click();
    await form.getByText(/Suspended until .*INC-4410: looking/).waitFor();
    expect(await row.getByText("Synced").count()).toBe(0);
  }));

test("an entry that was changed on disk is a broken record on the screen, whose entries are marked, and nothing states that it is intact", () =>
  inTab(demo, async ({ page }) => {
    await controller.stop();
    const forged = `UPDATE entries SET hash = '${"0".repeat(64)}' WHERE seq = (SELECT max(seq) - 5 FROM entries)`;
    tamperChain(join(demo.stage.folder, STATE_DIR), forged);
    startAgain();
    const isAnswering = async (): Promise<true | undefined> =>
      fetch(`${demo.site.url}/healthz`).then(
        ({ ok }) => ok || undefined,
        () => undefined,
      );
    await until("the controller answers", isAnswering, { withinMs: AT_MOST_MS });
    await page.goto("/ui/history");

    const broken = /The record is broken: entry \d+ does not follow entry \d+: one of them was changed/;
    await page.getByRole("alert").getByText(broken).waitFor();
    await page.locator(".entries .message").first().getByText("(not verified)").waitFor();
    for (const path of [SCREENS.start, SCREENS.history, SCREENS.settings]) {
      await page.goto(`/ui/${path}`);
      await untilRead(page);
      expect([path, await page.getByText(/intact|unbroken|Signed up to/).count()]).toEqual([path, 0]);
    }
  }));
