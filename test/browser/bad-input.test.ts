import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser } from "playwright-core";
import { LOCAL_TOKEN, startTestServer, type TestServer } from "../support/screens/http-server.ts";
import { MemorySessions } from "../support/fakes/memory-sessions.ts";
import {
  openTab,
  overflows,
  signInOnce,
  startBrowser,
  type Site,
  type Tab,
} from "../support/page/browsing.ts";
import { changed } from "../support/page/changed-answers.ts";
import { PAGE_FOLDER } from "../support/page/page-folder.ts";

// The real server over a made-up state, whose answers are made worse on their way to the page.

let server: TestServer;
let site: Site & { readonly cookies: Awaited<ReturnType<typeof signInOnce>> };
let browser: Browser;

beforeAll(async () => {
  server = await startTestServer({ options: { page: pageOptions() } });
  browser = await startBrowser();
  const controller = { url: server.url, token: LOCAL_TOKEN };
  site = { ...controller, cookies: await signInOnce(browser, controller) };
});

afterAll(async () => {
  await browser.close();
  await server.close();
});

function pageOptions() {
  return {
    folder: PAGE_FOLDER,
    instance: "acme",
    sessions: new MemorySessions(),
    publicUrl: null,
    oidc: null,
  };
}

async function inTab(use: (tab: Tab) => Promise<void>): Promise<void> {
  const tab = await openTab(browser, site);
  try {
    await use(tab);
    expect(tab.problems).toEqual([]);
  } finally {
    await tab.close();
  }
}

const MARKUP = `<img src=x onerror="document.title='broken'"><script>1</script>`;
const FUNCTION = "/ui/functions/orders/orders-api.111122223333.eu-west-1";

test("names and messages with markup are text", () =>
  inTab(async ({ page }) => {
    await changed(page, "**/overview", ({ status }) => {
      status.instance = MARKUP;
      status.actionRequired[0].message = MARKUP;
    });

    await page.goto("/ui/");

    await page.getByText(MARKUP).nth(1).waitFor();
    expect(await page.title()).toBe("Functions · Grantkeeper");
  }));

test("a reason of 64 kB wraps, and a name without spaces does not widen the page", () =>
  inTab(async ({ page }) => {
    await changed(page, "**/holds{,/*}", (json) => {
      for (const hold of json.items ?? [json]) hold.status.reason = "x".repeat(65_536);
    });

    await page.goto("/ui/approvals");
    await page
      .getByRole("link", { name: /^[0-9a-f]{8}$/ })
      .first()
      .click();
    await page.getByRole("heading", { level: 1, name: /Approval/ }).waitFor();

    expect(await overflows(page)).toBe(false);
  }));

test("a rejected plan is on the screen of approvals, with who rejected it, the reason, and what ends it", () =>
  inTab(async ({ page }) => {
    await changed(page, "**/holds", ({ items: [first] }) => {
      first.status.rejected = { actor: "sam", reason: "ask the team first", at: first.status.since };
    });

    await page.goto("/ui/approvals");

    const rejected = page.getByRole("table", { name: "Rejected" });
    await rejected.getByText(/Rejected by sam .* ago: "ask the team first"/).waitFor();
    await expect(rejected.getByText(/approved after all/).waitFor()).resolves.toBeUndefined();
  }));

test("a reason that is too long is refused with its length, and stays", () =>
  inTab(async ({ page }) => {
    await page.goto(FUNCTION);
    await page.getByRole("button", { name: "Suspend" }).click();
    const reason = page.getByRole("textbox", { name: /Reason/ });

    await reason.fill("y".repeat(65_536));

    await page.getByText("The reason has 65536 characters; at most 500 are allowed.").waitFor();
    expect(await page.getByRole("button", { name: /^Suspend for/ }).isDisabled()).toBe(true);
    await page.reload();
    await page.getByRole("button", { name: "Suspend" }).click();
    expect((await reason.inputValue()).length).toBe(65_536);
  }));

test("an act that needs a new sign-in leads to it, and what was written stays", () =>
  inTab(async ({ page }) => {
    const details = { reason: "SignInAgain" };
    const json = { kind: "Status", status: "Failure", code: 403, message: "sign in again", details };
    await page.route("**/suspensions", (route) => route.fulfill({ status: 403, json }));
    await page.goto(FUNCTION);
    await page.getByRole("button", { name: "Suspend" }).click();
    await page.getByRole("textbox", { name: /Reason/ }).fill("INC-4410");

    await page.getByRole("button", { name: /^Suspend for/ }).click();

    const link = page.getByRole("link", { name: "Sign in again in a new tab" });
    expect(await link.getAttribute("href")).toBe(
      `/auth/login?max_age=300&return=${encodeURIComponent(FUNCTION)}`,
    );
    expect(await page.getByRole("textbox", { name: /Reason/ }).inputValue()).toBe("INC-4410");
  }));

test.each([
  { code: 410, message: "the version is too old" },
  { code: 429, message: "more than 1200 requests a minute" },
  { code: 500, message: "a bug of the controller" },
])("the answer $code is shown with its message, and nothing looks empty", ({ code, message }) =>
  inTab(async ({ page }) => {
    const status = { apiVersion: "v1", kind: "Status", metadata: {}, status: "Failure", code, message };
    await page.route("**/bindings?*", (route) => route.fulfill({ status: code, json: status }));

    await page.goto("/ui/");

    await page.getByText(`Not read: ${message}`).waitFor();
    await expect(
      page.getByText("The bindings and policies are not known: they were not read.").waitFor(),
    ).resolves.toBeUndefined();
  }),
);

test("an answer that is not of the controller is not taken for data", () =>
  inTab(async ({ page }) => {
    await page.route("**/holds", (route) =>
      route.fulfill({ status: 502, contentType: "text/html", body: "<h1>proxy</h1>" }),
    );

    await page.goto("/ui/approvals");

    await expect(
      page.getByText("The approvals could not be read: the controller answered with 502").waitFor(),
    ).resolves.toBeUndefined();
  }));

test("without a session, the page shows how to sign in", async () => {
  const tab = await openTab(browser, { ...site, cookies: { cookies: [], origins: [] } });
  await tab.page.goto("/ui/history");

  await tab.page.getByText("grantkeeper open").waitFor();
  expect(tab.problems).toEqual([]);
  await tab.close();
});

test("signing out ends the session at the server, and shows the way back in", async () => {
  const controller = { url: server.url, token: LOCAL_TOKEN };
  const tab = await openTab(browser, { ...site, cookies: await signInOnce(browser, controller) });
  await tab.page.goto("/ui/settings");

  await tab.page.getByRole("button", { name: "Sign out" }).click();

  await tab.page.getByText("grantkeeper open").waitFor();
  expect((await tab.page.request.get("/auth/session")).status()).toBe(401);
  await tab.close();
});

test("a tab of one person sends nothing as another who signed in in this browser", () =>
  inTab(async ({ page }) => {
    await page.goto(FUNCTION);
    await page.getByRole("button", { name: "Suspend" }).click();
    await page.getByRole("textbox", { name: /Reason/ }).fill("INC-4410");
    const sent: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/suspensions")) sent.push(request.url());
    });
    await changed(page, "**/auth/session", (session) => {
      session.actor = "erin";
      session.displayName = "erin";
    });

    await page.getByRole("button", { name: /^Suspend for/ }).click();

    await page.getByText("erin", { exact: true }).waitFor();
    expect(sent).toEqual([]);
    await page.getByRole("button", { name: "Suspend" }).click();
    expect(await page.getByRole("textbox", { name: /Reason/ }).inputValue()).toBe("");
  }));
