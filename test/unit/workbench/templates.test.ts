import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { functionText, PLATFORM_FILES } from "../../support/manifests.ts";
import { cli } from "../../support/screens/cli.ts";
import { API, commitBase, writeManifests } from "../../support/screens/plan-command.ts";
import { templateText } from "../../support/templates.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-templates-"));
});
afterEach(() => rm(root, { recursive: true }));

const TEMPLATE = "platform/t.yaml";
const grants = (...tables: readonly string[]): string =>
  `  parameters: {table: {default: jobs}}\n  grants:\n${tables.map((table) => `    - dynamodb: {table: "${table}", allow: [read]}\n`).join("")}`;
const USERS = {
  [API]: functionText("api", "  templates: [{template: t, version: 1}]\n"),
  "teams/orders/worker.yaml": functionText(
    "worker",
    "  templates: [{template: t, version: 1, parameters: {table: carts}}]\n",
  ),
  "teams/orders/other.yaml": functionText("other"),
};

describe("a GrantTemplate on the screens", () => {
  test("plan shows a changed template in each function that uses it, and nowhere else", async () => {
    const before = { ...USERS, [TEMPLATE]: templateText("t", 1, grants("${param.table}")) };
    const after = {
      ...USERS,
      [TEMPLATE]: templateText("t", 1, grants("${param.table}", "more-${param.table}")),
    };
    await commitBase(root, before);
    await writeManifests(root, after);

    const { out } = await cli(["plan", root, "--base", "main"]);

    expect(out).toContain(
      "platform: GrantTemplate t@1 changes, used by 2 functions: orders/api,\n  orders/worker\n",
    );
    expect(out).not.toContain("orders/other");
    expect(out).toMatch(/\+ dynamodb read {2}table\/more-jobs, indexes {2}line 6\n +from template t@1/);
    expect(out).toMatch(/\+ dynamodb read {2}table\/more-carts, indexes {2}line 6\n +from template t@1/);
  });

  test("another version with the same content is no change", async () => {
    const spec = grants("${param.table}");
    const both = `${templateText("t", 1, spec)}---\n${templateText("t", 2, spec)}`;
    const newer = Object.fromEntries(
      Object.entries(USERS).map(([path, text]) => [path, text.replace("version: 1", "version: 2")]),
    );
    await commitBase(root, { ...USERS, [TEMPLATE]: both });
    await writeManifests(root, { ...newer, [TEMPLATE]: both });

    const { out } = await cli(["plan", root, "--base", "main", "-o", "json"]);

    expect(JSON.parse(out)).toMatchObject({ changes: [], platformChanges: [] });
  });

  test.each([
    {
      template: `# a comment\n${templateText("t", 1, grants("${param.table}"))}`,
      changes: [],
      because: "a comment changes nothing",
    },
    {
      template: `${templateText("t", 1, grants("${param.table}"))}---\n${templateText("u", 1, grants("${param.table}"))}`,
      changes: ["GrantTemplate u@1 is added, used by no function"],
      because: "no function can use what was not there",
    },
    {
      template: templateText("t", 2, grants("${param.table}")),
      changes: [
        "GrantTemplate t@1 is removed, used by 2 functions: orders/api, orders/worker",
        "GrantTemplate t@2 is added, used by no function",
      ],
      because: "its users lose the version that they name",
    },
    {
      template: templateText("t", 1, "  grants: 5\n"),
      changes: [
        "tenancy becomes unknown",
        "GrantTemplate t@1 changes, used by 2 functions: orders/api, orders/worker",
      ],
      because: "a template with an error is another template",
    },
  ])("plan lists the changes of the platform: $because", async ({ template, changes }) => {
    const before = { ...USERS, [TEMPLATE]: templateText("t", 1, grants("${param.table}")) };
    await commitBase(root, before);
    await writeManifests(root, { ...USERS, [TEMPLATE]: template });

    const { out } = await cli(["plan", root, "--base", "main", "-o", "json"]);

    const plan = JSON.parse(out) as { readonly whyNot: readonly object[]; readonly platformChanges: unknown };
    expect(plan.platformChanges).toEqual(changes);
    expect(plan.whyNot).toEqual(
      expect.arrayContaining(changes.map((reason) => ({ code: "platform", reason }))),
    );
  });

  test.each([
    {
      text: USERS[API].replace("spec:", "spec:\n  unknownField: 1"),
      users: "used by 2 functions: orders/api, orders/worker",
      because: "an error elsewhere in the document does not hide a user",
    },
    {
      text: USERS[API].replace("templates:", "templates: 5\n  other:"),
      users: `used by 1 function: orders/worker; not known for ${API}, which cannot be read`,
      because: "what it uses cannot be read",
    },
    {
      text: "kind: [\n",
      users: `used by 1 function: orders/worker; not known for ${API}, which cannot be read`,
      because: "the file cannot be read",
    },
  ])("plan names the users that are known, and what could not be read: $because", async ({ text, users }) => {
    await commitBase(root, { ...USERS, [TEMPLATE]: templateText("t", 1, grants("${param.table}")) });
    const changed = templateText("t", 1, grants("more-${param.table}"));
    await writeManifests(root, { ...USERS, [API]: text, [TEMPLATE]: changed });

    const { out } = await cli(["plan", root, "--base", "main", "-o", "json"]);

    expect((JSON.parse(out) as { readonly platformChanges: unknown }).platformChanges).toEqual([
      `GrantTemplate t@1 changes, ${users}`,
    ]);
  });

  test("render prints what it expands to", async () => {
    const template = templateText("t", 1, grants("${param.table}"));
    await writeManifests(root, { ...PLATFORM_FILES, ...USERS, [TEMPLATE]: template });

    const { out } = await cli(["render", "--dir", root, "orders/worker@prod/eu-west-1"]);

    expect(out).toContain("arn:aws:dynamodb:eu-west-1:222222222222:table/carts");
    expect(out).not.toContain("param.");
  });

  test("validate names the use and the line of the template", async () => {
    const spec =
      '  statements: [{reason: r, statement: {Effect: Allow, Action: "dynamodb:GetItem", Resource: "*"}}]\n';
    await writeManifests(root, {
      ...PLATFORM_FILES,
      [API]: USERS[API],
      [TEMPLATE]: templateText("t", 1, spec),
    });

    const { out } = await cli(["validate", root, "-o", "json"]);

    const { diagnostics } = JSON.parse(out) as { readonly diagnostics: readonly unknown[] };
    expect(diagnostics).toContainEqual(
      expect.objectContaining({
        file: API,
        line: 6,
        code: "RES-001",
        message: expect.stringContaining("(template t@1, platform/t.yaml:6:28)"),
        template: { name: "t@1", file: "platform/t.yaml", line: 6, column: 28 },
      }),
    );
  });
});
