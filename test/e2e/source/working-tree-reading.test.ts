import { readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { git, writeFiles } from "../../support/git/git-repository.ts";
import { Bench } from "../../support/git/git-source.ts";
import { commit, makeWorkingTree, read } from "../../support/git/git-working-tree.ts";

let bench: Bench;
let work: string;

beforeEach(async () => {
  bench = await Bench.open();
  work = await makeWorkingTree(bench);
});

afterEach(() => bench.end());

describe("reading a working tree", () => {
  async function gitFolder(): Promise<readonly string[]> {
    const entries = await readdir(join(work, ".git"), { recursive: true });
    const index = await readFile(join(work, ".git/index"), "latin1");
    return [...entries.sort(), index];
  }

  test.each([
    { because: "as it is by default", settings: {} },
    { because: "with a split index", settings: { "core.splitIndex": "true" } },
    { because: "with a cache of untracked files", settings: { "core.untrackedCache": "true" } },
  ])("changes nothing in the repository, $because", async ({ settings }) => {
    for (const [name, value] of Object.entries(settings)) await git(work, ["config", name, value]);
    await writeFiles(work, { "teams/orders/c.yaml": "first\n" });
    await commit(work);
    await writeFiles(work, { "teams/orders/a.yaml": "changed\n", "teams/orders/b.yaml": "new\n" });
    const before = await gitFolder();

    await read(work);

    expect(await gitFolder()).toEqual(before);
  });

  test("runs no program of the repository's configuration", async () => {
    const mark = join(bench.root, "mark");
    for (const [name, value] of [
      ["filter.x.clean", `touch ${mark}; cat`],
      ["filter.x.process", `touch ${mark}`],
      ["filter.x.required", "true"],
      ["core.fsmonitor", `touch ${mark}`],
      ["core.hooksPath", bench.root],
    ] as const)
      await git(work, ["config", name, value]);
    await writeFiles(work, { ".gitattributes": "*.yaml filter=x\n", "teams/orders/a.yaml": "changed\n" });

    const { snapshot } = await read(work);

    expect(existsSync(mark)).toBe(false);
    expect(snapshot.refused).toEqual([{ path: "teams/orders/a.yaml", reason: "filtered" }]);
    expect(snapshot.files.map(({ path }) => path)).toEqual(["platform/p.yaml"]);
  });

  test("refuses what a filter cannot change for its own reason, once, by a name that is safe to print", async () => {
    await writeFiles(work, { ".gitattributes": "* filter=x\n", "teams/orders/b\nc.yaml": "1" });
    await symlink("a.yaml", join(work, "teams/orders/link.yaml"));

    expect((await read(work)).snapshot.refused).toEqual([
      { path: "teams/orders/b\\x0ac.yaml", reason: "unsafe-name" },
      { path: "teams/orders/link.yaml", reason: "symlink" },
    ]);
  });

  test("counts no file that Git ignores against the limit, and names the manifests among them", async () => {
    const vendored = Array.from({ length: 20 }, (_, at) => [`teams/orders/vendored/${at}.js`, "x"] as const);
    await writeFiles(work, {
      ".gitignore": "vendored/\n",
      "teams/orders/vendored/m.yaml": "x",
      ...Object.fromEntries(vendored),
    });

    const { snapshot, skipped } = await read(work, { files: 5 });

    expect(snapshot.files.map(({ path }) => path)).toEqual(["platform/p.yaml", "teams/orders/a.yaml"]);
    expect(skipped).toEqual([{ path: "teams/orders/vendored/m.yaml", reason: "ignored" }]);
  });

  test("names manifests that Git ignores and manifests outside the declared paths, and no other YAML", async () => {
    await writeFiles(work, {
      ".gitignore": "local*\n",
      "teams/orders/local.yaml": "x",
      ".github/workflows/ci.yaml": "on: push\n",
      "team/orders/b.yaml": "apiVersion: grantkeeper.dev/v1alpha1\r\nkind: FunctionPermission\n",
      "c.yml": "kind: Waiver\n",
      "d.txt": "kind: Waiver\n",
    });

    expect((await read(work)).skipped).toEqual([
      { path: "c.yml", reason: "outside" },
      { path: "team/orders/b.yaml", reason: "outside" },
      { path: "teams/orders/local.yaml", reason: "ignored" },
    ]);
  });

  test("of a folder that the repository around it ignores is reading a folder", async () => {
    await writeFiles(work, { ".gitignore": "mounted/\n", "mounted/teams/orders/..v/a.yaml": "1" });
    await symlink("..v", join(work, "mounted/teams/orders/..data"));

    const { snapshot, skipped } = await read(join(work, "mounted"));

    expect(snapshot.files.map(({ path }) => path)).toEqual(["teams/orders/a.yaml"]);
    expect(skipped).toEqual([]);
  });

  test("follows no link even if Git does not open the repository, and reports that", async () => {
    await rm(join(work, ".git"), { recursive: true });
    await writeFile(join(work, ".git"), "gitdir: /nonexistent\n");
    await writeFiles(work, { "teams/orders/..v/b.yaml": "1", "teams/vendor/.git": "x" });
    await symlink("..v", join(work, "teams/orders/..data"));

    const { snapshot, skipped } = await read(work);

    expect(snapshot.files.map(({ path }) => path)).toEqual([
      "platform/p.yaml",
      "teams/orders/..v/b.yaml",
      "teams/orders/a.yaml",
    ]);
    expect(snapshot.refused).toEqual([
      { path: "teams/orders/..data", reason: "symlink" },
      { path: "teams/vendor", reason: "submodule" },
    ]);
    expect(skipped).toEqual([{ path: ".", reason: "not-asked" }]);
  });
});
