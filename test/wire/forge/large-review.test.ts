import { afterEach, expect, test } from "@jest/globals";
import { AskedController } from "../../support/screens/asked-controller.ts";
import { LOCAL_TOKEN } from "../../support/screens/http-server.ts";
import { ReviewedChange } from "../../support/forge/reviewed-change.ts";
import { API, grants } from "../../support/screens/plan-command.ts";
import { LONGEST_COMMENT } from "../../support/forge/forms.ts";
import { functionText } from "../../support/manifests.ts";

interface Printed {
  readonly problems: readonly { readonly state: string }[];
  readonly corrections: readonly unknown[];
}

let change: ReviewedChange;
afterEach(() => change.end());

const wrong = (count: number, comment: string): string =>
  Array.from({ length: count }, (_, at) => `    - sqs: {queue: q${at}, allow: [sendd]}${comment}\n`).join("");

/** 950 lines with a misspelt verb: a review has each of them before and after its correction. */
const FILES = {
  [API]: grants(["orders"], wrong(50, "")),
  ...Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => {
      const spec = `  function: orders-f${at}\n  grants:\n${wrong(30, ` # ${"x".repeat(5_500)}`)}`;
      return [`teams/orders/f${at}.yaml`, functionText(`f${at}`, spec)];
    }),
  ),
};

/** Of the sentence that ends a part of the comment. */
function leftOut(body: string, what: string): number {
  return Number(new RegExp(`^(\\d+) more ${what}: run`, "m").exec(body)?.[1]);
}

test.each(["github", "gitlab"] as const)(
  "%s gets one comment within its limit for 10 MB of findings, which counts what it leaves out",
  async (name) => {
    change = await ReviewedChange.on(name, FILES);

    const { code, out } = await change.post("-o", "json");

    const { problems, corrections } = JSON.parse(out) as Printed;
    const [comment, ...others] = change.own();
    const body = comment?.body ?? "";
    const rows = body.split("\n").filter((line) => line.startsWith("| error |")).length;
    const blocks = body.split("\n").filter((line) => line.endsWith("diff")).length;
    expect(code).toBe(3);
    expect(out.length).toBeGreaterThan(10_000_000);
    expect(others).toEqual([]);
    expect(body.length).toBeLessThan(65_536);
    expect(rows + leftOut(body, "rows")).toBe(problems.filter(({ state }) => state === "new").length);
    expect(blocks + leftOut(body, "corrected lines")).toBe(corrections.length);
    expect(change.forge.comments.filter(({ at }) => at !== null)).toHaveLength(20);
    expect(change.forge.statuses.map(({ state }) => state)).toEqual([expect.stringMatching(/^fail/)]);
  },
  60_000,
);

const TABLES = Array.from({ length: 8 }, (_, at) => `    - dynamodb: {table: table-${at}, allow: [read]}\n`);
const DELETING = "    - dynamodb: {table: last, allow: [delete]}\n";
/** The last one by name also deletes. */
const CHANGED = Object.fromEntries(
  Array.from({ length: 500 }, (_, at) => [
    `teams/orders/f${at}.yaml`,
    functionText(
      `f${at}`,
      `  function: orders-f${at}\n  grants:\n${TABLES.join("")}${at === 99 ? DELETING : ""}`,
    ),
  ]),
);

test.each([
  { forge: "github", asks: "a controller" },
  { forge: "gitlab", asks: "no controller" },
  { forge: "gitea", asks: "a controller" },
  { forge: "forgejo", asks: "no controller" },
] as const)(
  "$forge takes the comment of 500 changed functions that asks $asks, which counts what it leaves out",
  async ({ forge, asks }) => {
    change = await ReviewedChange.on(forge, CHANGED);
    change.controllerToken = LOCAL_TOKEN;
    const asked = asks === "a controller" ? await AskedController.start() : null;

    const { code, err } = await change.post(...(asked === null ? [] : ["--server", asked.server.url]));
    await asked?.stop();

    const [comment, ...others] = change.own();
    const body = comment?.body ?? "";
    const [table, live = ""] = body.split("#### In AWS after the merge");
    const rows = table?.split("\n").filter((line) => line.startsWith("| <code>orders/f")) ?? [];
    const calls = live.split("\n").filter((line) => /^- <code>orders\/f\d+&#64;/.test(line)).length;
    expect({ code, err }).toEqual({ code: 0, err: expect.stringContaining("posted: comment added") });
    expect(others).toEqual([]);
    expect(body.length).toBeLessThan(LONGEST_COMMENT[forge] ?? 65_536);
    expect(body.length).toBeGreaterThan(55_000);
    expect(body).toContain("### Grantkeeper review: 500 functions change");
    expect(rows[0]).toMatch(/^\| <code>orders\/f99<\/code> \| .*delete/);
    expect(rows.length + leftOut(table ?? "", "rows")).toBe(500);
    expect(calls + (asked === null ? 500 : leftOut(live, "lines"))).toBe(500);
  },
  60_000,
);
