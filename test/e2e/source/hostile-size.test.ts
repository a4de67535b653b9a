import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { AT_MOST_MS } from "../../../demo/wait.ts";
import { commitTree, writeBlob } from "../../support/git/git-repository.ts";
import { LIMITS } from "../../support/git/git-source.ts";
import { signal, paths, HostileRepository } from "../../support/git/hostile-repository.ts";

// Git makes and reads up to 100,000 files, which takes long on a busy machine. Without the limits it would not end.
jest.setTimeout(3 * AT_MOST_MS);

let hostile: HostileRepository;

beforeEach(async () => {
  hostile = await HostileRepository.open();
});

// Fails when a process of a source is left.
afterEach(() => hostile.bench.end());

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
      make: async (blob) => oidOf(await hostile.nested(`100644 blob ${blob}`, 10)),
    },
    {
      because: "twelve objects name ten billion folders without a file",
      reason: "team-files",
      make: async () => oidOf(await hostile.nested(`040000 tree ${await hostile.makeTree("")}`, 10)),
    },
    {
      because: "50,000 files have the same path of a megabyte above them: a list has 50 GB",
      reason: "unsafe-name",
      make: async (blob) => {
        let tree = await hostile.manyFiles(50_000, blob);
        for (let level = 0; level < 100; level += 1)
          tree = await hostile.makeTree(`040000 tree ${tree}\t${"x".repeat(11_000)}\0`);
        return tree;
      },
    },
    {
      because: "a folder has 64 MiB of names",
      reason: "team-files",
      make: async (blob) =>
        hostile.rawTree(
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
      make: (blob) => hostile.manyFiles(LIMITS.teamFiles + 1, blob),
    },
    {
      because: "the files are one byte too large together",
      reason: "team-bytes",
      make: async (blob) => {
        const large = await writeBlob(hostile.repository.bare, "x".repeat(1_000_000));
        const entries = Array.from({ length: 10 }, (_, at) => `100644 blob ${large}\t${at}.yaml\0`);
        return hostile.makeTree([...entries, `100644 blob ${blob}\tz.yaml\0`].join(""));
      },
    },
  ])("when $because", async ({ make, reason }) => {
    const source = await hostile.served();
    const blob = await writeBlob(hostile.repository.bare, "1");
    await hostile.commitTeams(await hostile.rawTree([["40000", "orders", await hostile.manyFiles(1, blob)]]));
    await source.latest(signal);

    await hostile.commitTeams(
      await hostile.rawTree([
        ["40000", "bad", await make(blob)],
        ["40000", "orders", await hostile.manyFiles(2, blob)],
      ]),
    );
    const snapshot = await source.latest(signal);

    expect(paths(snapshot)).toEqual(["platform/p.yaml", "teams/orders/0.yaml", "teams/orders/1.yaml"]);
    expect(snapshot.refused).toEqual([{ path: expect.stringMatching(/^teams\/bad(\/x+…)?$/), reason }]);
  });

  test("when what is committed as a file is a folder", async () => {
    const blob = await writeBlob(hostile.repository.bare, "1");
    await hostile.commitTeams(
      await hostile.rawTree([
        ["40000", "bad", await hostile.rawTree([["100644", "a.yaml", await hostile.manyFiles(2, blob)]])],
        ["40000", "orders", await hostile.manyFiles(1, blob)],
      ]),
    );

    const snapshot = await (await hostile.served()).latest(signal);

    expect(paths(snapshot)).toEqual(["platform/p.yaml", "teams/orders/0.yaml"]);
    expect(snapshot.refused).toEqual([{ path: "teams/bad/a.yaml", reason: "unusual-mode" }]);
  });

  test("when all together are over the total, the largest are refused", async () => {
    await hostile.repository.commit({
      "platform/p.yaml": "1",
      "teams/a/1.yaml": "1",
      "teams/a/2.yaml": "1",
      "teams/a/3.yaml": "1",
      "teams/b/1.yaml": "1",
      "teams/c/1.yaml": "1",
      "teams/c/2.yaml": "123",
    });

    const byFiles = await (await hostile.served({ files: 4, teamFiles: 3 })).latest(signal);
    const byBytes = await (await hostile.served({ snapshotBytes: 5, teamBytes: 4 })).latest(signal);

    expect(byFiles.refused).toEqual([{ path: "teams/a", reason: "no-space" }]);
    expect(paths(byFiles)).toEqual(["platform/p.yaml", "teams/b/1.yaml", "teams/c/1.yaml", "teams/c/2.yaml"]);
    expect(byBytes.refused).toEqual([{ path: "teams/c", reason: "no-space" }]);
  });

  test("exactly the share is read", async () => {
    await hostile.repository.commit({ "teams/a/1": "12", "teams/a/b/2": "34" });

    const snapshot = await (await hostile.served({ teamFiles: 2, teamBytes: 4 })).latest(signal);

    expect(paths(snapshot)).toEqual(["teams/a/1", "teams/a/b/2"]);
    expect(snapshot.refused).toEqual([]);
  });
});

describe("too much in what belongs to no team is an error and no snapshot", () => {
  test.each<{ readonly because: string; readonly make: (blob: string) => Promise<string> }>([
    { because: "100,000 files", make: (blob) => hostile.manyFiles(100_000, blob) },
    {
      because: "ten billion paths made of twelve objects",
      make: async (blob) => (await hostile.nested(`100644 blob ${blob}`, 10)).split(" ").at(-1) ?? "",
    },
  ])("$because", async ({ make }) => {
    const platform = await make(await writeBlob(hostile.repository.bare, "x"));
    await commitTree(hostile.repository.bare, await hostile.makeTree(`040000 tree ${platform}\tplatform\0`));

    await expect((await hostile.served({ files: 50_000 })).latest(signal)).rejects.toMatchObject({
      code: "too-many-files",
    });
  });

  test("one blob under so many paths that the bytes together pass the limit", async () => {
    const text = "x".repeat(1_000);
    await hostile.repository.commit({ "teams/a": text, "teams/b": text, "teams/c": text });

    const source = await hostile.served({ snapshotBytes: 2_999 });

    await expect(source.latest(signal)).rejects.toMatchObject({ code: "too-large" });
  });

  test("exactly the limits are no error", async () => {
    await hostile.repository.commit({ "teams/a": "12", "teams/b": "34" });

    const source = await hostile.served({ files: 2, fileBytes: 2, snapshotBytes: 4 });

    expect((await source.latest(signal)).files).toHaveLength(2);
  });
});
