import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { Closing } from "../../demo/stage.ts";
import { keyParts, type Key } from "../../src/model/keys/key.ts";
import type { FakeController } from "../support/fakes/fake-controller.ts";
import { startBrowser, untilRead } from "../support/page/browsing.ts";
import { inTab, type SignedInSite } from "../support/page/made-up-site.ts";
import { PAGE_FOLDER } from "../support/page/page-folder.ts";
import { startSignIns, type SignIns } from "../support/sign-in/signing-in.ts";
import { bindingOf, TEAMS, threeTeams, type TeamName } from "../support/tenancy/three-teams.ts";

// A person of one team signs in at a real provider, and opens every address of the page, also those of the other teams.

const [OWN, ...OTHERS] = TEAMS;
const closing = new Closing();
let fake: FakeController;
let signIns: SignIns;
let browser: Browser;
let site: SignedInSite;

beforeAll(async () => {
  fake = await threeTeams();
  const grants = [{ group: OWN, scopes: ["read", "suspend"], namespaces: [OWN] }] as const;
  signIns = await startSignIns({ grants }, { control: fake.control, folder: PAGE_FOLDER });
  signIns.provider.person.claims = { name: "Dana Ruiz", groups: [OWN] };
  browser = await startBrowser();
  closing.add(() => signIns.close());
  closing.add(() => browser.close());
});

afterAll(async () => {
  await closing.all();
  const stopped = fake.stop();
  await fake.clock.pass(11_000);
  await stopped;
});

test("a person signs in at the provider, is named on the page, and the record has the sign-in and an act of that person", async () => {
  const context = await browser.newContext({ baseURL: signIns.origin });
  const page = await context.newPage();
  await page.goto(`/ui/functions/${OWN}/${objectOf(OWN)}`);

  await page.getByRole("link", { name: /Sign in/ }).click();
  await page.getByRole("banner").getByText("Dana Ruiz", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Suspend", exact: true }).click();
  await page.getByRole("textbox", { name: /Reason/ }).fill("INC-4410");
  await page.getByRole("button", { name: "Suspend for 1h" }).click();
  const actor = `Dana Ruiz <${signIns.provider.issuer}#00u1>`;
  await page.getByText(`by ${actor}: "INC-4410"`).first().waitFor();

  site = { url: signIns.origin, token: "", cookies: await context.storageState() };
  await context.close();
  const acts = fake.audit.log.filter((entry) => "actor" in entry && entry.actor === actor);
  expect(acts).toMatchObject([
    { kind: "signed-in", method: "oidc" },
    { kind: "suspended", reason: "INC-4410" },
  ]);
});

/** The name of the binding of a team in addresses. */
function objectOf(team: TeamName): string {
  const { name, accountId } = keyParts(bindingOf(team) as Key);
  return `${name}.${accountId}.eu-west-1`;
}

/** Every screen, as the menu and its own links lead to it. */
async function ownAddresses(): Promise<readonly string[]> {
  const { holds } = await fake.control.overview();
  return [
    "",
    ...TEAMS.map((team) => `functions/${OWN}/${objectOf(team)}`),
    "approvals",
    ...holds.map(({ subject }) => `approvals/${subject.slice(7)}`),
    "map",
    "map?view=estate",
    "map?view=exposed",
    "map?view=who-can&action=dynamodb:GetItem",
    "rules",
    "history",
    "settings",
  ].filter((address) => !OTHERS.some((team) => address.includes(team)));
}

/** Addresses that someone of that team could send. */
const addressesOf = (team: string): readonly string[] => [
  `functions/${team}/${team}-api.111122223333.eu-west-1`,
  `?namespace=${team}`,
  `?q=${team}`,
  `map?q=${team}`,
  `map?namespace=${team}`,
  `history?namespace=${team}`,
  `history?key=function/111122223333/eu-west-1/${team}/${team}-api`,
];

/** The screens that show nothing of the own team, such as the approvals of others; on the rest its name is waited for. */
async function unnamedAddresses(): Promise<ReadonlySet<string>> {
  const { holds } = await fake.control.overview();
  const foreign = holds.filter(({ keys }) => !keys.some((key) => key.includes(`/${OWN}/`)));
  const approvals = foreign.map(({ subject }) => `approvals/${subject.slice(7)}`);
  return new Set([...approvals, "map?view=who-can&action=dynamodb:GetItem", "settings"]);
}

/** Also in a choice that is not open. */
const ATTACHED = { state: "attached" } as const;

/** All that a screen has, also what only screen readers and tips show. */
const htmlOf = (element: unknown): string => (element as { readonly outerHTML: string }).outerHTML;

/** The text of a screen, once it has its heading and is read. */
async function shown(page: Page, address: string): Promise<string> {
  await page.goto(`/ui/${address}`);
  await untilRead(page);
  return page.locator("body").innerText();
}

test("no screen names another team to a person of one, and every one has a heading", () =>
  inTab({ browser, site }, async ({ page }) => {
    const found: Record<string, readonly string[]> = {};
    const unnamed = await unnamedAddresses();
    for (const address of await ownAddresses()) {
      await shown(page, address);
      if (!unnamed.has(address)) await page.getByRole("main").getByText(OWN).first().waitFor(ATTACHED);
      const outerHTML = await page.locator("html").evaluate(htmlOf);
      found[address] = OTHERS.filter((team) => outerHTML.includes(team));
    }

    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((address) => [address, []])));
    expect(Object.keys(found).length).toBeGreaterThan(10);
  }));

/** Of the same length and shape as the names of the teams; no one has it. */
const NO_TEAM = "dogxx";

test("an address of another team shows what one of a team that does not exist shows, with a heading", () =>
  inTab({ browser, site }, async ({ page }) => {
    const [other, third] = OTHERS;
    // Whether the watch is open yet is a matter of milliseconds.
    const read = async (address: string): Promise<string> =>
      (await shown(page, address)).replaceAll(/\d+/g, "#").replaceAll(/, (live|read #s ago)$/gm, ", read");
    const [theirs, none]: [string[], string[]] = [[], []];
    for (const address of addressesOf(other)) theirs.push(`${address}\n${await read(address)}`);
    for (const address of addressesOf(NO_TEAM))
      none.push(`${address.replaceAll(/\d+/g, "#")}\n${await read(address)}`);

    expect(theirs.map((text) => text.replaceAll(other, NO_TEAM).replaceAll(/\d+/g, "#"))).toEqual(none);
    expect(theirs.filter((text) => text.includes(third))).toEqual([]);
  }));
