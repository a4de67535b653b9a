import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { ConsoleActor } from "../../demo/console.ts";
import { Closing } from "../../demo/stage.ts";
import { bindingOf } from "../../demo/steps/world-parts.ts";
import { BASE_ACCOUNT } from "../../src/simulator/seed.ts";
import { addAccessKey, addUser } from "../../src/simulator/world.ts";
import { HAS_KUBECTL, kubectlWith, type KubectlRun } from "../support/kubernetes/kubectl.ts";
import { openTab } from "../support/page/browsing.ts";
import { startDemoSite, type DemoSite } from "../support/page/demo-site.ts";
import { inTab } from "../support/page/made-up-site.ts";

// A change in AWS or in Git is on the screen without a reload, in every tab, by one watch. The real controller reads the change events of prod.

const PROD = "444455556666";
const closing = new Closing();
let demo: DemoSite;

beforeAll(async () => {
  const changeEvents = {
    accountId: PROD,
    queueAccountId: BASE_ACCOUNT,
    region: "us-east-1",
    queue: "changes",
    sourceAddress: "203.0.113.7",
  };
  demo = await startDemoSite(closing, { changeEvents });
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

/** In the browser: what is read again every 10 seconds is not, so that only the watch can bring a change to the screen. */
function withoutPolls(): void {
  const { setTimeout } = globalThis;
  globalThis.setTimeout = ((work: () => void, ms?: number) =>
    setTimeout(work, ms === 10_000 ? 3_600_000 : ms)) as typeof setTimeout;
}

test("a change is shown in every tab by one watch, also after the tab with the watch is closed", async () => {
  const first = await openTab(demo.browser, demo.site);
  const firstWatches = countWatches(first.page);
  await untilLive(first.page);
  const second = await first.page.context().newPage();
  const secondWatches = countWatches(second);
  await untilLive(second);
  expect([firstWatches.open(), secondWatches.open()]).toEqual([1, 0]);

  const broken = (demo.stage.files[FILE] ?? "").replace("spec:", "spec:\n  nonsense: true");
  await demo.stage.repository.push("Dana Ruiz", "A mistake", { [FILE]: broken });
  await row(first.page).getByText("ValidationFailed").waitFor();
  await row(second).getByText("ValidationFailed").waitFor();

  await first.page.close();
  await demo.stage.repository.undo("Dana Ruiz");
  await row(second).getByText("ValidationFailed").waitFor({ state: "detached" });
  expect(secondWatches.open()).toBe(1);
  expect(first.problems).toEqual([]);
  await first.close();
});

/** A person with an own user of IAM, whose name CloudTrail records. */
function consoleOf(name: string): ConsoleActor {
  const { world, endpoint } = demo.stage.simulator;
  const key = addAccessKey(world, { accountId: PROD, principalArn: addUser(world, PROD, name).arn });
  const actor = new ConsoleActor(endpoint, "eu-west-1", key);
  closing.add(() => actor.close());
  return actor;
}

test("the person on call sees a new drift without a reload: since when, what it allows, and who made it by the change event", () =>
  inTab(demo, async ({ page }) => {
    const { role } = bindingOf(demo.stage, "prod", "capture");
    await page.goto("/ui/?q=capture+prod");
    const found = page.getByRole("row", { name: /payments\/capture prod/ });
    await found.getByText("Synced").waitFor();
    const beforeMs = Date.now();
    const map = await page.context().newPage();
    await map.goto("/ui/map");
    const last = map.getByRole("table", { name: "Connections" }).getByRole("link").last();
    await last.focus();
    const place = await last.boundingBox();

    const Resource = `arn:aws:sqs:eu-west-1:${PROD}:refunds-dlq`;
    const statement = { Effect: "Allow", Action: "sqs:SendMessage", Resource };
    await consoleOf("sam.lee").putInline(role.name, "hotfix", statement);
    await found.getByText(/for \d+s/).waitFor();

    await page.goto("/ui/?q=capture+prod&range=1h");
    await page.getByText(/ drifting, /).click();
    const drift = page
      .getByRole("table", { name: "Drift in this range" })
      .getByRole("row", { name: /capture@prod/ });
    await drift.getByText("sam.lee").waitFor();
    const sinceMs = Date.parse((await drift.locator("time").first().getAttribute("datetime")) ?? "");
    expect(sinceMs).toBeGreaterThanOrEqual(beforeMs);
    expect(sinceMs).toBeLessThanOrEqual(Date.now());

    // The map has it as well, above the row where the keyboard is: neither the keyboard nor the picture moves.
    await map.getByRole("row", { name: /capture@prod.*refunds-dlq.*AWS only/ }).waitFor();
    expect(await last.evaluate((link) => link.matches(":focus"))).toBe(true);
    expect(Math.abs(((await last.boundingBox())?.y ?? Infinity) - (place?.y ?? 0))).toBeLessThan(2);
    await map.close();

    await found.getByRole("link", { name: "payments/capture" }).click();
    await page
      .getByText(/sqs:SendMessage/)
      .first()
      .waitFor();
    await page
      .getByText(/sam\.lee/)
      .first()
      .waitFor();
  }));

test("a rollback is shown with its end on the screens of all functions, of one, of approvals, of the history, and in the settings", () =>
  inTab(demo, async ({ page }) => {
    const revisions = { revision: `main@sha1:${"a".repeat(40)}`, waiting: `main@sha1:${"b".repeat(40)}` };
    const until = "2126-01-01T00:00:00.000Z";
    const rolledBack = { ...revisions, by: "dana", reason: "INC-4410", since: until, until };
    await page.route(/\/(overview|sources)(\?|$)/, async (route) => {
      const response = await route.fetch();
      const json = await response.json();
      if (json.kind === "Overview") json.status.source.rolledBack = rolledBack;
      for (const { status } of json.items ?? []) status.rolledBack = rolledBack;
      await route.fulfill({ response, json });
    });
    const text = "rolled back to main@aaaaaaa until 2126-01-01";

    for (const screen of ["", "functions/payments/refunds.444455556666.eu-west-1", "approvals", "history"]) {
      await page.goto(`/ui/${screen}`);
      await page.getByText(text).waitFor();
    }
    await page.goto("/ui/settings");

    await expect(
      page.getByRole("table", { name: "Sources" }).getByText(text).waitFor(),
    ).resolves.toBeUndefined();
  }));

test("a screen that is first shown while the controller is silent states no more than that, and is read when it answers", async () => {
  const tab = await openTab(demo.browser, demo.site);
  const { page } = tab;
  try {
    await page.goto("/ui/");
    await page.getByRole("table", { name: "Bindings" }).waitFor();

    await page.context().setOffline(true);
    await page.getByRole("link", { name: "Settings", exact: true }).click();
    await page
      .getByText(/could not be read: the controller does not answer/)
      .first()
      .waitFor();
    expect(await page.getByText(/newer version|Failed to fetch/).count()).toBe(0);

    await page.context().setOffline(false);
    await page.getByRole("table", { name: "Sources" }).waitFor();
  } finally {
    await tab.close();
  }
});

if (!HAS_KUBECTL) console.warn("skipped: install Debian's kubernetes-client to try the page with kubectl");

(HAS_KUBECTL ? describe : describe.skip)("kubectl", () => {
  test("suspends, resumes and reconciles over TLS: the page has it by the watch, without a list of functions, and the record too, and a refusal explains itself", () =>
    inTab(demo, async ({ page }) => {
      const kubeconfig = await demo.stage.command("kubeconfig");
      const kubectl = await kubectlWith(kubeconfig.out, demo.stage.folder);
      const annotate = (...args: readonly string[]): Promise<KubectlRun> =>
        kubectl("annotate", "fp", "refunds", "-n", "payments", ...args);
      await page.addInitScript(withoutPolls);
      await page.goto("/ui/functions/payments/refunds.444455556666.eu-west-1");
      await page.getByRole("button", { name: "Suspend" }).waitFor();

      const suspended = await annotate("grantkeeper.dev/suspend=2h", "grantkeeper.dev/reason=INC-4410");
      const notice = page.getByText(/Suspended until .* by local: "INC-4410"/);
      await notice.waitFor();
      const resumed = await annotate(
        "grantkeeper.dev/suspend-",
        "grantkeeper.dev/reason=fixed",
        "--overwrite",
      );
      await notice.waitFor({ state: "detached" });
      const asked = await annotate("grantkeeper.dev/requestedAt=first");
      const handled = "jsonpath={.status.lastHandledReconcileAt}=first";
      const waited = await kubectl(
        "wait",
        "fp/refunds",
        "-n",
        "payments",
        `--for=${handled}`,
        "--timeout=15s",
      );
      const refused = [await annotate("grantkeeper.dev/suspend=2h"), await annotate("team=payments")];

      expect([suspended, resumed, asked, waited].map(({ err }) => err)).toEqual(["", "", "", ""]);
      expect(refused.map(({ code, err }) => [code, err])).toEqual([
        [1, expect.stringContaining("grantkeeper.dev/reason is missing")],
        [1, expect.stringContaining("Change teams/payments/refunds.yaml:1 and merge it")],
      ]);
      const { out } = await demo.stage.command("history", "-o", "json");
      const { items } = JSON.parse(out) as { readonly items: readonly { readonly kind: string }[] };
      expect(items).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ kind: "suspended", actor: "local", reason: "INC-4410" }),
          expect.objectContaining({ kind: "resumed", actor: "local", reason: "fixed" }),
          expect.objectContaining({ kind: "reconcile-requested", actor: "local" }),
          expect.objectContaining({ kind: "request-refused", actor: "local", method: "PATCH" }),
        ]),
      );
    }));

  test("reads the controller as a cluster: wide tables, one object in full, its fields, its events, and what a person may do", async () => {
    const kubectl = await kubectlWith((await demo.stage.command("kubeconfig")).out, demo.stage.folder);
    const read = async (...args: readonly string[]): Promise<string> => {
      const { code, out, err } = await kubectl(...args);
      return `${code} ${out.replaceAll(/ +/g, " ")}${err}`;
    };
    const [wide, described, explained, events, allowed] = await Promise.all([
      read("get", "fp", "-n", "payments", "-o", "wide"),
      read("describe", "fp", "refunds", "-n", "payments"),
      read("explain", "fp.spec.grants"),
      read("events", "-n", "payments"),
      read("auth", "can-i", "get", "bindings.grantkeeper.dev", "-n", "payments"),
    ]);

    expect(wide).toMatch(/^0 NAME READY REASON DRIFT AGE FUNCTION ACCOUNTS MESSAGE\n/);
    expect(wide).toMatch(/^refunds \w+ .* payments-refunds prod,staging /m);
    expect(described).toMatch(/^0 Name: refunds\nNamespace: payments\n/);
    expect(described).toMatch(/^ File: teams\/payments\/refunds\.yaml$/m);
    expect(explained).toMatch(/^0 GROUP: grantkeeper\.dev\nKIND: FunctionPermission\n/);
    expect(explained).toContain("read items by key and query the table and its indexes");
    expect(events).toMatch(/^\S+ Warning DriftFound FunctionPermission\/capture differs from Git: /m);
    expect(allowed).toBe("0 yes\n");
  });
});
