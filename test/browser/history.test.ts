import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { Closing } from "../../demo/stage.ts";
import type { ReplicaRecord } from "../../src/model/network/replica.ts";
import { barriers, overflows, picture, startBrowser, type Look } from "../support/page/browsing.ts";
import { inTab, startMadeUpSite, type MadeUpSite } from "../support/page/made-up-site.ts";
import { DIGEST, intent } from "../support/record/audit-facts.ts";
import { chainOf } from "../support/record/chain.ts";
import { fakeState } from "../support/screens/api-world.ts";
import { ORDERS_API } from "../support/screens/world-keys.ts";

// The filters of the history, the estate and the replicas, over a made-up state.

const DANA = "Dana Ruiz <https://login.example.com/realms/acme#9f1c2d3e-4b5a-6789-0abc-def012345678>";
const UNTIL = "2026-11-25T14:30:00.000Z";
const CHAIN = chainOf([
  { kind: "suspended", id: "s1", scope: "everything", actor: "sam", reason: "INC-4410", until: UNTIL },
  { kind: "rejected", subject: DIGEST, actor: DANA, reason: "ask the team first", covers: [] },
  intent({ key: ORDERS_API }),
]);

const REPLICA: ReplicaRecord = {
  id: "aaaaaaaa",
  host: "grantkeeper-0.grantkeeper.svc.cluster.local",
  pid: 7,
  version: "0.1.0",
  catalogueDigest: "sha256:1",
  address: null,
  state: "active",
  startedMs: Date.parse(UNTIL),
  seenMs: Date.parse(UNTIL) - 2_000,
  leaseEndsMs: Date.parse(UNTIL) + 12_000,
  following: null,
  accounts: [],
  readAtMs: Date.parse(UNTIL),
};
const UNABLE = "it cannot read /etc/grantkeeper/permissions: mount it on each replica";
const REPLICAS: readonly ReplicaRecord[] = [
  REPLICA,
  {
    ...REPLICA,
    id: "bbbbbbbb",
    state: "standby",
    leaseEndsMs: null,
    following: { kind: "unable", reason: UNABLE },
  },
];

const closing = new Closing();
let made: MadeUpSite;

beforeAll(async () => {
  const overview = { ...fakeState().overview, replicas: REPLICAS };
  const state = { history: CHAIN.entries, overview };
  made = await startMadeUpSite(await startBrowser(), closing, { state });
});

afterAll(() => closing.all());

const at = (place: string, use: (page: Page) => Promise<void>, look?: Look): Promise<void> =>
  inTab(
    made,
    async ({ page }) => {
      await page.goto(place);
      await use(page);
    },
    look,
  );

const entries = (page: Page): Promise<readonly string[]> =>
  page.locator(".entries tbody td.kind").allInnerTexts();

/** Waits until the first line has the first of these kinds, then compares them all. */
async function shows(page: Page, ...kinds: readonly string[]): Promise<void> {
  await page
    .locator(".entries td.kind")
    .first()
    .getByText(kinds[0] ?? "", { exact: true })
    .waitFor();
  expect(await entries(page)).toEqual(kinds);
}

test("by, kind and words select, and the address has each of them", () =>
  at("/ui/history", async (page) => {
    await shows(page, "no result", "rejected", "suspended");

    await page.getByRole("textbox", { name: "by" }).fill("dana");
    await page.getByRole("textbox", { name: "by" }).press("Enter");
    await shows(page, "rejected");
    await page.getByRole("textbox", { name: "by" }).fill("grantkeeper");
    await page.getByRole("textbox", { name: "by" }).press("Enter");
    await shows(page, "no result");
    await page.getByRole("textbox", { name: "by" }).fill("");
    await page.getByRole("textbox", { name: "by" }).press("Enter");
    await page.getByLabel("kind").selectOption("suspensions");
    await shows(page, "suspended");
    await page.getByRole("searchbox").fill("nothing like it");

    await page.getByText("No match in all lines.").waitFor();
    expect(new URL(page.url()).search).toBe("?kind=suspensions&q=nothing+like+it");
  }));

test("days and times are those of the reader's zone, on the lines, in the messages and in the filter", () =>
  at(
    "/ui/history?since=2026-11-25T12:00Z",
    async (page) => {
      await page.getByText("Times in Europe/Berlin (UTC+01:00)").waitFor();
      await page.getByText(/until 15:30: "INC-4410"/).waitFor();

      expect(await page.getByLabel("since").inputValue()).toBe("2026-11-25T13:00");
      expect(await page.locator(".entries .clock").first().innerText()).toBe("13:00");
    },
    { size: "laptop", scheme: "light", zone: "Europe/Berlin" },
  ));

test("a period that ends before it begins is named as such, in place of a record without entries", () =>
  at("/ui/history?since=2026-11-26T00:00Z&until=2026-11-25T00:00Z", async (page) => {
    await page.getByText("The start must be before the end.").waitFor();

    expect(await page.locator(".entries").count()).toBe(0);
  }));

test("the estate has each account and team with its numbers, and each leads to its functions", () =>
  at("/ui/map?view=estate", async (page) => {
    const orders = page.getByRole("list", { name: "Teams in prod" }).getByRole("link", { name: /^orders/ });
    await orders.click();

    await page.waitForURL(/\/ui\/functions\?namespace=orders&account=prod$/);
    const rows = page.getByRole("link", { name: /^orders\// });
    await expect(rows.first().waitFor()).resolves.toBeUndefined();
  }));

test("the settings list the replicas on a phone, as of the read of their table, with why a standby does not follow", () =>
  at(
    "/ui/settings",
    async (page) => {
      const replicas = page.getByRole("table", { name: "Replicas" });
      await replicas.getByText(UNABLE).waitFor();

      expect(await replicas.getByRole("row").count()).toBe(REPLICAS.length);
      await page.getByText("As of 2026-11-25 14:30:00Z, by the clock of the database").waitFor();
      expect(await overflows(page)).toBe(false);
      expect(await barriers(page)).toEqual([]);
      await picture(page, "settings-replicas-phone");
    },
    { size: "phone", scheme: "dark" },
  ));

const SCREENS = { history: "/ui/history", estate: "/ui/map?view=estate" } as const;

describe.each([
  { size: "laptop", scheme: "light" },
  { size: "tablet", scheme: "dark" },
  { size: "phone", scheme: "dark" },
] as const)("on a $size in $scheme", (look) => {
  test.each(Object.entries(SCREENS))("the screen %s has no barrier and fits the width", (name, place) =>
    at(
      place,
      async (page) => {
        await page.locator(".entries, .estate").first().waitFor();

        expect(await barriers(page)).toEqual([]);
        expect(await overflows(page)).toBe(false);
        await picture(page, `${name}-${look.size}-${look.scheme}`);
      },
      look,
    ),
  );
});
