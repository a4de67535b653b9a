import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { functionText, NARROW_PLATFORM_FILES } from "../../../support/manifests.ts";
import { cli } from "../../../support/screens/cli.ts";
import { API, commitBase, grants, writeManifests } from "../../../support/screens/plan-command.ts";

const BOUNDARY = "platform/boundary.yaml";
const WIDE = NARROW_PLATFORM_FILES[BOUNDARY] ?? "";
const NARROW = WIDE.replace('"dynamodb:*Item"', '"dynamodb:GetItem"');
const withGrant = (name: string, grant: string): Readonly<Record<string, string>> => ({
  [`teams/orders/${name}.yaml`]: functionText(name, `  logs: false\n  grants: [${grant}]\n`),
});
const ON_TABLE = "table/orders, which the boundary no longer allows";
const PUT_UPDATE = `dynamodb:PutItem, dynamodb:UpdateItem ${ON_TABLE}`;
const VERSIONS = "published versions with the same role too";
const WRITE = "{dynamodb: {table: orders, allow: [write]}}";
const READ = "{dynamodb: {table: orders, allow: [read]}}";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-boundary-"));
  await commitBase(root, {
    ...NARROW_PLATFORM_FILES,
    ...withGrant("a", WRITE),
    ...withGrant("b", WRITE),
    ...withGrant("c", WRITE),
    ...withGrant("queue", ""),
    [API]: grants(["orders"]),
  });
});
afterEach(() => rm(root, { recursive: true }));

async function planned(
  files: Readonly<Record<string, string>>,
  format: readonly string[] = [],
): Promise<string> {
  await writeManifests(root, files);
  return (await cli(["plan", root, "--base", "HEAD", ...format])).out;
}

describe("a boundary that allows less", () => {
  test("is one block, with what the functions lose and how many lose nothing", async () => {
    const text = await planned({ [BOUNDARY]: NARROW });

    const [block = "", ...others] = text.split("\n\n");
    expect(block.replaceAll(/\n\s+/g, " ")).toBe(
      [
        "platform/platform-default (policy), platform/boundary.yaml",
        "Changed in Git: prod",
        "- dynamodb:*Item  all resources  was line 6",
        `note:  orders/a, orders/b, orders/c lose dynamodb:BatchWriteItem, dynamodb:ConditionCheckItem, ${PUT_UPDATE}; ${VERSIONS}`,
        `note:  orders/api loses dynamodb:BatchGetItem, dynamodb:ConditionCheckItem ${ON_TABLE}; ${VERSIONS}`,
        "note:  1 function with this boundary loses none of its grants: orders/queue",
      ].join(" "),
    );
    expect(others.join("\n")).toMatch(/^Plan: 4 functions change, 1 is unchanged; 1 policy changes/);
  });

  test("is one row of the Markdown, and equal problems are one row with their places", async () => {
    const text = await planned({ [BOUNDARY]: NARROW }, ["-o", "markdown"]);

    const rows = text.split("\n").filter((line) => line.startsWith("| "));
    expect(rows.filter((row) => row.includes("prod"))).toHaveLength(1);
    expect(rows.find((row) => row.includes("orders/a, orders/b, orders/c lose"))).toBeDefined();
    const unused = rows.filter((row) => row.includes("PutItem&#34; takes no effect"));
    expect(unused).toHaveLength(1);
    expect(unused[0]).toMatch(/orders\/a\.yaml.*<br>.*orders\/b\.yaml.*<br>.*orders\/c\.yaml/);
  });

  test("leaves the other changes of a function in its own block", async () => {
    const text = await planned({ [BOUNDARY]: NARROW, ...withGrant("queue", READ), ...withGrant("c", READ) });

    expect(text).toContain("orders/queue, teams/orders/queue.yaml\n");
    expect(text).toContain("orders/c, teams/orders/c.yaml\n");
    expect(text).not.toContain("orders/a, teams/orders/a.yaml\n");
    expect(text).not.toMatch(/dynamodb:\*Item {2}all resources {2}outside the boundary/);
  });
});
