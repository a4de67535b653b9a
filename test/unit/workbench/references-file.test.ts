import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { git } from "../../support/git/git-repository.ts";
import { functionText, PLATFORM_FILES } from "../../support/manifests.ts";
import { cli } from "../../support/screens/cli.ts";
import { API, commitBase, grants, writeManifests } from "../../support/screens/plan-command.ts";
import { templateText } from "../../support/templates.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-references-"));
  await commitBase(root);
  await writeManifests(root, { [API]: grants(['"${stack.orders.TableName}"']) });
});
afterEach(() => rm(root, { recursive: true }));

async function saved(value: unknown): Promise<string> {
  const file = join(root, "references.json");
  await writeFile(file, typeof value === "string" ? value : JSON.stringify(value));
  return file;
}

const COMMANDS = {
  validate: () => ["validate", root],
  render: () => ["render", "--dir", root],
  plan: () => ["plan", root, "--base", "HEAD"],
} as const;
const NAMES = ["validate", "render", "plan"] as const;

async function run(name: keyof typeof COMMANDS, value?: unknown) {
  return cli([...COMMANDS[name](), ...(value === undefined ? [] : ["--references", await saved(value)])]);
}

const ACCOUNTS = PLATFORM_FILES["platform/accounts.yaml"] ?? "";
const tables = (name: string): string => `  grants:\n    - dynamodb: {table: ${name}, allow: [read]}\n`;
const ORDERS_7 = { "stack.orders.TableName": "orders-7F3A" };

describe("--references", () => {
  test("gives validate the values, so that it judges the function", async () => {
    const without = await run("validate");
    const found = await run("validate", { "prod/eu-west-1": ORDERS_7 });

    expect(without.out).toContain("${stack.orders.TableName} is a value in AWS, which was not read");
    expect(found.code).toBe(0);
    expect(found.out).not.toContain("stack.orders.TableName");
  });

  test("is what plan --base needs for a new reference, whose function is neither broken nor compared", async () => {
    const { code, out } = await run("plan");

    expect(code).toBe(3);
    expect(out).not.toContain("broken");
    expect(out).toContain("Plan: 0 functions change");
    expect(out.replaceAll(/\s+/g, " ")).toContain(
      "not compared: orders/api@prod/eu-west-1 names ${stack.orders.TableName} hint: write the values in a file, and name it with --references",
    );
  });

  test("is not needed by plan --base for a file that does not change", async () => {
    await git(root, ["commit", "--quiet", "-am", "a reference"]);
    await writeManifests(root, { "teams/orders/web.yaml": functionText("web", "") });
    const { code, out } = await run("plan");

    expect(code).toBe(0);
    expect(out).toContain("not compared: 1 function with values in AWS, in files that do not change");
    expect(out).toContain("orders/web");
  });

  test.each([
    {
      file: "platform/accounts.yaml",
      before: ACCOUNTS,
      after: ACCOUNTS.replace("ordersTable: orders-prod", "ordersTable: orders-2"),
    },
    {
      file: "platform/t.yaml",
      before: templateText("t", 1, tables("jobs")),
      after: templateText("t", 1, tables("secrets")),
    },
  ])("is needed by plan --base if $file changes, with which the function is compiled", async (row) => {
    await writeManifests(root, { [row.file]: row.before });
    await git(root, ["add", "."]);
    await git(root, ["commit", "--quiet", "-am", "a reference"]);
    await writeManifests(root, { [row.file]: row.after });

    const { code, out } = await run("plan");

    expect(code).toBe(3);
    expect(out.replaceAll(/\s+/g, " ")).toContain(
      "not compared: 1 function with values in AWS, in files that do not change, but the platform's documents change",
    );
  });

  test("does not hide another error of the function", async () => {
    await writeManifests(root, {
      [API]: grants(['"${stack.orders.TableName}"'], "    - sqs: {queue: q, allow: [snd]}\n"),
    });
    const { code, out } = await run("plan");

    expect(code).toBe(3);
    expect(out).toContain("1 is broken");
  });

  test.each(["prod/eu-west-1", "222222222222/eu-west-1"])(
    "gives render and plan the values of %s",
    async (place) => {
      const rendered = await run("render", { [place]: ORDERS_7 });
      const planned = await run("plan", { [place]: ORDERS_7 });

      expect(rendered.out).toContain("table/orders-7F3A");
      expect(planned.out).toContain("table/orders-7F3A");
    },
  );

  test.each([
    ["another account", { "333333333333/eu-west-1": ORDERS_7 }],
    ["another region", { "prod/us-east-1": ORDERS_7 }],
    ["another reference", { "prod/eu-west-1": { "stack.orders.Name": "orders-7F3A" } }],
    ["nothing", {}],
  ])("never takes a value of %s", async (_, value) => {
    const { code, out } = await run("validate", value);
    const rendered = await run("render", value);

    expect(code).toBe(3);
    expect(out).toContain(
      "${stack.orders.TableName} is not resolved in account prod, eu-west-1: the file of --references does not have it",
    );
    expect(rendered.out).not.toContain("orders-7F3A");
  });

  test("refuses a value that names more than one thing", async () => {
    const { code, out } = await run("validate", { "prod/eu-west-1": { "stack.orders.TableName": "*" } });

    expect(code).toBe(3);
    expect(out).toContain("can't be used in a policy");
  });

  test.each([
    ["not JSON", "{", "of this version"],
    ["a list", [], "of this version"],
    ["null", null, "of this version"],
    ["a place without a region", { prod: {} }, '"prod" is not as expected'],
    ["a place with a list", { "prod/eu-west-1": [] }, '"prod/eu-west-1" is not as expected'],
    [
      "a text that is no reference",
      { "prod/eu-west-1": { orders: "x" } },
      '"prod/eu-west-1"."orders" is not',
    ],
    ["a number", { "prod/eu-west-1": { "ssm./a": 7 } }, '"prod/eu-west-1"."ssm./a" is not as expected'],
  ])("stops every command at a file with %s, and shows the form", async (_, value, message) => {
    for (const name of NAMES) {
      const { code, out, err } = await run(name, value);

      expect([code, out]).toEqual([1, ""]);
      expect(err).toContain(message);
      expect(err).toContain('{"prod/eu-west-1": {"stack.orders.TableName": "orders-7F3A"}}');
    }
  });
});
