import { chmod, mkdir, readdir, readFile, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Snapshot } from "../../src/model/snapshot.ts";
import type { SourcePaths } from "../../src/source/rules/entry-rules.ts";
import { readFolder } from "../../src/source/folder.ts";
import type { FolderReading } from "../../src/source/working-tree/working-tree.ts";
import { readLocalRevision } from "../../src/source/local-repository.ts";
import { git, writeFiles } from "../support/git/git-repository.ts";
import { Bench, LIMITS, PATHS, SILENT } from "../support/git/git-source.ts";

const EVERYTHING = { platformPath: ".", tenantPath: "." };
const { signal } = new AbortController();

let bench: Bench;
let work: string;

beforeEach(async () => {
  bench = await Bench.open();
  work = join(bench.root, "work");
  await git(bench.root, ["init", "--quiet", work]);
  await writeFiles(work, { "teams/orders/a.yaml": "1\n", "platform/p.yaml": "2\n" });
  await commit();
});
afterEach(() => bench.end());

function read(
  root = work,
  limits: Partial<typeof LIMITS> = {},
  paths: SourcePaths = PATHS,
): Promise<FolderReading> {
  return readFolder(
    {
      name: "directory",
      root,
      paths,
      limits: { ...LIMITS, ...limits },
      rules: "git",
      timeoutMs: 20_000,
      debounceMs: 0,
      telemetry: SILENT,
    },
    signal,
  );
}

async function commit(): Promise<void> {
  await git(work, ["add", "--all"]);
  await git(work, ["commit", "--quiet", "--allow-empty", "-m", "change"]);
}

function committed(root = work, paths: SourcePaths = PATHS): Promise<Snapshot> {
  return readLocalRevision({ root, paths, limits: LIMITS, timeoutMs: 20_000 }, "HEAD", signal);
}

function contentOf({ files, refused }: Snapshot): object {
  const texts = files.map(({ path, oid, bytes }) => [path, oid, Buffer.from(bytes).toString("latin1")]);
  return { texts, refused };
}

describe("a working tree is read as it will be once it is committed", () => {
  test.each([
    { because: "nothing changed", change: async () => undefined },
    { because: "a file changed", change: () => writeFile(join(work, "teams/orders/a.yaml"), "3\n") },
    { because: "a file is new", change: () => writeFiles(work, { "teams/search/b.yaml": "4\n" }) },
    { because: "a file is gone", change: () => rm(join(work, "teams/orders/a.yaml")) },
    { because: "a path is gone", change: () => rm(join(work, "platform"), { recursive: true }) },
    {
      because: "a file is a link",
      change: () => symlink("a.yaml", join(work, "teams/orders/b.yaml")),
    },
    {
      because: "a folder became a link to its content",
      change: async () => {
        await rename(join(work, "teams/orders"), join(work, "elsewhere"));
        await symlink("../elsewhere", join(work, "teams/orders"));
      },
    },
    {
      because: "a tenant path became a link",
      change: async () => {
        await rename(join(work, "teams"), join(work, "elsewhere"));
        await symlink("elsewhere", join(work, "teams"));
      },
    },
    {
      because: "a ConfigMap's layout is only links and folders in Git",
      change: async () => {
        await mkdir(join(work, "teams/orders/..v"));
        await rename(join(work, "teams/orders/a.yaml"), join(work, "teams/orders/..v/a.yaml"));
        await symlink("..v", join(work, "teams/orders/..data"));
        await symlink("..data/a.yaml", join(work, "teams/orders/a.yaml"));
      },
    },
    {
      because: "a repository inside it becomes a submodule",
      change: async () => {
        await git(work, ["init", "--quiet", "teams/vendor"]);
        await writeFiles(work, { "teams/vendor/x.yaml": "x" });
        await git(join(work, "teams/vendor"), ["add", "."]);
        await git(join(work, "teams/vendor"), ["commit", "--quiet", "-m", "x"]);
      },
    },
    {
      because: "files are ignored",
      change: () => writeFiles(work, { ".gitignore": "local*\n", "teams/orders/local.yaml": "x" }),
    },
    {
      because: "Git turns line ends",
      change: () =>
        writeFiles(work, { ".gitattributes": "*.yaml text eol=crlf\n", "teams/orders/w.yaml": "a\r\nb\r\n" }),
    },
    {
      because: "Git stores another encoding",
      change: async () => {
        await writeFiles(work, { ".gitattributes": "*.yaml working-tree-encoding=UTF-16\n" });
        const text = Buffer.from("\ufeffa: 1\n", "utf16le");
        await writeFile(join(work, "teams/orders/w.yaml"), text);
        await writeFile(join(work, "teams/orders/a.yaml"), text);
        await writeFile(join(work, "platform/p.yaml"), text);
      },
    },
    {
      because: "a name is unsafe",
      change: () => writeFiles(work, { "teams/orders/a\nb.yaml": "x", "teams/orders/a\u202eb.yaml": "x" }),
    },
    {
      because: "a file is a pointer of Git LFS",
      change: () =>
        writeFiles(work, {
          "teams/orders/l.yaml": `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 1\n`,
        }),
    },
    {
      because: "a file is too large",
      change: () => writeFiles(work, { "teams/orders/l.yaml": "x".repeat(LIMITS.fileBytes + 1) }),
    },
    { because: "a file may be executed", change: () => chmod(join(work, "teams/orders/a.yaml"), 0o755) },
    {
      because: "an index is not there",
      change: () => rm(join(work, ".git/index")),
    },
    {
      because: "only a part is checked out",
      change: async () => {
        await git(work, ["sparse-checkout", "set", "--no-cone", "/teams/"]);
      },
    },
  ])("$because", async ({ change }) => {
    await change();

    const before = await read();
    await commit();

    expect(contentOf(before.snapshot)).toEqual(contentOf(await committed()));
    expect(before.snapshot.uncommitted).toBe(true);
  });

  test("below the top of the repository too", async () => {
    await writeFiles(work, { "permissions/teams/x/b.yaml": "5\n" });
    await symlink("b.yaml", join(work, "permissions/teams/x/link.yaml"));

    const { snapshot } = await read(join(work, "permissions"));
    await commit();

    expect(contentOf(snapshot)).toEqual(contentOf(await committed(join(work, "permissions"))));
    expect(snapshot.refused).toEqual([{ path: "teams/x/link.yaml", reason: "symlink" }]);
  });

  test("with a declared path that is the whole folder too", async () => {
    await writeFiles(work, { "permissions/teams/x/b.yaml": "5\n", "permissions/c.yaml": "6\n" });
    const root = join(work, "permissions");

    const { snapshot } = await read(root, {}, EVERYTHING);
    await commit();

    expect(contentOf(snapshot)).toEqual(contentOf(await committed(root, EVERYTHING)));
    expect(snapshot.files.map(({ path }) => path)).toEqual(["c.yaml", "teams/x/b.yaml"]);
  });

  test("an edit of the same size, in the same second as the last git add, is read", async () => {
    const file = join(work, "teams/orders/a.yaml");
    const then = new Date("2026-09-30T10:00:00Z");
    await git(work, ["config", "core.trustctime", "false"]);
    await utimes(file, then, then);
    await git(work, ["add", "--all"]);
    await utimes(join(work, ".git/index"), then, then);
    await writeFile(file, "9\n");
    await utimes(file, then, then);

    const { snapshot } = await read();

    const [read9] = snapshot.files.filter(({ path }) => path === "teams/orders/a.yaml");
    expect(Buffer.from(read9?.bytes ?? []).toString()).toBe("9\n");
  });

  test("a submodule that is not fetched is refused", async () => {
    const head = (await git(work, ["rev-parse", "HEAD"])).trim();
    await git(work, ["update-index", "--add", "--cacheinfo", `160000,${head},teams/vendor`]);
    await mkdir(join(work, "teams/vendor"));

    expect((await read()).snapshot.refused).toEqual([{ path: "teams/vendor", reason: "submodule" }]);
  });

  test("a conflict is read as it is in the folder", async () => {
    await git(work, ["checkout", "--quiet", "-b", "other"]);
    await writeFiles(work, { "teams/orders/a.yaml": "theirs\n" });
    await commit();
    await git(work, ["checkout", "--quiet", "main"]);
    await writeFiles(work, { "teams/orders/a.yaml": "ours\n" });
    await commit();
    await git(work, ["merge", "other"]).catch(() => undefined);

    const { files } = (await read()).snapshot;

    expect(Buffer.from(files[1]?.bytes ?? []).toString()).toMatch(/^<<<<<<< /);
  });

  test("too much in the platform path is an error and no snapshot", async () => {
    await writeFiles(work, { "platform/b.yaml": "x", "platform/c.yaml": "x" });

    await expect(read(work, { files: 2 })).rejects.toMatchObject({ code: "too-many-files" });
    await expect(read(work, { snapshotBytes: 3 })).rejects.toMatchObject({ code: "too-large" });
  });

  test.each([
    { limits: { teamFiles: 3 }, reason: "team-files", because: "it has too many files" },
    { limits: { teamBytes: 4 }, reason: "team-bytes", because: "its files are too large together" },
    { limits: { files: 5, teamFiles: 5 }, reason: "no-space", because: "the others take the space" },
  ])("of a team that is refused the others are read: $because", async ({ limits, reason }) => {
    await writeFiles(work, { "teams/bad/a.yaml": "1\n", "teams/bad/sub/b.yaml": "1\n" });
    await commit();
    await writeFiles(work, { "teams/bad/c.yaml": "1\n", "teams/bad/d.yaml": "1\n" });

    const before = (await read(work, limits)).snapshot;
    await commit();
    const after = await readLocalRevision(
      { root: work, paths: PATHS, limits: { ...LIMITS, ...limits }, timeoutMs: 20_000 },
      "HEAD",
      signal,
    );

    expect(before.refused).toEqual([{ path: "teams/bad", reason }]);
    expect(before.files.map(({ path }) => path)).toEqual(["platform/p.yaml", "teams/orders/a.yaml"]);
    expect(contentOf(after)).toEqual(contentOf(before));
  });

  test("a team that removes what was too much is read", async () => {
    const many = Array.from({ length: 9 }, (_, at) => [`teams/orders/${at}.yaml`, "1\n"] as const);
    await writeFiles(work, Object.fromEntries(many));
    await commit();
    for (const [path] of many) await rm(join(work, path));

    const { snapshot } = await read(work, { teamFiles: 1 });

    expect(snapshot.files.map(({ path }) => path)).toEqual(["platform/p.yaml", "teams/orders/a.yaml"]);
  });
});

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
    await commit();
    await writeFiles(work, { "teams/orders/a.yaml": "changed\n", "teams/orders/b.yaml": "new\n" });
    const before = await gitFolder();

    await read();

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

    const { snapshot } = await read();

    expect(existsSync(mark)).toBe(false);
    expect(snapshot.refused).toEqual([{ path: "teams/orders/a.yaml", reason: "filtered" }]);
    expect(snapshot.files.map(({ path }) => path)).toEqual(["platform/p.yaml"]);
  });

  test("refuses what a filter cannot change for its own reason, once, by a name that is safe to print", async () => {
    await writeFiles(work, { ".gitattributes": "* filter=x\n", "teams/orders/b\nc.yaml": "1" });
    await symlink("a.yaml", join(work, "teams/orders/link.yaml"));

    expect((await read()).snapshot.refused).toEqual([
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

    expect((await read()).skipped).toEqual([
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

    const { snapshot, skipped } = await read();

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
