import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Closing } from "../../demo/stage.ts";
import { REVISION } from "../support/record/audit-facts.ts";
import { barriers, startBrowser } from "../support/page/browsing.ts";
import { inTab, startMadeUpSite, type MadeUpSite } from "../support/page/made-up-site.ts";

// The screen of a ManagedPolicy, which has no callers, and the page inside another one.

const closing = new Closing();
let made: MadeUpSite;

beforeAll(async () => {
  made = await startMadeUpSite(await startBrowser(), closing);
});

afterAll(() => closing.all());

test("a policy is shown as a policy, and nothing is stated about its callers", () =>
  inTab(made, async ({ page }) => {
    await page.route("**/permissions/ledger.*", async (route) => {
      const response = await route.fetch();
      const json = (await response.json()) as { readonly status: object };
      const file = "teams/payments/ledger.yaml";
      const permissions = { lines: [], more: 0 };
      const declared = { kind: "declared", revision: REVISION, file, permissions };
      await route.fulfill({ response, json: { ...json, status: { ...json.status, declared } } });
    });

    await page.goto("/ui/");
    await page.getByRole("link", { name: "payments/ledger" }).click();

    await page.getByRole("heading", { level: 1, name: /payments\/ledger@prod.*policy/ }).waitFor();
    await page.getByRole("heading", { name: "May do" }).waitFor();
    await page.getByRole("heading", { name: "What it allows" }).waitFor();
    expect(await page.getByRole("heading", { name: /called by/ }).count()).toBe(0);
    expect(await page.getByRole("heading", { name: /Who may call it/ }).count()).toBe(0);
    expect(await barriers(page)).toEqual([]);
  }));

test("another page that shows this one inside it gets nothing of it, and the record has the attempt", async () => {
  const { browser, server, site } = made;
  const frame = `<iframe src="${site.url}/ui/approvals"></iframe>`;
  const other = createServer((_request, response) => {
    response.setHeader("content-type", "text/html").end(frame);
  });
  await new Promise<void>((listening) => void other.listen(0, "127.0.0.1", listening));
  const context = await browser.newContext({ storageState: site.cookies });
  const page = await context.newPage();

  await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);

  expect(server.control.refusals).toMatchObject([{ path: "/ui/approvals", status: 403 }]);
  expect(await page.frameLocator("iframe").getByText("Approvals").count()).toBe(0);
  await context.close();
  other.close();
});
