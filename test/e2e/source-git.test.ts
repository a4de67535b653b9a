import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Revision } from "../../src/model/values/revision.ts";
import { parseRevision } from "../../src/model/values/revision.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import { Bench } from "../support/git/git-source.ts";
import { addCommits } from "../support/git/git-repository.ts";

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});

afterEach(() => bench.end());

const { signal } = new AbortController();

function texts({ files }: Snapshot): Record<string, string> {
  return Object.fromEntries(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]));
}

function revision(text: string): Revision {
  const parsed = parseRevision(text);
  if (parsed === undefined) throw new Error(`"${text}" is no revision`);
  return parsed;
}

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

describe("a revision that was accepted", () => {
  test("is available after a force-push that removed it from the server", async () => {
    const repository = await bench.repository();
    const accepted = await repository.commit({ "teams/a.yaml": "accepted" });
    const source = bench.source({ url: await bench.serve() });
    await source.latest(signal);
    await repository.commit({ "teams/a.yaml": "forced" }, { parent: "none" });
    await repository.git("prune", "--expire=now");

    expect(texts(await source.latest(signal))).toEqual({ "teams/a.yaml": "forced" });
    expect(texts(await source.at(revision(`main@sha1:${accepted}`), signal))).toEqual({
      "teams/a.yaml": "accepted",
    });
  });

  test("is fetched from the server if the mirror was lost", async () => {
    const repository = await bench.repository();
    const accepted = await repository.commit({ "teams/a.yaml": "1" });
    await repository.commit({ "teams/a.yaml": "2" });

    const snapshot = await bench
      .source({ url: await bench.serve() })
      .at(revision(`main@sha1:${accepted}`), signal);

    expect(snapshot.revision).toBe(`main@sha1:${accepted}`);
    expect(texts(snapshot)).toEqual({ "teams/a.yaml": "1" });
  });

  test("is the error not-found if neither has it", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1" });
    const lost = revision(`main@sha1:${"1".repeat(40)}`);

    await expect(bench.source({ url: await bench.serve() }).at(lost, signal)).rejects.toMatchObject({
      name: "SourceError",
      code: "not-found",
    });
  });

  test("is readable while the server is gone", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1" });
    const source = bench.source({ url: `file://${repository.bare}`, allowedFilePath: repository.bare });
    const { revision } = await source.latest(signal);
    await repository.commit({ "teams/a.yaml": "2" });
    await repository.git("update-ref", "-d", "refs/heads/main");

    await expect(source.latest(signal)).rejects.toMatchObject({ code: "no-such-ref" });
    expect(texts(await source.at(revision, signal))).toEqual({ "teams/a.yaml": "1" });
  });
});

describe("compare", () => {
  const at = (commit: string): Revision => revision(`main@sha1:${commit}`);

  test("is forward, with the added commits newest first", async () => {
    const repository = await bench.repository();
    const first = await repository.commit({ "teams/a.yaml": "1" });
    const second = await repository.commit({ "teams/a.yaml": "2" }, { message: "second\n\nbody" });
    const third = await repository.commit({ "teams/a.yaml": "3" }, { message: "third" });
    const source = bench.source({ url: await bench.serve() });

    const { relation, commits } = await source.compare(at(first), at(third), signal);

    expect(relation).toBe("forward");
    const common = {
      author: "Dana <dana@example.com>",
      committer: "Robin <robin@example.com>",
      at: "2023-11-14T22:13:20.000Z",
    };
    expect(commits).toEqual([
      { id: third, subject: "third", ...common },
      { id: second, subject: "second", ...common },
    ]);
  });

  test("is same, rollback or rewritten", async () => {
    const repository = await bench.repository();
    const first = await repository.commit({ "teams/a.yaml": "1" });
    const second = await repository.commit({ "teams/a.yaml": "2" });
    const apart = await repository.commit({ "teams/a.yaml": "3" }, { parent: "none" });
    const source = bench.source({ url: await bench.serve() });

    expect(await source.compare(at(second), at(second), signal)).toEqual({ relation: "same", commits: [] });
    expect(await source.compare(at(second), at(first), signal)).toEqual({
      relation: "rollback",
      commits: [],
    });
    const rewritten = await source.compare(at(second), at(apart), signal);
    expect(rewritten.relation).toBe("rewritten");
    expect(rewritten.commits.map(({ id }) => id)).toEqual([apart]);
  });

  test("is rewritten if the accepted revision no longer exists", async () => {
    const repository = await bench.repository();
    const tip = await repository.commit({ "teams/a.yaml": "1" });
    const source = bench.source({ url: await bench.serve() });

    const { relation, commits } = await source.compare(at("2".repeat(40)), at(tip), signal);

    expect(relation).toBe("rewritten");
    expect(commits.map(({ id }) => id)).toEqual([tip]);
  });

  test("is rewritten if the repository was created again with SHA-256", async () => {
    const repository = await bench.repository("sha256");
    const tip = await repository.commit({ "teams/a.yaml": "1" });
    const source = bench.source({ url: await bench.serve() });

    const { relation } = await source.compare(at("2".repeat(40)), revision(`main@sha256:${tip}`), signal);

    expect(relation).toBe("rewritten");
  });

  test("gives at most 100 commits, without control characters and within a length", async () => {
    const repository = await bench.repository();
    const first = await repository.commit({ "teams/a.yaml": "0" });
    await addCommits(repository.bare, 101);
    const last = await repository.commit(
      { "teams/a.yaml": "2" },
      {
        message: `\u001b[31mred\u202e${"x".repeat(3_000_000)}`,
        env: {
          GIT_AUTHOR_NAME: "Eve\u001b[2J\u0007",
          GIT_AUTHOR_EMAIL: "eve@x\u007f",
          GIT_COMMITTER_DATE: "@253402300800 +0000",
        },
      },
    );
    const source = bench.source({ url: await bench.serve() });

    const { commits } = await source.compare(at(first), at(last), signal);

    expect(commits).toHaveLength(100);
    expect(commits[0]?.author).toBe("Eve [2J <eve@x>");
    expect(commits[0]?.at).toBe("9999-12-31T23:59:59.000Z");
    expect(commits[0]?.subject.length).toBeLessThanOrEqual(300);
    expect(commits[0]?.subject).toMatch(/^\[31mred xx/);
  }, 60_000);
});
