import { mkdtemp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli } from "../../support/screens/cli.ts";
import { ORDERS, teamText } from "../guard/fences/fenced.ts";
import {
  accountText,
  functionText,
  NARROW_PLATFORM_FILES as PLATFORM_FILES,
} from "../../support/manifests.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-cli-"));
});

afterEach(() => rm(root, { recursive: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

const GOOD = functionText("api", "  grants: [{dynamodb: {table: orders, allow: [read]}}]\n");

const BROKEN = functionText("index", "  grants:\n    - dynamo: {table: x, allow: [read]}\n");

const DANGEROUS = functionText(
  "boss",
  '  statements:\n    - reason: x\n      statement: {Effect: Allow, Action: ["iam:PassRole"], Resource: "*"}\n',
);

describe("validate", () => {
  test("finds nothing in the example repository", async () => {
    expect(await cli(["validate", "manifests"])).toEqual({
      code: 0,
      out: "18 documents: 0 errors, 0 warnings\n",
      err: "note:  tenancy is open: there is no Team, so no namespace has a fence\n",
    });
  });

  test.each([
    [
      ["validate", "--dir", "manifests"],
      0,
      "18 documents: 0 errors, 0 warnings\n",
      /^note:  tenancy is open/,
    ],
    [
      ["validate", "manifests", "--dir", "manifests"],
      1,
      "",
      /^error: manifests and --dir manifests both name/,
    ],
    [["plan", "a", "--dir", "b"], 1, "", /^error: a and --dir b both name a folder\nhint: {2}leave one/],
    [
      ["rules", "--dir", "x"],
      1,
      "",
      /no --dir\nhint: {2}list the .* with:\s+grantkeeper validate --dir x\n$/,
    ],
  ])("--dir names the folder of every command that reads one: %j", async (argv, code, out, message) => {
    expect(await cli(argv)).toEqual({ code, out, err: expect.stringMatching(message) });
  });

  test.each([
    ["open without a Team", {}, "open", /^note:  tenancy is open: /],
    ["closed with one", { "platform/team.yaml": teamText("orders", ORDERS) }, "closed", /^$/],
    [
      "closed with one that has an error",
      { "platform/team.yaml": teamText("orders", "accounts: 1") },
      "closed",
      /^$/,
    ],
    [
      "unknown if a file of the platform has errors",
      { "platform/windows.yaml": "kind: [" },
      "unknown",
      /^note:  tenancy is not known while platform\/windows\.yaml has errors: it may declare a Team\n$/,
    ],
  ])("tenancy is %s", async (_, files, tenancy, note) => {
    await write({ ...PLATFORM_FILES, ...files });

    const { out, err } = await cli(["validate", root, "-o", "json"]);

    expect(JSON.parse(out)).toMatchObject({ tenancy });
    expect(err).toMatch(note);
  });

  test("names every problem with file, line and column, and how to fix it", async () => {
    await write({ ...PLATFORM_FILES, "teams/orders/api.yaml": GOOD, "teams/search/index.yaml": BROKEN });

    const { code, out } = await cli(["validate", root]);

    expect(code).toBe(3);
    expect(out.split("\n")[0]).toBe(`error: ${root}/teams/search/index.yaml:7:7: unknown grant "dynamo"`);
    expect(out).toContain('\nhint:  did you mean "dynamodb"? Valid values: ');
    expect(out.endsWith("\n4 documents: 1 error, 0 warnings\n")).toBe(true);
  });

  describe("one mistake is one finding, in however many accounts it is found", () => {
    const both = (name: string, spec: string): string =>
      functionText(name, spec).replace("accounts: [prod]", "accounts: [prod, staging, sandbox]");
    const accounts = {
      ...PLATFORM_FILES,
      "platform/staging.yaml": accountText("staging", "333333333333"),
      "platform/sandbox.yaml": accountText("sandbox", "444444444444"),
    };
    const validated = async (files: Readonly<Record<string, string>>) => {
      await write({ ...accounts, ...files });
      return (await cli(["validate", root])).out.replaceAll(`${root}/`, "");
    };

    test("an undefined variable", async () => {
      const spec = '  grants: [{dynamodb: {table: "${account.vars.typo}", allow: [read]}}]\n';

      const out = await validated({ "teams/orders/api.yaml": both("api", spec) });

      expect(out).toContain(
        "error: teams/orders/api.yaml:6:31: unknown variable ${account.vars.typo} in account prod (also in account sandbox, account staging)\n",
      );
      expect(out).toMatch(/\n5 documents: 1 error, 0 warnings\n$/);
    });

    test("a region that no account has, reported at the region", async () => {
      const text = both("api", "").replace("eu-west-1", "eu-west-9");

      const out = await validated({ "teams/orders/api.yaml": text });

      expect(out).toMatch(
        /^error: teams\/orders\/api.yaml:5:60: eu-west-9 is not a region of account prod.* \(also in /,
      );
      expect(out).toMatch(/\n5 documents: 1 error, 0 warnings\n$/);
    });

    test("a function that two documents claim, once for each document", async () => {
      const claims = both("jobs", "  function: api\n");

      const out = await validated({
        "teams/orders/api.yaml": both("api", ""),
        "teams/search/jobs.yaml": claims,
      });

      expect(out).toContain("(also in sandbox/eu-west-1, staging/eu-west-1)\n");
      expect(out).toMatch(/\n6 documents: 2 errors, 0 warnings\n$/);
    });

    test("a rule whose hint names the account", async () => {
      const all = '{Effect: Allow, Action: ["iam:PassRole"], Resource: "*"}';
      const spec = `  statements:\n    - reason: x\n      statement: ${all}\n`;

      const out = await validated({ "teams/orders/api.yaml": both("api", spec) });

      expect(out.match(/PASS-001/g)).toHaveLength(1);
    });

    test.each([
      ["a boundary that it does not have", "  role: {boundary: wide}\n", "boundary of account prod"],
      [
        "a resource of another partition",
        '  statements: [{reason: x, statement: {Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws-cn:s3:::x/*"}}]\n',
        "account prod is in aws",
      ],
    ])("a problem with the account's name in its message: %s", async (_, spec, message) => {
      const out = await validated({ "teams/orders/api.yaml": both("api", spec) });

      expect(out.split(message)).toHaveLength(2);
      expect(out).toContain("(also in account sandbox, account staging)");
    });

    test("two mistakes in one value stay two findings", async () => {
      const spec = '  grants: [{dynamodb: {table: "${account.vars.a}${account.vars.b}", allow: [read]}}]\n';

      const out = await validated({ "teams/orders/api.yaml": both("api", spec) });

      expect(out).toMatch(/\n5 documents: 2 errors, 0 warnings\n$/);
    });
  });

  test.each([
    { text: "", what: "empty" },
    { text: "# orders-api was here\n---\n", what: "only a comment" },
  ])(
    "warns of a file without a document ($what): everything that it declared is removed",
    async ({ text }) => {
      await write({ ...PLATFORM_FILES, "teams/orders/api.yaml": text });

      const { code, out } = await cli(["validate", root]);

      expect(code).toBe(0);
      expect(out.replaceAll(`${root}/`, "")).toBe(
        "warning: teams/orders/api.yaml:1:1: the file has no document: nothing in it is declared\nhint:  restore its documents, or delete the file if they are to be removed\n2 documents: 0 errors, 1 warning\n",
      );
    },
  );

  test("ignores documentation next to the manifests", async () => {
    await write({ ...PLATFORM_FILES, "teams/orders/README.md": "# Orders\n", "teams/orders/notes.txt": "" });

    const { out } = await cli(["validate", root]);

    expect(out).toBe("2 documents: 0 errors, 0 warnings\n");
  });

  test("runs the guard's rules that need no live state", async () => {
    await write({ ...PLATFORM_FILES, "teams/orders/boss.yaml": DANGEROUS });

    const { code, out } = await cli(["validate", root]);

    expect(code).toBe(3);
    expect(out).toContain(`error: ${root}/teams/orders/boss.yaml:8:7: PASS-001: iam:PassRole on *`);
  });

  test("shows one line for a mistake that breaks many rules, and all of them in JSON", async () => {
    const all = functionText(
      "boss",
      '  statements:\n    - reason: x\n      statement: {Effect: Allow, Action: "*", Resource: "*"}\n',
    );
    await write({ ...PLATFORM_FILES, "teams/orders/boss.yaml": all });

    const { out } = await cli(["validate", root]);
    const json = JSON.parse((await cli(["validate", root, "-o", "json"])).out) as {
      readonly diagnostics: readonly {
        readonly code: string;
        readonly lead: boolean;
        readonly message: string;
      }[];
    };

    expect(out.replaceAll(/\s+/g, " ")).toMatch(
      /boss.yaml:8:7: ACT-001: Action "\*" allows every service \(and \d{2} more findings at this line\) hint: list the actions that the code calls 3 documents: 1 error, 0 warnings/,
    );
    expect(json.diagnostics.length).toBeGreaterThan(50);
    expect(json.diagnostics.filter(({ lead }) => lead).map(({ code }) => code)).toEqual(["ACT-001"]);
  });

  test("of one file shows that file's problems alone, found with all other files in view", async () => {
    await write({ ...PLATFORM_FILES, "teams/orders/api.yaml": GOOD, "teams/search/index.yaml": BROKEN });

    expect(await cli(["validate", join(root, "teams/orders/api.yaml")])).toMatchObject({
      code: 0,
      out: "1 document: 0 errors, 0 warnings\n",
    });
    expect(await cli(["validate", join(root, "teams/search/index.yaml")])).toMatchObject({ code: 3 });
  });

  test("with -o json is one object per problem", async () => {
    await write({ ...PLATFORM_FILES, "teams/search/index.yaml": BROKEN });

    const { code, out } = await cli(["validate", root, "-o", "json"]);

    expect(code).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      documents: 3,
      errors: 1,
      warnings: 0,
      diagnostics: [{ severity: "error", file: "teams/search/index.yaml", line: 7, column: 7 }],
    });
  });

  test("names a symbolic link instead of following it", async () => {
    await write({ ...PLATFORM_FILES, "teams/orders/api.yaml": GOOD });
    await symlink("/etc/hostname", join(root, "teams/orders/link.yaml"));

    const { code, out } = await cli(["validate", root]);

    expect(code).toBe(3);
    expect(out).toContain("teams/orders/link.yaml:1:1: a symbolic link is not read");
  });

  test.each([
    { path: "nowhere", message: /^error: .*nowhere does not exist\n/ },
    {
      path: ".",
      message:
        /^error: .* has neither platform\/ nor teams\/\nhint: {2}name the folder that holds them with --dir/,
    },
    { path: "note.yaml", message: /^error: no folder above .*note.yaml holds platform\/ or teams\/\n/ },
  ])("of $path names the problem", async ({ path, message }) => {
    await write({ "note.yaml": GOOD });

    const { code, err } = await cli(["validate", join(root, path)]);

    expect(code).toBe(1);
    expect(err).toMatch(message);
  });

  test("of a file outside of the declared paths is refused", async () => {
    await write({ ...PLATFORM_FILES, "other/api.yaml": GOOD });

    expect(await cli(["validate", join(root, "other/api.yaml")])).toMatchObject({
      code: 1,
      err: expect.stringContaining("is outside platform/ and teams/"),
    });
  });
});
