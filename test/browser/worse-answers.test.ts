import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Closing } from "../../demo/stage.ts";
import { startBrowser } from "../support/page/browsing.ts";
import { changed } from "../support/page/changed-answers.ts";
import { inTab, startMadeUpSite, type MadeUpSite } from "../support/page/made-up-site.ts";
import type { AccessMap } from "../../src/model/answers/questions/access-map.ts";
import { svgText } from "../../src/workbench/reverse/svg.ts";
import { line, read } from "../unit/page/map/states.ts";

// More than the usual, names that are markup, and accounts that are not compared, in the answers of the real server.

const closing = new Closing();
let made: MadeUpSite;

beforeAll(async () => {
  made = await startMadeUpSite(await startBrowser(), closing);
});
afterAll(() => closing.all());

/** A change of its own group, with a high risk. */
const risky = (at: number) => ({
  key: `function/111122223333/eu-west-1/orders/f${at}`,
  risk: "high",
  canBreak: false,
  delta: { allowed: [], noLongerAllowed: [], unknownEffect: [] },
  calls: [{ call: "iam:AttachRolePolicy", target: `policy/p${at}`, risk: "high" }],
});

test("an approval stays locked until each change with a risk was on the screen, and states the calls that are not", () =>
  inTab(made, async ({ page }) => {
    await changed(page, "**/holds{,/*}", (json) => {
      const changes = Array.from({ length: 53 }, (_, at) => risky(at));
      for (const { status } of json.items ?? [json])
        Object.assign(status, { changes, calls: 55, approvable: true });
    });
    await page.goto("/ui/approvals");
    await page
      .getByRole("link", { name: /^[0-9a-f]{8}$/ })
      .first()
      .click();
    await page.getByRole("textbox", { name: /Reason/ }).fill("CHG-90: reviewed");
    const approve = page.getByRole("button", { name: /^Approve 55 calls/ });

    await page.getByText("! 3 changes with a risk are not shown yet: show them first").waitFor();
    expect(await approve.isDisabled()).toBe(true);
    await page.getByText("! 2 of its 55 calls are not listed here").waitFor();

    await page.getByRole("button", { name: "Show 3 of 3 more" }).click();
    expect(await approve.isEnabled()).toBe(true);
  }));

test.each([
  {
    path: "",
    shown: /No action known yet: 1 of \d+ accounts? not compared/,
    because: "an account that is not compared is no account without an action",
  },
  {
    path: "approvals",
    shown: "No pending approvals in the accounts that were read.",
    because: "an account that is not compared may have a plan that awaits an approval",
  },
  {
    path: "rules",
    shown: "No broken rule was found in what was read.",
    because: "an account that is not compared may break a rule",
  },
])("$because", ({ path, shown }) =>
  inTab(made, async ({ page }) => {
    await changed(page, "**/overview", ({ status }) => {
      Object.assign(status, { actionRequired: [] });
      status.accounts[0].comparing = true;
    });
    for (const list of ["holds", "plans"])
      await changed(page, `**/${list}{,?*}`, (json) => Object.assign(json, { items: [] }));

    await page.goto(`/ui/${path}`);
    await page.getByText(shown).first().waitFor();

    const claims = page.getByText(/No action required|No pending approvals\.|No rule is broken/);
    expect([await claims.count(), await page.locator(".action-line .state.good").count()]).toEqual([0, 0]);
  }),
);

const MARKUP = `<img src=x onerror="document.title='broken'">`;

test("markup in the name of a resource, a policy and a caller is text, also in the graph", () =>
  inTab(made, async ({ page }) => {
    const named = {
      principal: MARKUP,
      place: { kind: "policy", name: MARKUP, arn: null },
      isDeclared: false,
    } as const;
    await changed(page, "**/permissions/*", ({ status }) => {
      const lines = [
        line(MARKUP, MARKUP, named),
        line(`caller ${MARKUP}`, MARKUP, { ...named, caller: "account" }),
      ];
      status.effective = read(lines);
    });

    await page.goto("/ui/functions/orders/orders-api.111122223333.eu-west-1");

    await page.getByText(`policy "${MARKUP}"`).first().waitFor();
    await page.getByRole("img", { name: "1 caller and 1 resource of orders-api" }).waitFor();
    expect(await page.locator("img[src=x]").count()).toBe(0);
    expect(await page.title()).not.toBe("broken");
  }));

test("a map as SVG is a document whose titles are the names, also those that are markup or entities", () =>
  inTab(made, async ({ page }) => {
    const names = [MARKUP, `</title></svg><script>1</script>`, "&lt;b&gt; &#x27; ]]>", `"q" 'a' -->`];
    const map: AccessMap = {
      nodes: names.map((name) => ({ id: name, kind: "resource", label: name, name, key: null, arn: null })),
      edges: [],
      unknown: [],
    };
    // The policy of the page allows no parser.
    await page.goto("about:blank");

    const parsed = await page.evaluate((text) => {
      const { DOMParser } = globalThis as unknown as { readonly DOMParser: new () => XmlParser };
      const elements = [...new DOMParser().parseFromString(text, "image/svg+xml").querySelectorAll("*")];
      const titles = elements.filter(({ tagName }) => tagName === "title");
      return {
        tags: [...new Set(elements.map(({ tagName }) => tagName))].sort(),
        titles: titles.map(({ textContent }) => textContent),
      };
    }, svgText(map));

    expect(parsed).toEqual({ tags: ["g", "path", "rect", "svg", "text", "title"], titles: names });
  }));

interface XmlParser {
  parseFromString(
    text: string,
    type: string,
  ): {
    querySelectorAll(
      selector: string,
    ): Iterable<{ readonly tagName: string; readonly textContent: string | null }>;
  };
}
