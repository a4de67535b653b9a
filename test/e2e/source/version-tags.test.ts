import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { revisionParts, type Revision } from "../../../src/model/values/revision.ts";
import { git, type TestRepository } from "../../support/git/git-repository.ts";
import { Bench } from "../../support/git/git-source.ts";

const { signal } = new AbortController();

describe("a source that follows versions", () => {
  let bench: Bench;
  let repository: TestRepository;

  beforeEach(async () => {
    bench = await Bench.open();
    repository = await bench.repository();
    await commit("first");
  });
  afterEach(() => bench.end());

  const commit = (message: string): Promise<string> =>
    repository.commit({ "teams/orders/a.yaml": `${message}: 1\n` }, { message });
  const tag = (name: string, options: readonly string[] = []): Promise<string> =>
    repository.git("tag", "-f", ...options, name, "main");
  const source = (range: string) =>
    bench.source({
      url: repository.bare,
      allowedFilePath: repository.bare,
      ref: { kind: "semver", name: range },
    });
  const latest = async (range: string): Promise<Revision> => (await source(range).latest(signal)).revision;

  test.each([
    { range: ">=1.2.0 <2", chosen: "v1.10.0", because: "numbers are compared, not texts" },
    { range: "~1.2", chosen: "v1.2.9", because: "the highest patch counts" },
    { range: "2.0.0-rc.1", chosen: "v2.0.0-rc.1", because: "a range may name a pre-release" },
    {
      range: ">=2.0.0-0",
      chosen: "v2.0.0-rc.2",
      because: "a range may include the pre-releases of a version",
    },
    { range: "*", chosen: "v1.10.0", because: "no other range includes one" },
  ])("reads $chosen for $range: $because", async ({ range, chosen }) => {
    for (const name of ["v1.2.0", "v1.2.9", "v1.10.0", "v2.0.0-rc.1", "v2.0.0-rc.2", "latest", "v1.x"])
      await tag(name);

    expect(revisionParts(await latest(range)).ref).toBe(chosen);
  });

  test("of an annotated tag reads its commit, and of two names of one version the first", async () => {
    const hash = (await repository.git("rev-parse", "main")).trim();
    await tag("v1.0.0", ["-a", "-m", "release"]);
    await tag("1.0.0");

    expect(await latest("1")).toBe(`1.0.0@sha1:${hash}`);
    await repository.git("tag", "-d", "1.0.0");
    expect(await latest("1")).toBe(`v1.0.0@sha1:${hash}`);
  });

  test.each<{ how: string; change: () => Promise<unknown>; relation: string }>([
    {
      how: "a new version",
      change: async () => {
        await commit("second");
        await tag("v1.0.1");
      },
      relation: "forward",
    },
    {
      how: "a tag that moved forward",
      change: async () => {
        await commit("second");
        await tag("v1.0.0");
      },
      relation: "moved",
    },
    {
      how: "another tag of the same version, on a newer commit",
      change: async () => {
        await commit("second");
        await tag("1.0.0");
      },
      relation: "moved",
    },
    {
      how: "a tag that moved to another history",
      change: async () => {
        await repository.commit({ "teams/orders/a.yaml": "x: 1\n" }, { parent: "none", message: "other" });
        await tag("v1.0.0");
      },
      relation: "rewritten",
    },
    { how: "a deleted tag", change: () => repository.git("tag", "-d", "v1.0.0"), relation: "older" },
  ])("recognises $how as $relation", async ({ change, relation }) => {
    await tag("v0.9.0");
    await commit("next");
    await tag("v1.0.0");
    const from = await latest("<2");
    await change();
    const to = await latest("<2");

    expect(await source("<2").compare(from, to, signal)).toMatchObject({ relation });
  });

  test.each([
    { tags: [], text: "it has no tag" },
    { tags: ["stable"], text: "none of its tags is a version" },
    { tags: ["v1.0.0", "v0.1.0"], text: "the highest version is v1.0.0" },
  ])("names what there is if no tag is in the range: $text", async ({ tags, text }) => {
    for (const name of tags) await tag(name);

    await expect(latest(">=2")).rejects.toMatchObject({
      code: "no-such-ref",
      message: expect.stringContaining(text),
    });
  });

  test("chooses among thousands of tags", async () => {
    const hash = (await repository.git("rev-parse", "main")).trim();
    const lines = Array.from({ length: 20_000 }, (_, index) => `create refs/tags/v1.0.${index} ${hash}\n`);
    await git(repository.bare, ["update-ref", "--stdin"], { input: lines.join("") });

    expect(revisionParts(await latest("1")).ref).toBe("v1.0.19999");
  });
});
