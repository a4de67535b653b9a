import { chmod, mkdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readLocalRevision } from "../../../src/source/local-repository.ts";
import { git, writeFiles } from "../../support/git/git-repository.ts";
import { Bench, LIMITS, PATHS } from "../../support/git/git-source.ts";
import { commit, committed, contentOf, makeWorkingTree, read } from "../../support/git/git-working-tree.ts";

const EVERYTHING = { platformPath: ".", tenantPath: "." };
const { signal } = new AbortController();
let bench: Bench;
let work: string;

beforeEach(async () => {
  bench = await Bench.open();
  work = await makeWorkingTree(bench);
});

afterEach(() => bench.end());

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

    const before = await read(work);
    await commit(work);

    expect(contentOf(before.snapshot)).toEqual(contentOf(await committed(work)));
    expect(before.snapshot.uncommitted).toBe(true);
  });

  test("below the top of the repository too", async () => {
    await writeFiles(work, { "permissions/teams/x/b.yaml": "5\n" });
    await symlink("b.yaml", join(work, "permissions/teams/x/link.yaml"));

    const { snapshot } = await read(join(work, "permissions"));
    await commit(work);

    expect(contentOf(snapshot)).toEqual(contentOf(await committed(join(work, "permissions"))));
    expect(snapshot.refused).toEqual([{ path: "teams/x/link.yaml", reason: "symlink" }]);
  });

  test("with a declared path that is the entire folder too", async () => {
    await writeFiles(work, { "permissions/teams/x/b.yaml": "5\n", "permissions/c.yaml": "6\n" });
    const root = join(work, "permissions");

    const { snapshot } = await read(root, {}, EVERYTHING);
    await commit(work);

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

    const { snapshot } = await read(work);

    const [read9] = snapshot.files.filter(({ path }) => path === "teams/orders/a.yaml");
    expect(Buffer.from(read9?.bytes ?? []).toString()).toBe("9\n");
  });

  test("a submodule that is not fetched is refused", async () => {
    const head = (await git(work, ["rev-parse", "HEAD"])).trim();
    await git(work, ["update-index", "--add", "--cacheinfo", `160000,${head},teams/vendor`]);
    await mkdir(join(work, "teams/vendor"));

    expect((await read(work)).snapshot.refused).toEqual([{ path: "teams/vendor", reason: "submodule" }]);
  });

  test("a conflict is read as it is in the folder", async () => {
    await git(work, ["checkout", "--quiet", "-b", "other"]);
    await writeFiles(work, { "teams/orders/a.yaml": "theirs\n" });
    await commit(work);
    await git(work, ["checkout", "--quiet", "main"]);
    await writeFiles(work, { "teams/orders/a.yaml": "ours\n" });
    await commit(work);
    await git(work, ["merge", "other"]).catch(() => undefined);

    const { files } = (await read(work)).snapshot;

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
    await commit(work);
    await writeFiles(work, { "teams/bad/c.yaml": "1\n", "teams/bad/d.yaml": "1\n" });

    const before = (await read(work, limits)).snapshot;
    await commit(work);
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
    await commit(work);
    for (const [path] of many) await rm(join(work, path));

    const { snapshot } = await read(work, { teamFiles: 1 });

    expect(snapshot.files.map(({ path }) => path)).toEqual(["platform/p.yaml", "teams/orders/a.yaml"]);
  });
});
