import { mkdir, readdir, writeFile } from "node:fs/promises";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Bench } from "../../support/git/git-source.ts";
import { texts, revision } from "../../support/git/snapshots.ts";

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});

afterEach(() => bench.end());
const { signal } = new AbortController();

describe("the newest snapshot", () => {
  test("has the files under the declared paths and no others", async () => {
    const repository = await bench.repository();
    const commit = await repository.commit({
      "README.md": "not ours",
      "platform/accounts.yaml": "a",
      "teams/orders/api.yaml": "b",
      "teamsters/x.yaml": "not ours either",
    });

    const snapshot = await bench.source({ url: await bench.serve() }).latest(signal);

    expect(texts(snapshot)).toEqual({ "platform/accounts.yaml": "a", "teams/orders/api.yaml": "b" });
    expect(snapshot).toMatchObject({
      source: "main",
      revision: `main@sha1:${commit}`,
      refused: [],
      uncommitted: false,
    });
  });

  test("follows a push", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1" });
    const source = bench.source({ url: await bench.serve() });
    await source.latest(signal);
    const second = await repository.commit({ "teams/a.yaml": "2" });

    const snapshot = await source.latest(signal);

    expect(snapshot.revision).toBe(`main@sha1:${second}`);
    expect(texts(snapshot)).toEqual({ "teams/a.yaml": "2" });
  });

  test("is asked for by one process alone if nothing was pushed", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1" });
    const source = bench.source({ url: `file://${repository.bare}`, allowedFilePath: repository.bare });
    await source.latest(signal);
    let started = 0;
    const count = (): void => void (started += 1);

    subscribe("child_process", count);
    await source.latest(signal);
    unsubscribe("child_process", count);

    expect(started).toBe(1);
  });

  test("has the same bytes if nothing was pushed, and no pack is requested", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1" });
    const source = bench.source({ url: await bench.serve() });

    const [first, second] = [await source.latest(signal), await source.latest(signal)];

    expect(second).toEqual(first);
    const [mirror = ""] = await readdir(bench.mirrorDir);
    const packs = await readdir(join(bench.mirrorDir, mirror, "objects/pack"));
    expect(packs.filter((name) => name.endsWith(".pack"))).toHaveLength(1);
  });

  test("reaches several callers at the same time", async () => {
    const repository = await bench.repository();
    const first = await repository.commit({ "teams/a.yaml": "1" });
    await repository.commit({ "teams/a.yaml": "2" });
    const source = bench.source({ url: await bench.serve() });

    const older = source.at(revision(`main@sha1:${first}`), signal);
    const [a, b, c] = await Promise.all([source.latest(signal), source.latest(signal), older]);

    expect([texts(a), texts(b), texts(c)].map((files) => files["teams/a.yaml"])).toEqual(["2", "2", "1"]);
  });

  test("of a repository with SHA-256 names has a sha256 revision", async () => {
    const repository = await bench.repository("sha256");
    const commit = await repository.commit({ "teams/a.yaml": "1" });

    const snapshot = await bench.source({ url: await bench.serve() }).latest(signal);

    expect(snapshot.revision).toBe(`main@sha256:${commit}`);
    expect(texts(snapshot)).toEqual({ "teams/a.yaml": "1" });
  });

  test("of an annotated tag is that of its commit", async () => {
    const repository = await bench.repository();
    const commit = await repository.commit({ "teams/a.yaml": "1" });
    await repository.git("tag", "-a", "-m", "first", "v1", commit);
    const source = bench.source({ url: await bench.serve(), ref: { kind: "tag", name: "v1" } });

    expect((await source.latest(signal)).revision).toBe(`v1@sha1:${commit}`);
    expect((await source.latest(signal)).revision).toBe(`v1@sha1:${commit}`);
  });

  test("of a commit stays at it when the branch moves on", async () => {
    const repository = await bench.repository();
    const commit = await repository.commit({ "teams/a.yaml": "1" });
    await repository.commit({ "teams/a.yaml": "2" });
    const source = bench.source({ url: await bench.serve(), ref: { kind: "commit", name: commit } });

    const snapshot = await source.latest(signal);

    expect(snapshot.revision).toBe(`commit@sha1:${commit}`);
    expect(texts(snapshot)).toEqual({ "teams/a.yaml": "1" });
  });

  test("comes from the local repository that the configuration names", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1" });
    const source = bench.source({ url: `file://${repository.bare}`, allowedFilePath: repository.bare });

    expect(texts(await source.latest(signal))).toEqual({ "teams/a.yaml": "1" });
  });

  test("of the path . is the complete repository", async () => {
    const repository = await bench.repository();
    await repository.commit({ "a.yaml": "1", "teams/b.yaml": "2" });
    const source = bench.source({
      url: await bench.serve(),
      paths: { platformPath: ".", tenantPath: "teams" },
    });

    expect(texts(await source.latest(signal))).toEqual({ "a.yaml": "1", "teams/b.yaml": "2" });
  });

  test("is empty, not an error, if the declared paths have no files", async () => {
    const repository = await bench.repository();
    await repository.commit({ "README.md": "x" });

    expect((await bench.source({ url: await bench.serve() }).latest(signal)).files).toEqual([]);
  });

  test("is read again by a new process from the mirror that the old one left", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1" });
    const url = await bench.serve();
    await bench.source({ url }).latest(signal);
    const [mirror = ""] = await readdir(bench.mirrorDir);
    await writeFile(join(bench.mirrorDir, mirror, "objects/pack/tmp_pack_killed"), "half");
    await mkdir(join(bench.mirrorDir, mirror, "refs/grantkeeper"), { recursive: true });
    await writeFile(join(bench.mirrorDir, mirror, "refs/grantkeeper/tip.lock"), "");
    await repository.commit({ "teams/a.yaml": "2" });

    const snapshot = await bench.source({ url }).latest(signal);

    expect(texts(snapshot)).toEqual({ "teams/a.yaml": "2" });
    expect(await readdir(join(bench.mirrorDir, mirror, "objects/pack"))).not.toContain("tmp_pack_killed");
  });

  test("is complete after many fetches, whose packs are merged", async () => {
    const repository = await bench.repository();
    const source = bench.source({ url: await bench.serve() });
    const first = await repository.commit({ "teams/a.yaml": "first" });
    await source.latest(signal);
    await repository.commit({ "teams/a.yaml": "apart" }, { parent: "none" });
    for (let count = 0; count < 22; count += 1) {
      await source.latest(signal);
      await repository.commit({ "teams/a.yaml": `${count}` });
    }

    const snapshot = await source.latest(signal);

    expect(texts(snapshot)).toEqual({ "teams/a.yaml": "21" });
    const [mirror = ""] = await readdir(bench.mirrorDir);
    const packs = await readdir(join(bench.mirrorDir, mirror, "objects/pack"));
    expect(packs.filter((name) => name.endsWith(".pack")).length).toBeLessThan(10);
    await repository.git("reflog", "expire", "--expire=now", "--all");
    await repository.git("prune", "--expire=now");
    expect(texts(await source.at(revision(`main@sha1:${first}`), signal))).toEqual({
      "teams/a.yaml": "first",
    });
  }, 120_000);
});
