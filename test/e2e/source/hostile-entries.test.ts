import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { commitEntries, commitTree, git, writeBlob } from "../../support/git/git-repository.ts";
import { signal, paths, HostileRepository } from "../../support/git/hostile-repository.ts";

let hostile: HostileRepository;

beforeEach(async () => {
  hostile = await HostileRepository.open();
});

// Fails when a process of a source is left.
afterEach(() => hostile.bench.end());

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
    const { bare } = hostile.repository;
    const good = await writeBlob(bare, "good");
    const bad = mode === "160000" ? "1".repeat(40) : await writeBlob(bare, text);
    await commitEntries(bare, [
      { mode: "100644", path: "teams/a.yaml", oid: good },
      { mode, path: "teams/b.yaml", oid: bad },
    ]);

    const snapshot = await (await hostile.served({ fileBytes: 1_000 })).latest(signal);

    expect(snapshot.refused).toEqual([{ path: "teams/b.yaml", reason }]);
    expect(snapshot.files.map(({ path }) => path)).toEqual(["teams/a.yaml"]);
  });

  test("a declared path that is itself a link", async () => {
    const { bare } = hostile.repository;
    await commitEntries(bare, [{ mode: "120000", path: "teams", oid: await writeBlob(bare, "/etc") }]);

    expect(await (await hostile.served()).latest(signal)).toMatchObject({
      files: [],
      refused: [{ path: "teams", reason: "symlink" }],
    });
  });

  test.each([
    { name: "a\nb.yaml", shown: "a\\x0ab.yaml", because: "a line break forges log lines" },
    { name: "\u001b[2J.yaml", shown: "\\x1b[2J.yaml", because: "a terminal interprets it" },
    { name: "a\u202egp.yaml", shown: "a\\u202egp.yaml", because: "it reads backwards" },
    { name: "a\\b.yaml", shown: "a\\b.yaml", because: "another system treats it as a folder" },
    {
      name: "x".repeat(1_100),
      shown: `${"x".repeat(1_017)}…`,
      because: "no one gives a file such a long name",
    },
  ])("an unsafe name: $because", async ({ name, shown }) => {
    const blob = await writeBlob(hostile.repository.bare, "x");
    const folder = await hostile.makeTree(`100644 blob ${blob}\t${name}\0`);
    await commitTree(hostile.repository.bare, await hostile.makeTree(`040000 tree ${folder}\tteams\0`));

    const snapshot = await (await hostile.served()).latest(signal);

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
  const { bare } = hostile.repository;
  const { length } = Buffer.from(name);
  const stream = [
    "commit refs/heads/main\ncommitter R <r@example.com> 1700000000 +0000\ndata 0\n",
    "M 100644 inline teams/a/a.yaml\ndata 1\na\n",
    `M 100644 inline teams/b/${name}\ndata 1\nb\n`,
  ];
  await git(bare, ["fast-import", "--quiet"], { input: stream.join("") });

  const snapshot = await (await hostile.served()).latest(signal);

  expect(length).toBeGreaterThan(1_048_576);
  expect(snapshot.files.map(({ path }) => path)).toEqual(["teams/a/a.yaml"]);
  expect(snapshot.refused).toMatchObject([{ reason: "unsafe-name" }]);
});

test("a name that looks like an option is read as a name", async () => {
  await hostile.repository.commit({ "teams/--upload-pack=touch x": "1", "teams/-rf": "2", "teams/a b": "3" });

  const snapshot = await (await hostile.served()).latest(signal);

  expect(snapshot.files.map(({ path }) => path)).toEqual([
    "teams/--upload-pack=touch x",
    "teams/-rf",
    "teams/a b",
  ]);
});

describe("a malformed entry or folder in what is read is refused by name, and the others stay", () => {
  test.each([{ name: ".." }, { name: "." }, { name: ".git" }, { name: ".GIT" }])(
    "an entry $name",
    async ({ name }) => {
      const blob = await writeBlob(hostile.repository.bare, "x");
      const inner = await hostile.makeTree(`100644 blob ${blob}\ta.yaml\0`);
      await hostile.commitTeams(
        await hostile.rawTree([
          ["40000", name, inner],
          ["100644", "b.yaml", blob],
        ]),
      );

      const snapshot = await (await hostile.served()).latest(signal);

      expect(snapshot.refused).toEqual([{ path: `teams/${name}`, reason: "unsafe-name" }]);
      expect(paths(snapshot)).toEqual(["platform/p.yaml", "teams/b.yaml"]);
    },
  );

  test.each<{
    readonly because: string;
    readonly entries: (
      blob: string,
      other: string,
      tree: string,
    ) => Parameters<HostileRepository["rawTree"]>[0];
  }>([
    {
      because: "two entries have one name, and it is not defined which one counts",
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
    const [blob, other] = [
      await writeBlob(hostile.repository.bare, "1"),
      await writeBlob(hostile.repository.bare, "2"),
    ];
    const tree = await hostile.makeTree(`100644 blob ${blob}\tc.yaml\0`);
    const orders = await hostile.rawTree(entries(blob, other, tree));
    await hostile.commitTeams(
      await hostile.rawTree([
        ["40000", "orders", orders],
        ["40000", "search", tree],
      ]),
    );

    const snapshot = await (await hostile.served()).latest(signal);

    expect(snapshot.refused).toEqual([{ path: "teams/orders", reason: "malformed-folder" }]);
    expect(paths(snapshot)).toEqual(["platform/p.yaml", "teams/search/c.yaml"]);
  });

  test("at the top it is an error that names the commit, because the folders of teams cannot be distinguished", async () => {
    const blob = await writeBlob(hostile.repository.bare, "1");
    const tree = await hostile.makeTree(`100644 blob ${blob}\tc.yaml\0`);
    const commit = await commitTree(
      hostile.repository.bare,
      await hostile.rawTree([
        ["40000", "teams", tree],
        ["40000", "teams", tree],
      ]),
    );

    await expect((await hostile.served()).latest(signal)).rejects.toMatchObject({
      code: "corrupt",
      message: expect.stringContaining(commit),
    });
  });
});
