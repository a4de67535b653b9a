import { mkdtemp, mkdir, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { cli, TEST_CONFIG, type CliRun } from "../../support/screens/cli.ts";
import { git, writeFiles } from "../../support/git/git-repository.ts";
import { functionText, PLATFORM_FILES } from "../../support/manifests.ts";

const READ = functionText("api", "  grants: [{dynamodb: {table: orders, allow: [read]}}]\n");
const HIDDEN = functionText("hidden", "  grants: [{dynamodb: {table: orders, allow: [read, write]}}]\n");
const API = "teams/orders/api.yaml";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "gk-tree-"));
  await git(root, ["init", "--quiet", "."]);
  await writeFiles(root, { ...PLATFORM_FILES, [API]: READ });
  await commit();
});
afterEach(() => rm(root, { recursive: true }));

async function commit(): Promise<void> {
  await git(root, ["add", "--all"]);
  await git(root, ["commit", "--quiet", "-m", "change"]);
}

/** A new function in a tracked file, and the former files behind a link that a plain folder reader follows. */
async function hideBehindLink(): Promise<void> {
  await mkdir(join(root, "teams/orders/..v"));
  await rename(join(root, API), join(root, "teams/orders/..v/api.yaml"));
  await writeFiles(root, { "teams/orders/hidden.yaml": HIDDEN });
  await symlink("..v", join(root, "teams/orders/..data"));
}

const planned = (...more: readonly string[]): Promise<CliRun> =>
  cli(["plan", root, "--base", "main~1", ...more]);

describe("plan --base of a working tree", () => {
  test("shows a grant that a link hides from a reader of the folder", async () => {
    await hideBehindLink();
    await commit();

    const here = await planned();
    const head = await planned("--head", "HEAD");

    expect(here.out).toContain("orders/hidden");
    expect(here.out).toContain("teams/orders/..data:1:1");
    expect(here.out).toBe(head.out);
  });

  test("shows it before it is committed", async () => {
    await git(root, ["commit", "--quiet", "--allow-empty", "-m", "empty"]);
    await hideBehindLink();

    expect((await planned()).out).toContain("orders/hidden");
  });

  test("shows a file that was renamed behind a link", async () => {
    await git(root, ["commit", "--quiet", "--allow-empty", "-m", "empty"]);
    await mkdir(join(root, "elsewhere"));
    await rename(join(root, API), join(root, "elsewhere/api.yaml"));
    await rm(join(root, "teams/orders"), { recursive: true });
    await symlink("../elsewhere", join(root, "teams/orders"));

    const { code, out } = await planned();

    expect(code).not.toBe(0);
    expect(out).toContain(
      "  broken: the applied revision was not read\n    teams/orders:1:1: a symbolic link is",
    );
    expect(out).toContain("1 is broken");
    expect(out).toContain("warning: elsewhere/api.yaml: the manifest is outside platform/ and teams/");
  });

  test("without changes has the name of its commit, with either kind of line ends in the checkout", async () => {
    await writeFiles(root, { ".gitattributes": "*.yaml text eol=crlf\n" });
    await commit();
    await rm(join(root, API));
    await git(root, ["checkout", "--", API]);

    const { out } = await planned();

    expect(out).toMatch(/main~1@[0-9a-f]{7} → [0-9a-f]{7}$/m);
    expect(out).toContain("0 functions change");
  });

  test("follows the rules of Git even if the controller reads a folder", async () => {
    await hideBehindLink();
    await commit();
    const config = { ...TEST_CONFIG, source: { ...TEST_CONFIG.source, kind: "directory" as const } };

    const argv = ["plan", root, "--base", "main~1", "--config", "x.yaml"];
    const { out } = await cli(argv, { installation: { config } });

    expect(out).toContain("orders/hidden");
  });
});

describe("validate of a working tree", () => {
  test("reads what Git would commit, and names skipped files", async () => {
    await hideBehindLink();
    await writeFiles(root, {
      ".gitignore": "*.local.yaml\n",
      "teams/orders/my.local.yaml": HIDDEN,
      "team/search/query.yaml": READ,
    });

    const { code, out } = await cli(["validate", root]);

    expect(code).not.toBe(0);
    expect(out).toContain("teams/orders/..data:1:1: a symbolic link is not read");
    expect(out).toContain("teams/orders/my.local.yaml:1:1: the file is ignored by Git");
    expect(out).toContain("team/search/query.yaml:1:1: the manifest is outside platform/ and teams/");
  });

  test("names YAML outside the declared paths in one warning, without the settings of tools", async () => {
    const values = (chart: string): string => `charts/${chart}/values.yaml`;
    const files = Object.fromEntries(["a", "b", "c", "d"].map((chart) => [values(chart), "replicas: 1\n"]));
    await writeFiles(root, { ...files, ".github/workflows/ci.yaml": "on: push\n" });

    const { code, out } = await cli(["validate", root]);

    expect(code).toBe(0);
    expect(out).toContain(
      `4 YAML files are outside platform/ and teams/, so that the controller does not read them: ${values("a")}, ${values("b")}, ${values("c")} and 1 more`,
    );
    expect(out).not.toContain("ci.yaml");
  });

  test("warns that the controller will not read a file that Git ignores", async () => {
    await writeFiles(root, { ".gitignore": "*.local.yaml\n", "teams/orders/my.local.yaml": HIDDEN });

    const { out } = await cli(["validate", join(root, "teams/orders/my.local.yaml")]);

    expect(out).toContain("the file is ignored by Git");
  });

  test("follows the link of a ConfigMap where the controller reads the folder itself", async () => {
    const mounted = await mkdtemp(join(tmpdir(), "gk-mounted-"));
    await writeFiles(mounted, { ...PLATFORM_FILES, "teams/orders/..v/api.yaml": READ });
    await symlink("..v", join(mounted, "teams/orders/..data"));
    await symlink("..data/api.yaml", join(mounted, "teams/orders/api.yaml"));

    const { out } = await cli(["validate", mounted]);
    await rm(mounted, { recursive: true });

    expect(out).toContain("3 documents: 0 errors");
  });
});
