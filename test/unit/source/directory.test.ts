import { chmod, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { git, writeFiles } from "../../support/git/git-repository.ts";
import { LIMITS, PATHS } from "../../support/git/git-source.ts";
import { signal, texts, directorySource } from "../../support/git/directory-source.ts";

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "directory-"));
});

afterEach(() => rm(root, { recursive: true }));

describe("the newest snapshot of a folder", () => {
  test("has the files under the declared paths, sorted, and is uncommitted", async () => {
    await writeFiles(root, {
      "teams/b/x.yaml": "2",
      "teams/a.yaml": "1",
      "platform/p.yaml": "3",
      "other/x": "no",
    });

    const snapshot = await directorySource(root).latest(signal);

    expect(snapshot.files.map(({ path }) => path)).toEqual([
      "platform/p.yaml",
      "teams/a.yaml",
      "teams/b/x.yaml",
    ]);
    expect(snapshot).toMatchObject({ source: "local", refused: [], uncommitted: true });
    expect(snapshot.revision).toMatch(/^dir@sha256:[0-9a-f]{64}$/);
  });

  test("has the same revision for the same content in another folder, and another revision after any change", async () => {
    await writeFiles(root, { "teams/a.yaml": "1" });
    const first = (await directorySource(root).latest(signal)).revision;
    await rm(join(root, "teams/a.yaml"));
    await writeFiles(root, { "teams/a.yaml": "1" });
    const again = (await directorySource(root).latest(signal)).revision;
    await rename(join(root, "teams/a.yaml"), join(root, "teams/b.yaml"));
    const renamed = (await directorySource(root).latest(signal)).revision;
    await symlink("b.yaml", join(root, "teams/c.yaml"));
    const linked = (await directorySource(root).latest(signal)).revision;

    expect(again).toBe(first);
    expect(new Set([first, renamed, linked]).size).toBe(3);
  });

  test("is empty when the declared paths are absent", async () => {
    expect((await directorySource(root).latest(signal)).files).toEqual([]);
  });

  test("does not contain git's own folder", async () => {
    await git(root, ["init", "--quiet", "."]);
    await writeFiles(root, { "a.yaml": "1" });

    expect(
      texts(await directorySource(root, { paths: { platformPath: ".", tenantPath: "." } }).latest(signal)),
    ).toEqual({
      "a.yaml": "1",
    });
  });

  test("of a missing folder is the error not-found", async () => {
    await expect(directorySource(root, { root: join(root, "nowhere") }).latest(signal)).rejects.toMatchObject(
      {
        name: "SourceError",
        code: "not-found",
      },
    );
  });

  test("rejects with the caller's reason", async () => {
    const reason = new Error("stopping");

    await expect(directorySource(root).latest(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe("an entry is refused by name, and the others are read:", () => {
  beforeEach(() => writeFiles(root, { "teams/a.yaml": "1" }));

  test.each([
    {
      reason: "symlink",
      because: "a link to a file",
      make: () => symlink("/etc/passwd", join(root, "teams/b")),
    },
    { reason: "symlink", because: "a link to a folder", make: () => symlink("/etc", join(root, "teams/b")) },
    {
      reason: "symlink",
      because: "a link to nothing",
      make: () => symlink("nothing", join(root, "teams/b")),
    },
    {
      reason: "too-large",
      because: "over the limit",
      make: () => writeFile(join(root, "teams/b"), "x".repeat(101)),
    },
    {
      reason: "lfs-pointer",
      because: "the file is elsewhere",
      make: () =>
        writeFile(join(root, "teams/b"), "version https://git-lfs.github.com/spec/v1\noid sha256:a\n"),
    },
  ])("$reason: $because", async ({ reason, make }) => {
    await make();

    const snapshot = await directorySource(root, { limits: { ...LIMITS, fileBytes: 100 } }).latest(signal);

    expect(snapshot.refused).toEqual([{ path: "teams/b", reason }]);
    expect(texts(snapshot)).toEqual({ "teams/a.yaml": "1" });
  });

  test("an unsafe name", async () => {
    await writeFiles(root, { "teams/a\nb.yaml": "x" });

    expect((await directorySource(root).latest(signal)).refused).toEqual([
      { path: "teams/a\\x0ab.yaml", reason: "unsafe-name" },
    ]);
  });

  test("a declared path, or a folder on the way to it, that is a link", async () => {
    await symlink("/etc", join(root, "platform"));

    expect(
      (await directorySource(root, { paths: { ...PATHS, platformPath: "platform/x" } }).latest(signal))
        .refused,
    ).toEqual([{ path: "platform", reason: "symlink" }]);
    expect((await directorySource(root).latest(signal)).refused).toEqual([
      { path: "platform", reason: "symlink" },
    ]);
  });
});

describe("without permission", () => {
  /** Root may read everything, so the test reads as another user. */
  async function asUser<T>(work: () => Promise<T>): Promise<T> {
    if (process.geteuid?.() !== 0) return work();
    process.seteuid?.(65_534);
    try {
      return await work();
    } finally {
      process.seteuid?.(0);
    }
  }

  test.each([
    { path: "teams/orders/a.yaml", because: "a file" },
    { path: "teams/orders", because: "a folder" },
    { path: "teams", because: "a declared path" },
  ])("$because is refused by name, and the others are read", async ({ path }) => {
    await writeFiles(root, { "teams/orders/a.yaml": "1", "platform/p.yaml": "2" });
    await chmod(root, 0o755);
    await chmod(join(root, path), 0);

    const snapshot = await asUser(() => directorySource(root).latest(signal));
    await chmod(join(root, path), 0o755);

    expect(snapshot.refused).toEqual([{ path, reason: "unreadable" }]);
    expect(texts(snapshot)).toEqual({ "platform/p.yaml": "2" });
  });

  test("for the folder itself it is an error", async () => {
    await chmod(root, 0);

    const refused = asUser(() => directorySource(root).latest(signal));

    await expect(refused).rejects.toMatchObject({ name: "SourceError", code: "unreadable" });
    await chmod(root, 0o755);
  });
});

describe("a share over its limit", () => {
  beforeEach(() => writeFiles(root, { "teams/a": "12", "teams/b": "34" }));

  test.each([
    { limits: { files: 1 }, code: "too-many-files" },
    { limits: { snapshotBytes: 3 }, code: "too-large" },
  ])("of no team is the error $code, without a snapshot", async ({ limits, code }) => {
    await expect(
      directorySource(root, { limits: { ...LIMITS, ...limits } }).latest(signal),
    ).rejects.toMatchObject({ code });
  });

  test("does not include a share that is exactly at the limits", async () => {
    const limits = { ...LIMITS, files: 2, fileBytes: 2, snapshotBytes: 4 };

    expect((await directorySource(root, { limits }).latest(signal)).files).toHaveLength(2);
  });

  test.each([
    { limits: { teamFiles: 2 }, reason: "team-files" },
    { limits: { teamBytes: 5 }, reason: "team-bytes" },
    { limits: { files: 5 }, reason: "no-space" },
    { limits: { snapshotBytes: 9 }, reason: "no-space" },
  ])("of a team is one refused folder, $reason, and the others are read", async ({ limits, reason }) => {
    await writeFiles(root, {
      "teams/bad/1": "12",
      "teams/bad/2": "34",
      "teams/bad/sub/3": "56",
      "teams/orders/1": "1",
    });

    const { files, refused } = await directorySource(root, { limits: { ...LIMITS, ...limits } }).latest(
      signal,
    );

    expect(refused).toEqual([{ path: "teams/bad", reason }]);
    expect(files.map(({ path }) => path)).toEqual(["teams/a", "teams/b", "teams/orders/1"]);
  });

  test("of a team does not count a file that is refused by itself", async () => {
    await writeFiles(root, { "teams/orders/1": "x".repeat(101), "teams/orders/2": "12" });

    const limits = { ...LIMITS, fileBytes: 100, teamBytes: 2 };

    expect((await directorySource(root, { limits }).latest(signal)).refused).toEqual([
      { path: "teams/orders/1", reason: "too-large" },
    ]);
  });
});

describe("an earlier revision", () => {
  test("is available while this process remembers it", async () => {
    await writeFiles(root, { "teams/a.yaml": "1" });
    const folder = directorySource(root);
    const { revision } = await folder.latest(signal);
    await writeFiles(root, { "teams/a.yaml": "2" });
    const second = (await folder.latest(signal)).revision;

    expect(texts(await folder.at(revision, signal))).toEqual({ "teams/a.yaml": "1" });
    expect(await folder.compare(revision, second, signal)).toMatchObject({
      relation: "forward",
      commits: [],
      authors: { kind: "unknown" },
    });
    expect(await folder.compare(second, second, signal)).toMatchObject({ relation: "same", commits: [] });
    expect(await folder.compare(null, second, signal)).toMatchObject({ relation: "first", commits: [] });
  });

  test("is read from the folder by a new process if the content is unchanged", async () => {
    await writeFiles(root, { "teams/a.yaml": "1" });
    const { revision } = await directorySource(root).latest(signal);

    expect(texts(await directorySource(root).at(revision, signal))).toEqual({ "teams/a.yaml": "1" });
  });

  test("is not-found in a new process if the content has changed", async () => {
    await writeFiles(root, { "teams/a.yaml": "1" });
    const { revision } = await directorySource(root).latest(signal);
    await writeFiles(root, { "teams/a.yaml": "2" });

    await expect(directorySource(root).at(revision, signal)).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("the watch", () => {
  test("reports several changes together in one call, and none after its end", async () => {
    await writeFiles(root, { "teams/a.yaml": "1" });
    let calls = 0;
    let { promise: called, resolve } = Promise.withResolvers<void>();
    const stop = await directorySource(root, { debounceMs: 300 }).watch(() => {
      calls += 1;
      resolve();
    });

    await writeFiles(root, { "teams/a.yaml": "2", "teams/b.yaml": "2", "teams/c.yaml": "2" });
    await called;
    expect(calls).toBe(1);

    ({ promise: called, resolve } = Promise.withResolvers<void>());
    await writeFiles(root, { "platform/new.yaml": "1" });
    await called;
    await stop();
    await writeFiles(root, { "teams/d.yaml": "2" });
    expect(calls).toBe(2);
  });
});
