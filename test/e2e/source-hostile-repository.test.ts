import { chmod, mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Snapshot } from "../../src/model/snapshot.ts";
import type { GitSource } from "../../src/source/git.ts";
import { commitEntries, commitTree, git, writeBlob } from "../support/git/git-repository.ts";
import type { TestRepository } from "../support/git/git-repository.ts";
import { Bench, LIMITS } from "../support/git/git-source.ts";

let bench: Bench;
let repository: TestRepository;

beforeEach(async () => {
  bench = await Bench.open();
  repository = await bench.repository();
});

// Fails when a process of a source is left.
afterEach(() => bench.end());

const { signal } = new AbortController();

async function served(limits: Partial<typeof LIMITS> = {}): Promise<GitSource> {
  return bench.source({ url: await bench.serve(), limits: { ...LIMITS, ...limits } });
}

function makeTree(entries: string): Promise<string> {
  return git(repository.bare, ["mktree", "-z", "--missing"], { input: entries }).then((text) => text.trim());
}

describe("an entry is refused by name and the others stay", () => {
  const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12345\n`;

  test.each([
    { mode: "120000", text: "/etc/passwd", reason: "symlink", because: "a link would be followed elsewhere" },
    { mode: "160000", text: "x", reason: "submodule", because: "a submodule is another repository" },
    { mode: "100644", text: LFS, reason: "lfs-pointer", because: "a pointer's file is on another server" },
    {
      mode: "100644",
      text: "x".repeat(2_000),
      reason: "too-large",
      because: "it is over the limit for a file",
    },
  ])("$reason: $because", async ({ mode, text, reason }) => {
    const { bare } = repository;
    const good = await writeBlob(bare, "good");
    const bad = mode === "160000" ? "1".repeat(40) : await writeBlob(bare, text);
    await commitEntries(bare, [
      { mode: "100644", path: "teams/a.yaml", oid: good },
      { mode, path: "teams/b.yaml", oid: bad },
    ]);

    const snapshot = await (await served({ fileBytes: 1_000 })).latest(signal);

    expect(snapshot.refused).toEqual([{ path: "teams/b.yaml", reason }]);
    expect(snapshot.files.map(({ path }) => path)).toEqual(["teams/a.yaml"]);
  });

  test("a declared path that is itself a link", async () => {
    const { bare } = repository;
    await commitEntries(bare, [{ mode: "120000", path: "teams", oid: await writeBlob(bare, "/etc") }]);

    expect(await (await served()).latest(signal)).toMatchObject({
      files: [],
      refused: [{ path: "teams", reason: "symlink" }],
    });
  });

  test.each([
    { name: "a\nb.yaml", shown: "a\\x0ab.yaml", because: "a line break forges log lines" },
    { name: "\u001b[2J.yaml", shown: "\\x1b[2J.yaml", because: "a terminal obeys it" },
    { name: "a\u202egp.yaml", shown: "a\\u202egp.yaml", because: "it reads backwards" },
    { name: "a\\b.yaml", shown: "a\\b.yaml", because: "another system takes it for a folder" },
    {
      name: "x".repeat(1_100),
      shown: `${"x".repeat(1_017)}…`,
      because: "no one gives a file such a long name",
    },
  ])("an unsafe name: $because", async ({ name, shown }) => {
    const blob = await writeBlob(repository.bare, "x");
    const folder = await makeTree(`100644 blob ${blob}\t${name}\0`);
    await commitTree(repository.bare, await makeTree(`040000 tree ${folder}\tteams\0`));

    const snapshot = await (await served()).latest(signal);

    expect(snapshot).toMatchObject({
      files: [],
      refused: [{ path: `teams/${shown}`, reason: "unsafe-name" }],
    });
  });
});

test.each([
  { name: "x".repeat(1_200_000), because: "a name of a megabyte" },
  { name: `${"x".repeat(11_000)}/`.repeat(100) + "b.yaml", because: "a path of a megabyte, of 100 folders" },
])("$because is refused, and the folders of other teams are still read", async ({ name }) => {
  const { bare } = repository;
  const { length } = Buffer.from(name);
  const stream = [
    "commit refs/heads/main\ncommitter R <r@example.com> 1700000000 +0000\ndata 0\n",
    "M 100644 inline teams/a/a.yaml\ndata 1\na\n",
    `M 100644 inline teams/b/${name}\ndata 1\nb\n`,
  ];
  await git(bare, ["fast-import", "--quiet"], { input: stream.join("") });

  const snapshot = await (await served()).latest(signal);

  expect(length).toBeGreaterThan(1_048_576);
  expect(snapshot.files.map(({ path }) => path)).toEqual(["teams/a/a.yaml"]);
  expect(snapshot.refused).toMatchObject([{ reason: "unsafe-name" }]);
});

test("a name that looks like an option is a name", async () => {
  await repository.commit({ "teams/--upload-pack=touch x": "1", "teams/-rf": "2", "teams/a b": "3" });

  const snapshot = await (await served()).latest(signal);

  expect(snapshot.files.map(({ path }) => path)).toEqual([
    "teams/--upload-pack=touch x",
    "teams/-rf",
    "teams/a b",
  ]);
});

/** A tree object with exactly these entries, in this order, even if Git calls them invalid. */
async function rawTree(
  entries: readonly (readonly [mode: string, name: string, oid: string])[],
): Promise<string> {
  const bytes = entries.flatMap(([mode, name, oid]) => [
    Buffer.from(`${mode} ${name}\0`),
    Buffer.from(oid, "hex"),
  ]);
  return writeRaw("tree", Buffer.concat(bytes));
}

async function writeRaw(type: string, bytes: Uint8Array): Promise<string> {
  const file = join(bench.root, "object");
  await writeFile(file, bytes);
  return (await repository.git("hash-object", "-t", type, "-w", "--literally", file)).trim();
}

/** A commit on main whose folder `teams` is this tree, next to a valid platform folder. */
async function commitTeams(teams: string): Promise<string> {
  const blob = await writeBlob(repository.bare, "good");
  const platform = await makeTree(`100644 blob ${blob}\tp.yaml\0`);
  const root = await rawTree([
    ["40000", "platform", platform],
    ["40000", "teams", teams],
  ]);
  return commitTree(repository.bare, root);
}

const paths = ({ files }: Snapshot): readonly string[] => files.map(({ path }) => path);

describe("a malformed entry or folder in what is read is refused by name, and the others stay", () => {
  test.each([{ name: ".." }, { name: "." }, { name: ".git" }, { name: ".GIT" }])(
    "an entry $name",
    async ({ name }) => {
      const blob = await writeBlob(repository.bare, "x");
      const inner = await makeTree(`100644 blob ${blob}\ta.yaml\0`);
      await commitTeams(
        await rawTree([
          ["40000", name, inner],
          ["100644", "b.yaml", blob],
        ]),
      );

      const snapshot = await (await served()).latest(signal);

      expect(snapshot.refused).toEqual([{ path: `teams/${name}`, reason: "unsafe-name" }]);
      expect(paths(snapshot)).toEqual(["platform/p.yaml", "teams/b.yaml"]);
    },
  );

  test.each<{
    readonly because: string;
    readonly entries: (blob: string, other: string, tree: string) => Parameters<typeof rawTree>[0];
  }>([
    {
      because: "two entries have one name: which of them counts is not known",
      entries: (blob, other) => [
        ["100644", "a.yaml", blob],
        ["100644", "a.yaml", other],
      ],
    },
    {
      because: "a file and a folder have one name",
      entries: (blob, _, tree) => [
        ["100644", "a", blob],
        ["100644", "b.yaml", blob],
        ["40000", "a", tree],
      ],
    },
    {
      because: "an entry has a path for its name: it would be in another team's folder",
      entries: (blob) => [["100644", "sub/a.yaml", blob]],
    },
    {
      because: "entries are in the wrong order: Git finds some of them only by chance",
      entries: (blob) => [
        ["100644", "b.yaml", blob],
        ["100644", "a.yaml", blob],
      ],
    },
  ])("a folder in which $because", async ({ entries }) => {
    const [blob, other] = [await writeBlob(repository.bare, "1"), await writeBlob(repository.bare, "2")];
    const tree = await makeTree(`100644 blob ${blob}\tc.yaml\0`);
    const orders = await rawTree(entries(blob, other, tree));
    await commitTeams(
      await rawTree([
        ["40000", "orders", orders],
        ["40000", "search", tree],
      ]),
    );

    const snapshot = await (await served()).latest(signal);

    expect(snapshot.refused).toEqual([{ path: "teams/orders", reason: "malformed-folder" }]);
    expect(paths(snapshot)).toEqual(["platform/p.yaml", "teams/search/c.yaml"]);
  });

  test("at the top it is an error that names the commit, because the folders of teams cannot be distinguished", async () => {
    const blob = await writeBlob(repository.bare, "1");
    const tree = await makeTree(`100644 blob ${blob}\tc.yaml\0`);
    const commit = await commitTree(
      repository.bare,
      await rawTree([
        ["40000", "teams", tree],
        ["40000", "teams", tree],
      ]),
    );

    await expect((await served()).latest(signal)).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringContaining(commit),
    });
  });
});

describe("errors in the history or outside the declared paths have no effect", () => {
  const PERSON = "Dana <dana@example.com> 1700000000 +0000";

  test.each<{ readonly because: string; readonly break: (parent: string, tree: string) => Promise<string> }>([
    {
      because: "a .gitmodules with a dangerous URL",
      break: async () => {
        const text = '[submodule "x"]\n\tpath = x\n\turl = -u./payload\n';
        return commitEntries(repository.bare, [
          { mode: "100644", path: ".gitmodules", oid: await writeBlob(repository.bare, text) },
          { mode: "100644", path: "teams/a.yaml", oid: await writeBlob(repository.bare, "1") },
        ]);
      },
    },
    {
      because: "an author without an address",
      break: (parent, tree) =>
        rawCommit(`tree ${tree}\nparent ${parent}\nauthor Dana 0 +0000\ncommitter ${PERSON}\n\nx\n`),
    },
    {
      because: "a time zone that is none",
      break: (parent, tree) =>
        rawCommit(`tree ${tree}\nparent ${parent}\nauthor Dana <d@e.f> 1 +51800\ncommitter ${PERSON}\n\nx\n`),
    },
    {
      because: "a folder .git in another folder",
      break: async () => {
        const blob = await writeBlob(repository.bare, "1");
        const file = await makeTree(`100644 blob ${blob}\ta.yaml\0`);
        return commitTree(
          repository.bare,
          await rawTree([
            ["40000", "docs", await rawTree([["40000", ".git", file]])],
            ["40000", "teams", file],
          ]),
        );
      },
    },
  ])("$because", async ({ break: make }) => {
    const first = await repository.commit({ "teams/a.yaml": "1" });
    const tree = (await repository.git("rev-parse", `${first}^{tree}`)).trim();
    const bad = await make(first, tree);
    await repository.git("update-ref", "refs/heads/main", bad);
    const source = await served();

    const atIt = await source.latest(signal);
    await repository.commit({ "teams/a.yaml": "2" });
    const after = await source.latest(signal);
    const fresh = await (await served()).latest(signal);

    expect(paths(atIt)).toEqual(["teams/a.yaml"]);
    expect(fresh).toEqual(after);
    expect(Buffer.from(after.files[0]?.bytes ?? []).toString()).toBe("2");
    expect((await source.compare(atIt.revision, after.revision, signal)).relation).toBe("forward");
  });

  async function rawCommit(text: string): Promise<string> {
    return writeRaw("commit", Buffer.from(text));
  }
});

describe("a remote without its whole history or content has a message of its own", () => {
  test.each([
    { code: "shallow", options: ["--depth", "1"], expected: /shallow/ },
    { code: "partial", options: ["--filter=blob:none"], expected: /partial/ },
  ])("$code", async ({ code, options, expected }) => {
    await repository.commit({ "teams/a.yaml": "1" });
    await repository.commit({ "teams/a.yaml": "2" });
    await repository.git("config", "uploadpack.allowFilter", "true");
    const folder = join(bench.root, "served");
    await git(folder, ["clone", "--quiet", "--bare", ...options, `file://${repository.bare}`, "copy.git"]);
    await rename(repository.bare, join(bench.root, "gone"));
    await rename(join(folder, "copy.git"), repository.bare);

    const failure = (await served()).latest(signal);

    await expect(failure).rejects.toMatchObject({ name: "SourceError", code, message: expected });
  });

  test("also when the mirror has an older commit: it is not taken for the newest", async () => {
    await repository.commit({ "teams/a.yaml": "1" });
    const source = await served();
    await source.latest(signal);
    await repository.commit({ "teams/a.yaml": "2" });
    await repository.commit({ "teams/a.yaml": "3" });
    const folder = join(bench.root, "served");
    await git(folder, [
      "clone",
      "--quiet",
      "--bare",
      "--depth",
      "1",
      `file://${repository.bare}`,
      "copy.git",
    ]);
    await rename(repository.bare, join(bench.root, "gone"));
    await rename(join(folder, "copy.git"), repository.bare);

    await expect(source.latest(signal)).rejects.toMatchObject({ code: "shallow" });
  });
});

/** Ten folders in each folder, level by level, above an entry. */
async function nested(entry: string, levels: number): Promise<string> {
  let inner = entry;
  for (let level = 0; level < levels; level += 1) {
    const names = Array.from({ length: 10 }, (_, index) => `${inner}\t${index}\0`);
    inner = `040000 tree ${await makeTree(names.join(""))}`;
  }
  return inner;
}

function manyFiles(count: number, blob: string): Promise<string> {
  return makeTree(Array.from({ length: count }, (_, at) => `100644 blob ${blob}\t${at}.yaml\0`).join(""));
}

describe("one team cannot stop the source for the others", () => {
  const oidOf = (entry: string): string => entry.split(" ").at(-1) ?? "";

  test.each<{
    readonly because: string;
    readonly reason: string;
    readonly make: (blob: string) => Promise<string>;
  }>([
    {
      because: "twelve objects name ten billion files",
      reason: "team-files",
      make: async (blob) => oidOf(await nested(`100644 blob ${blob}`, 10)),
    },
    {
      because: "twelve objects name ten billion folders without a file",
      reason: "team-files",
      make: async () => oidOf(await nested(`040000 tree ${await makeTree("")}`, 10)),
    },
    {
      because: "50,000 files have the same path of a megabyte above them: a list has 50 GB",
      reason: "unsafe-name",
      make: async (blob) => {
        let tree = await manyFiles(50_000, blob);
        for (let level = 0; level < 100; level += 1)
          tree = await makeTree(`040000 tree ${tree}\t${"x".repeat(11_000)}\0`);
        return tree;
      },
    },
    {
      because: "a folder has 64 MiB of names",
      reason: "team-files",
      make: async (blob) =>
        rawTree(
          Array.from({ length: 65 }, (_, at) => [
            "100644",
            `${String(at).padStart(2, "0")}${"x".repeat(1_048_576)}`,
            blob,
          ]),
        ),
    },
    {
      because: "a folder has one file too many",
      reason: "team-files",
      make: (blob) => manyFiles(LIMITS.teamFiles + 1, blob),
    },
    {
      because: "the files are one byte too large together",
      reason: "team-bytes",
      make: async (blob) => {
        const large = await writeBlob(repository.bare, "x".repeat(1_000_000));
        const entries = Array.from({ length: 10 }, (_, at) => `100644 blob ${large}\t${at}.yaml\0`);
        return makeTree([...entries, `100644 blob ${blob}\tz.yaml\0`].join(""));
      },
    },
  ])("when $because", async ({ make, reason }) => {
    const source = await served();
    const blob = await writeBlob(repository.bare, "1");
    await commitTeams(await rawTree([["40000", "orders", await manyFiles(1, blob)]]));
    await source.latest(signal);

    await commitTeams(
      await rawTree([
        ["40000", "bad", await make(blob)],
        ["40000", "orders", await manyFiles(2, blob)],
      ]),
    );
    const snapshot = await source.latest(signal);

    expect(paths(snapshot)).toEqual(["platform/p.yaml", "teams/orders/0.yaml", "teams/orders/1.yaml"]);
    expect(snapshot.refused).toEqual([{ path: expect.stringMatching(/^teams\/bad(\/x+…)?$/), reason }]);
  });

  test("when what is committed as a file is a folder", async () => {
    const blob = await writeBlob(repository.bare, "1");
    await commitTeams(
      await rawTree([
        ["40000", "bad", await rawTree([["100644", "a.yaml", await manyFiles(2, blob)]])],
        ["40000", "orders", await manyFiles(1, blob)],
      ]),
    );

    const snapshot = await (await served()).latest(signal);

    expect(paths(snapshot)).toEqual(["platform/p.yaml", "teams/orders/0.yaml"]);
    expect(snapshot.refused).toEqual([{ path: "teams/bad/a.yaml", reason: "unusual-mode" }]);
  });

  test("when all together are over the total, the largest are refused", async () => {
    await repository.commit({
      "platform/p.yaml": "1",
      "teams/a/1.yaml": "1",
      "teams/a/2.yaml": "1",
      "teams/a/3.yaml": "1",
      "teams/b/1.yaml": "1",
      "teams/c/1.yaml": "1",
      "teams/c/2.yaml": "123",
    });

    const byFiles = await (await served({ files: 4, teamFiles: 3 })).latest(signal);
    const byBytes = await (await served({ snapshotBytes: 5, teamBytes: 4 })).latest(signal);

    expect(byFiles.refused).toEqual([{ path: "teams/a", reason: "no-space" }]);
    expect(paths(byFiles)).toEqual(["platform/p.yaml", "teams/b/1.yaml", "teams/c/1.yaml", "teams/c/2.yaml"]);
    expect(byBytes.refused).toEqual([{ path: "teams/c", reason: "no-space" }]);
  });

  test("exactly the share is read", async () => {
    await repository.commit({ "teams/a/1": "12", "teams/a/b/2": "34" });

    const snapshot = await (await served({ teamFiles: 2, teamBytes: 4 })).latest(signal);

    expect(paths(snapshot)).toEqual(["teams/a/1", "teams/a/b/2"]);
    expect(snapshot.refused).toEqual([]);
  });
});

describe("too much in what belongs to no team is an error and no snapshot", () => {
  test.each<{ readonly because: string; readonly make: (blob: string) => Promise<string> }>([
    { because: "100,000 files", make: (blob) => manyFiles(100_000, blob) },
    {
      because: "ten billion paths made of twelve objects",
      make: async (blob) => (await nested(`100644 blob ${blob}`, 10)).split(" ").at(-1) ?? "",
    },
  ])("$because", async ({ make }) => {
    const platform = await make(await writeBlob(repository.bare, "x"));
    await commitTree(repository.bare, await makeTree(`040000 tree ${platform}\tplatform\0`));

    await expect((await served({ files: 50_000 })).latest(signal)).rejects.toMatchObject({
      code: "too-many-files",
    });
  });

  test("one blob under so many paths that the bytes together pass the limit", async () => {
    const text = "x".repeat(1_000);
    await repository.commit({ "teams/a": text, "teams/b": text, "teams/c": text });

    const source = await served({ snapshotBytes: 2_999 });

    await expect(source.latest(signal)).rejects.toMatchObject({ code: "too-large" });
  });

  test("exactly the limits are no error", async () => {
    await repository.commit({ "teams/a": "12", "teams/b": "34" });

    const source = await served({ files: 2, fileBytes: 2, snapshotBytes: 4 });

    expect((await source.latest(signal)).files).toHaveLength(2);
  });
});

test("a mirror that is past its limit takes no more, and what was accepted stays readable", async () => {
  await repository.commit({ "teams/a.yaml": "1" });
  const url = await bench.serve();
  const { revision } = await bench.source({ url }).latest(signal);
  await repository.commit({ "teams/a.yaml": "2" });
  const source = bench.source({ url, limits: { ...LIMITS, mirrorBytes: 10 } });

  await expect(source.latest(signal)).rejects.toMatchObject({ code: "too-large" });
  expect((await source.at(revision, signal)).files).toHaveLength(1);
});

describe("a repository that is", () => {
  test("empty has no such ref", async () => {
    await expect((await served()).latest(signal)).rejects.toMatchObject({ code: "no-such-ref" });
  });

  test("without the branch has no such ref, also when another ref ends in the same words", async () => {
    const commit = await repository.commit({ "teams/a.yaml": "1" }, { branch: "other" });
    await repository.git("update-ref", "refs/heads/refs/heads/main", commit);

    await expect((await served()).latest(signal)).rejects.toMatchObject({ code: "no-such-ref" });
  });

  test("absent is not found", async () => {
    const url = (await bench.serve()).replace("permissions", "other");

    await expect(bench.source({ url }).latest(signal)).rejects.toMatchObject({ code: "not-found" });
  });

  test("local and absent is not found", async () => {
    const path = join(bench.root, "nowhere.git");
    const source = bench.source({ url: path, allowedFilePath: path });

    await expect(source.latest(signal)).rejects.toMatchObject({ code: "not-found" });
  });

  test("a tag on a file has no such ref", async () => {
    await repository.git("tag", "v1", await writeBlob(repository.bare, "x"));
    const source = bench.source({ url: await bench.serve(), ref: { kind: "tag", name: "v1" } });

    await expect(source.latest(signal)).rejects.toMatchObject({ code: "no-such-ref" });
  });
});

test("a replacement on the server changes nothing", async () => {
  const commit = await repository.commit({ "teams/a.yaml": "true" });
  const honest = await writeBlob(repository.bare, "true");
  const forged = await writeBlob(repository.bare, "forged");
  await repository.git("update-ref", `refs/replace/${honest}`, forged);
  const source = await served();

  const snapshot = await source.latest(signal);

  expect(snapshot.revision).toBe(`main@sha1:${commit}`);
  expect(snapshot.files.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(["true"]);
});

test("a hook in the mirror is never run", async () => {
  await repository.commit({ "teams/a.yaml": "1" });
  const source = await served();
  await source.latest(signal);
  const [mirror = ""] = await readdir(bench.mirrorDir);
  const hook = join(bench.mirrorDir, mirror, "hooks/reference-transaction");
  const trace = join(bench.root, "hook-ran");
  await mkdir(join(hook, ".."), { recursive: true });
  await writeFile(hook, `#!/bin/sh\ntouch ${trace}\n`);
  await chmod(hook, 0o755);
  await repository.commit({ "teams/a.yaml": "2" });

  await source.latest(signal);

  expect(existsSync(trace)).toBe(false);
});
