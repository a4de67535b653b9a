import { chmod, mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { commitEntries, commitTree, git, writeBlob } from "../../support/git/git-repository.ts";
import { LIMITS } from "../../support/git/git-source.ts";
import { signal, paths, HostileRepository } from "../../support/git/hostile-repository.ts";

let hostile: HostileRepository;

beforeEach(async () => {
  hostile = await HostileRepository.open();
});

// Fails when a process of a source is left.
afterEach(() => hostile.bench.end());

describe("errors in the history or outside the declared paths have no effect", () => {
  const PERSON = "Dana <dana@example.com> 1700000000 +0000";

  test.each<{ readonly because: string; readonly break: (parent: string, tree: string) => Promise<string> }>([
    {
      because: "a .gitmodules with a dangerous URL",
      break: async () => {
        const text = '[submodule "x"]\n\tpath = x\n\turl = -u./payload\n';
        return commitEntries(hostile.repository.bare, [
          { mode: "100644", path: ".gitmodules", oid: await writeBlob(hostile.repository.bare, text) },
          { mode: "100644", path: "teams/a.yaml", oid: await writeBlob(hostile.repository.bare, "1") },
        ]);
      },
    },
    {
      because: "an author without an address",
      break: (parent, tree) =>
        rawCommit(`tree ${tree}\nparent ${parent}\nauthor Dana 0 +0000\ncommitter ${PERSON}\n\nx\n`),
    },
    {
      because: "an invalid time zone",
      break: (parent, tree) =>
        rawCommit(`tree ${tree}\nparent ${parent}\nauthor Dana <d@e.f> 1 +51800\ncommitter ${PERSON}\n\nx\n`),
    },
    {
      because: "a folder .git in another folder",
      break: async () => {
        const blob = await writeBlob(hostile.repository.bare, "1");
        const file = await hostile.makeTree(`100644 blob ${blob}\ta.yaml\0`);
        return commitTree(
          hostile.repository.bare,
          await hostile.rawTree([
            ["40000", "docs", await hostile.rawTree([["40000", ".git", file]])],
            ["40000", "teams", file],
          ]),
        );
      },
    },
  ])("$because", async ({ break: make }) => {
    const first = await hostile.repository.commit({ "teams/a.yaml": "1" });
    const tree = (await hostile.repository.git("rev-parse", `${first}^{tree}`)).trim();
    const bad = await make(first, tree);
    await hostile.repository.git("update-ref", "refs/heads/main", bad);
    const source = await hostile.served();

    const atIt = await source.latest(signal);
    await hostile.repository.commit({ "teams/a.yaml": "2" });
    const after = await source.latest(signal);
    const fresh = await (await hostile.served()).latest(signal);

    expect(paths(atIt)).toEqual(["teams/a.yaml"]);
    expect(fresh).toEqual(after);
    expect(Buffer.from(after.files[0]?.bytes ?? []).toString()).toBe("2");
    expect((await source.compare(atIt.revision, after.revision, signal)).relation).toBe("forward");
  });

  async function rawCommit(text: string): Promise<string> {
    return hostile.writeRaw("commit", Buffer.from(text));
  }
});

describe("a remote without its complete history or content has a specific message", () => {
  test.each([
    { code: "shallow", options: ["--depth", "1"], expected: /shallow/ },
    { code: "partial", options: ["--filter=blob:none"], expected: /partial/ },
  ])("$code", async ({ code, options, expected }) => {
    await hostile.repository.commit({ "teams/a.yaml": "1" });
    await hostile.repository.commit({ "teams/a.yaml": "2" });
    await hostile.repository.git("config", "uploadpack.allowFilter", "true");
    const folder = join(hostile.bench.root, "served");
    await git(folder, [
      "clone",
      "--quiet",
      "--bare",
      ...options,
      `file://${hostile.repository.bare}`,
      "copy.git",
    ]);
    await rename(hostile.repository.bare, join(hostile.bench.root, "gone"));
    await rename(join(folder, "copy.git"), hostile.repository.bare);

    const failure = (await hostile.served()).latest(signal);

    await expect(failure).rejects.toMatchObject({ name: "SourceError", code, message: expected });
  });

  test("an older commit in the mirror is not used as the newest", async () => {
    await hostile.repository.commit({ "teams/a.yaml": "1" });
    const source = await hostile.served();
    await source.latest(signal);
    await hostile.repository.commit({ "teams/a.yaml": "2" });
    await hostile.repository.commit({ "teams/a.yaml": "3" });
    const folder = join(hostile.bench.root, "served");
    await git(folder, [
      "clone",
      "--quiet",
      "--bare",
      "--depth",
      "1",
      `file://${hostile.repository.bare}`,
      "copy.git",
    ]);
    await rename(hostile.repository.bare, join(hostile.bench.root, "gone"));
    await rename(join(folder, "copy.git"), hostile.repository.bare);

    await expect(source.latest(signal)).rejects.toMatchObject({ code: "shallow" });
  });
});

test("a mirror past its limit fetches nothing more, and the accepted revision stays readable", async () => {
  await hostile.repository.commit({ "teams/a.yaml": "1" });
  const url = await hostile.bench.serve();
  const { revision } = await hostile.bench.source({ url }).latest(signal);
  await hostile.repository.commit({ "teams/a.yaml": "2" });
  const source = hostile.bench.source({ url, limits: { ...LIMITS, mirrorBytes: 10 } });

  await expect(source.latest(signal)).rejects.toMatchObject({ code: "too-large" });
  expect((await source.at(revision, signal)).files).toHaveLength(1);
});

describe("a repository that is", () => {
  test("empty has no such ref", async () => {
    await expect((await hostile.served()).latest(signal)).rejects.toMatchObject({ code: "no-such-ref" });
  });

  test("without the branch has no such ref, even if another ref ends with the same name", async () => {
    const commit = await hostile.repository.commit({ "teams/a.yaml": "1" }, { branch: "other" });
    await hostile.repository.git("update-ref", "refs/heads/refs/heads/main", commit);

    await expect((await hostile.served()).latest(signal)).rejects.toMatchObject({ code: "no-such-ref" });
  });

  test("absent is not found", async () => {
    const url = (await hostile.bench.serve()).replace("permissions", "other");

    await expect(hostile.bench.source({ url }).latest(signal)).rejects.toMatchObject({ code: "not-found" });
  });

  test("local and absent is not found", async () => {
    const path = join(hostile.bench.root, "nowhere.git");
    const source = hostile.bench.source({ url: path, allowedFilePath: path });

    await expect(source.latest(signal)).rejects.toMatchObject({ code: "not-found" });
  });

  test("a tag on a file has no such ref", async () => {
    await hostile.repository.git("tag", "v1", await writeBlob(hostile.repository.bare, "x"));
    const source = hostile.bench.source({
      url: await hostile.bench.serve(),
      ref: { kind: "tag", name: "v1" },
    });

    await expect(source.latest(signal)).rejects.toMatchObject({ code: "no-such-ref" });
  });
});

test("a replacement on the server changes nothing", async () => {
  const commit = await hostile.repository.commit({ "teams/a.yaml": "true" });
  const honest = await writeBlob(hostile.repository.bare, "true");
  const forged = await writeBlob(hostile.repository.bare, "forged");
  await hostile.repository.git("update-ref", `refs/replace/${honest}`, forged);
  const source = await hostile.served();

  const snapshot = await source.latest(signal);

  expect(snapshot.revision).toBe(`main@sha1:${commit}`);
  expect(snapshot.files.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(["true"]);
});

test("a hook in the mirror is never run", async () => {
  await hostile.repository.commit({ "teams/a.yaml": "1" });
  const source = await hostile.served();
  await source.latest(signal);
  const [mirror = ""] = await readdir(hostile.bench.mirrorDir);
  const hook = join(hostile.bench.mirrorDir, mirror, "hooks/reference-transaction");
  const trace = join(hostile.bench.root, "hook-ran");
  await mkdir(join(hook, ".."), { recursive: true });
  await writeFile(hook, `#!/bin/sh\ntouch ${trace}\n`);
  await chmod(hook, 0o755);
  await hostile.repository.commit({ "teams/a.yaml": "2" });

  await source.latest(signal);

  expect(existsSync(trace)).toBe(false);
});
