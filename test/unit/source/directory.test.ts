import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { SourceError } from "../../../src/controller/ports/source.ts";
import type { Snapshot } from "../../../src/model/snapshot.ts";
import { DirectorySource } from "../../../src/source/directory.ts";
import type { DirectorySourceOptions } from "../../../src/source/directory.ts";
import { git, writeFiles } from "../../support/git/git-repository.ts";
import { LIMITS, PATHS, SILENT } from "../../support/git/git-source.ts";

let root = "";

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "directory-"));
});

afterEach(() => rm(root, { recursive: true }));

const { signal } = new AbortController();

function source(options: Partial<DirectorySourceOptions> = {}): DirectorySource {
  return new DirectorySource({
    name: "local",
    root,
    paths: PATHS,
    limits: LIMITS,
    rules: "directory",
    debounceMs: 20,
    telemetry: SILENT,
    ...options,
  });
}

function texts({ files }: Snapshot): Record<string, string> {
  return Object.fromEntries(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]));
}

describe("the newest snapshot of a folder", () => {
  test("has the files under the declared paths, sorted, and is uncommitted", async () => {
    await writeFiles(root, {
      "teams/b/x.yaml": "2",
      "teams/a.yaml": "1",
      "platform/p.yaml": "3",
      "other/x": "no",
    });

    const snapshot = await source().latest(signal);

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
    const first = (await source().latest(signal)).revision;
    await rm(join(root, "teams/a.yaml"));
    await writeFiles(root, { "teams/a.yaml": "1" });
    const again = (await source().latest(signal)).revision;
    await rename(join(root, "teams/a.yaml"), join(root, "teams/b.yaml"));
    const renamed = (await source().latest(signal)).revision;
    await symlink("b.yaml", join(root, "teams/c.yaml"));
    const linked = (await source().latest(signal)).revision;

    expect(again).toBe(first);
    expect(new Set([first, renamed, linked]).size).toBe(3);
  });

  test("is empty when the declared paths are absent", async () => {
    expect((await source().latest(signal)).files).toEqual([]);
  });

  test("does not contain git's own folder", async () => {
    await git(root, ["init", "--quiet", "."]);
    await writeFiles(root, { "a.yaml": "1" });

    expect(texts(await source({ paths: { platformPath: ".", tenantPath: "." } }).latest(signal))).toEqual({
      "a.yaml": "1",
    });
  });

  test("of a missing folder is the error not-found", async () => {
    await expect(source({ root: join(root, "nowhere") }).latest(signal)).rejects.toMatchObject({
      name: "SourceError",
      code: "not-found",
    });
  });

  test("rejects with the caller's reason", async () => {
    const reason = new Error("stopping");

    await expect(source().latest(AbortSignal.abort(reason))).rejects.toBe(reason);
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

    const snapshot = await source({ limits: { ...LIMITS, fileBytes: 100 } }).latest(signal);

    expect(snapshot.refused).toEqual([{ path: "teams/b", reason }]);
    expect(texts(snapshot)).toEqual({ "teams/a.yaml": "1" });
  });

  test("an unsafe name", async () => {
    await writeFiles(root, { "teams/a\nb.yaml": "x" });

    expect((await source().latest(signal)).refused).toEqual([
      { path: "teams/a\\x0ab.yaml", reason: "unsafe-name" },
    ]);
  });

  test("a declared path, or a folder on the way to it, that is a link", async () => {
    await symlink("/etc", join(root, "platform"));

    expect(
      (await source({ paths: { ...PATHS, platformPath: "platform/x" } }).latest(signal)).refused,
    ).toEqual([{ path: "platform", reason: "symlink" }]);
    expect((await source().latest(signal)).refused).toEqual([{ path: "platform", reason: "symlink" }]);
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

    const snapshot = await asUser(() => source().latest(signal));
    await chmod(join(root, path), 0o755);

    expect(snapshot.refused).toEqual([{ path, reason: "unreadable" }]);
    expect(texts(snapshot)).toEqual({ "platform/p.yaml": "2" });
  });

  test("for the folder itself it is an error", async () => {
    await chmod(root, 0);

    const refused = asUser(() => source().latest(signal));

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
    await expect(source({ limits: { ...LIMITS, ...limits } }).latest(signal)).rejects.toMatchObject({ code });
  });

  test("does not include a share that is exactly at the limits", async () => {
    const limits = { ...LIMITS, files: 2, fileBytes: 2, snapshotBytes: 4 };

    expect((await source({ limits }).latest(signal)).files).toHaveLength(2);
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

    const { files, refused } = await source({ limits: { ...LIMITS, ...limits } }).latest(signal);

    expect(refused).toEqual([{ path: "teams/bad", reason }]);
    expect(files.map(({ path }) => path)).toEqual(["teams/a", "teams/b", "teams/orders/1"]);
  });

  test("of a team does not count a file that is refused by itself", async () => {
    await writeFiles(root, { "teams/orders/1": "x".repeat(101), "teams/orders/2": "12" });

    const limits = { ...LIMITS, fileBytes: 100, teamBytes: 2 };

    expect((await source({ limits }).latest(signal)).refused).toEqual([
      { path: "teams/orders/1", reason: "too-large" },
    ]);
  });
});

describe("a ConfigMap's volume", () => {
  /** The layout of the kubelet: files in a dated folder, a link `..data` to it, and links into `..data`. */
  async function mount(folder: string, time: string, files: Readonly<Record<string, string>>): Promise<void> {
    await mkdir(folder, { recursive: true });
    await writeFiles(join(folder, `..${time}`), files);
    await symlink(`..${time}`, join(folder, "..data_tmp"));
    await rename(join(folder, "..data_tmp"), join(folder, "..data"));
    for (const name of new Set(Object.keys(files).map((path) => path.split("/")[0] ?? ""))) {
      await rm(join(folder, name), { force: true });
      await symlink(`..data/${name}`, join(folder, name));
    }
  }

  test("at the root is read through ..data", async () => {
    await mount(root, "2026_01", { "teams/orders/a.yaml": "1", "platform/p.yaml": "2" });

    const snapshot = await source().latest(signal);

    expect(texts(snapshot)).toEqual({ "teams/orders/a.yaml": "1", "platform/p.yaml": "2" });
    expect(snapshot.refused).toEqual([]);
  });

  test("at a team's folder is read through ..data, and follows the swap", async () => {
    const team = join(root, "teams/orders");
    await mount(team, "2026_01", { "a.yaml": "1" });
    expect(texts(await source().latest(signal))).toEqual({ "teams/orders/a.yaml": "1" });

    await mount(team, "2026_02", { "a.yaml": "2" });

    expect(texts(await source().latest(signal))).toEqual({ "teams/orders/a.yaml": "2" });
  });

  function mixture(snapshot: Snapshot): string {
    return new Set(Object.values(texts(snapshot))).size === 1 ? "pure" : JSON.stringify(texts(snapshot));
  }

  function codeOf(error: unknown): string {
    return error instanceof SourceError ? error.code : String(error);
  }

  test("that is swapped during the read yields one state or the other, or an error, never a mixture", async () => {
    const files = (value: string) => ({
      "teams/a.yaml": value,
      "teams/b.yaml": value,
      "teams/c.yaml": value,
    });
    const swaps = async (): Promise<void> => {
      for (let count = 0; count < 60; count += 1) {
        await mount(root, `swap${count}`, files(String(count)));
        if (count > 0) await rm(join(root, `..swap${count - 1}`), { recursive: true });
      }
    };
    await mount(root, "first", files("first"));
    const folder = source();
    const swapping = { isOn: true };
    const swapped = swaps().finally(() => (swapping.isOn = false));
    const states: string[] = [];
    while (swapping.isOn) states.push(await folder.latest(signal).then(mixture, codeOf));
    await swapped;

    expect(states.filter((state) => state !== "pure" && state !== "changing")).toEqual([]);
    expect(texts(await folder.latest(signal))).toEqual(files("59"));
  });

  test("whose ..data leads to nothing refuses only its links, by name", async () => {
    await mount(join(root, "teams/orders"), "2026_01", { "a.yaml": "1" });
    await writeFiles(root, { "teams/search/b.yaml": "2", "platform/p.yaml": "3" });
    await rm(join(root, "teams/orders/..2026_01"), { recursive: true });

    const snapshot = await source().latest(signal);

    expect(texts(snapshot)).toEqual({ "platform/p.yaml": "3", "teams/search/b.yaml": "2" });
    expect(snapshot.refused).toEqual([
      { path: "teams/orders/..data", reason: "symlink" },
      { path: "teams/orders/a.yaml", reason: "symlink" },
    ]);
  });

  test("at the root whose ..data leads to nothing is a folder with links", async () => {
    await mount(root, "2026_01", { "teams/orders/a.yaml": "1", "platform/p.yaml": "2" });
    await rm(join(root, "..2026_01"), { recursive: true });

    expect(await source().latest(signal)).toMatchObject({
      files: [],
      refused: [
        { path: "platform", reason: "symlink" },
        { path: "teams", reason: "symlink" },
      ],
    });
  });

  test("is not a volume under the rules of Git: its links are refused, and its dated folder is a normal folder", async () => {
    await mount(join(root, "teams/orders"), "2026_01", { "a.yaml": "1" });

    const snapshot = await source({ rules: "git" }).latest(signal);

    expect(texts(snapshot)).toEqual({ "teams/orders/..2026_01/a.yaml": "1" });
    expect(snapshot.refused).toEqual([
      { path: "teams/orders/..data", reason: "symlink" },
      { path: "teams/orders/a.yaml", reason: "symlink" },
    ]);
  });

  test.each([{ target: "/etc" }, { target: "../other" }, { target: "x" }])(
    "whose ..data leads to $target is not a volume: the link is refused",
    async ({ target }) => {
      await mkdir(join(root, "teams"), { recursive: true });
      await mkdir(join(root, "other"));
      await symlink(target, join(root, "teams/..data"));

      expect(await source().latest(signal)).toMatchObject({
        files: [],
        refused: [{ path: "teams/..data", reason: "symlink" }],
      });
    },
  );
});

describe("an earlier revision", () => {
  test("is available while this process remembers it", async () => {
    await writeFiles(root, { "teams/a.yaml": "1" });
    const folder = source();
    const { revision } = await folder.latest(signal);
    await writeFiles(root, { "teams/a.yaml": "2" });
    const second = (await folder.latest(signal)).revision;

    expect(texts(await folder.at(revision, signal))).toEqual({ "teams/a.yaml": "1" });
    expect(await folder.compare(revision, second)).toEqual({ relation: "forward", commits: [] });
    expect(await folder.compare(second, second)).toEqual({ relation: "same", commits: [] });
  });

  test("is read from the folder by a new process if the content is unchanged", async () => {
    await writeFiles(root, { "teams/a.yaml": "1" });
    const { revision } = await source().latest(signal);

    expect(texts(await source().at(revision, signal))).toEqual({ "teams/a.yaml": "1" });
  });

  test("is not-found in a new process if the content has changed", async () => {
    await writeFiles(root, { "teams/a.yaml": "1" });
    const { revision } = await source().latest(signal);
    await writeFiles(root, { "teams/a.yaml": "2" });

    await expect(source().at(revision, signal)).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("the watch", () => {
  test("reports several changes together in one call, and none after its end", async () => {
    await writeFiles(root, { "teams/a.yaml": "1" });
    let calls = 0;
    let { promise: called, resolve } = Promise.withResolvers<void>();
    const stop = await source({ debounceMs: 300 }).watch(() => {
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
