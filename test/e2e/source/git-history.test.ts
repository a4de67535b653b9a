import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Revision } from "../../../src/model/values/revision.ts";
import { Bench } from "../../support/git/git-source.ts";
import { addCommits } from "../../support/git/git-repository.ts";
import { texts, revision } from "../../support/git/snapshots.ts";

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});

afterEach(() => bench.end());
const { signal } = new AbortController();

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

  test("is compared after the mirror was lost while the source ran", async () => {
    const repository = await bench.repository();
    await repository.commit({ "teams/a.yaml": "1" });
    const source = bench.source({ url: await bench.serve() });
    const { revision: accepted } = await source.latest(signal);
    expect(await source.compare(null, accepted, signal)).toMatchObject({ relation: "first" });
    for (const name of await readdir(bench.mirrorDir))
      await rm(join(bench.mirrorDir, name), { recursive: true });

    await repository.commit({ "teams/a.yaml": "2" });
    const { revision: next } = await source.latest(signal);

    expect(await source.compare(accepted, next, signal)).toMatchObject({ relation: "forward" });
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

    expect(await source.compare(at(second), at(second), signal)).toMatchObject({
      relation: "same",
      commits: [],
    });
    expect(await source.compare(at(second), at(first), signal)).toMatchObject({
      relation: "older",
      commits: [],
      dropped: [{ id: second }],
      authors: { kind: "unknown" },
    });
    const rewritten = await source.compare(at(second), at(apart), signal);
    expect(rewritten.relation).toBe("rewritten");
    expect(rewritten.commits.map(({ id }) => id)).toEqual([apart]);
    expect(rewritten.dropped?.map(({ id }) => id)).toEqual([second, first]);
    expect(await source.compare(at(first), at(second), signal)).not.toHaveProperty("dropped");
  });

  test("is rewritten if the accepted revision no longer exists", async () => {
    const repository = await bench.repository();
    const tip = await repository.commit({ "teams/a.yaml": "1" });
    const source = bench.source({ url: await bench.serve() });

    const { relation, commits, dropped } = await source.compare(at("2".repeat(40)), at(tip), signal);

    expect(relation).toBe("rewritten");
    expect(dropped).toBeUndefined();
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
