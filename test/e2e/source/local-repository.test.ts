import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Snapshot } from "../../../src/model/snapshot.ts";
import { readLocalRevision } from "../../../src/source/local-repository.ts";
import { git, writeFiles } from "../../support/git/git-repository.ts";
import { Bench, LIMITS, PATHS } from "../../support/git/git-source.ts";

let bench: Bench;
let work: string;

beforeEach(async () => {
  bench = await Bench.open();
  work = join(bench.root, "work");
  await git(bench.root, ["init", "--quiet", work]);
});

afterEach(() => bench.end());

function read(root: string, name: string): Promise<Snapshot> {
  const { signal } = new AbortController();
  return readLocalRevision({ root, paths: PATHS, limits: LIMITS, timeoutMs: 20_000 }, name, signal);
}

async function commit(files: Readonly<Record<string, string>>): Promise<string> {
  await writeFiles(work, files);
  await git(work, ["add", "."]);
  await git(work, ["commit", "--quiet", "-m", "change"]);
  return (await git(work, ["rev-parse", "HEAD"])).trim();
}

test("an older commit is read unchanged, regardless of the working copy", async () => {
  const first = await commit({ "teams/a.yaml": "1" });
  await commit({ "teams/a.yaml": "2" });
  await writeFiles(work, { "teams/a.yaml": "3", "teams/b.yaml": "new" });

  const snapshot = await read(work, "HEAD~1");

  expect(snapshot).toMatchObject({ revision: `HEAD~1@sha1:${first}`, uncommitted: false });
  expect(snapshot.files.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(["1"]);
});

test("paths are relative to the folder that is named, inside a larger repository", async () => {
  await commit({ "teams/a.yaml": "outer", "permissions/teams/b.yaml": "inner" });

  const { files } = await read(join(work, "permissions"), "main");

  expect(files.map(({ path }) => path)).toEqual(["teams/b.yaml"]);
});

test.each([
  { name: "nowhere", code: "no-such-ref", because: "no commit has the name" },
  { name: "--output=x", code: "no-such-ref", because: "an option is no name" },
  { name: "", code: "no-such-ref", because: "nothing is named" },
  { name: "HEAD:teams", code: "no-such-ref", because: "a folder is no commit" },
])("$name is $code: $because", async ({ name, code }) => {
  await commit({ "teams/a.yaml": "1" });

  await expect(read(work, name)).rejects.toMatchObject({ name: "SourceError", code });
});

test.each([
  { name: "HEAD~1", code: "shallow", expected: /"HEAD~1" is not a commit .* shallow clone/ },
  { name: "origin/other", code: "shallow", expected: /shallow clone/ },
])("$name of a shallow clone is $code, not a name that is wrong", async ({ name, code, expected }) => {
  await commit({ "teams/a.yaml": "1" });
  await commit({ "teams/a.yaml": "2" });
  const copy = join(bench.root, "copy");
  await git(bench.root, ["clone", "--quiet", "--depth", "1", `file://${work}`, copy]);

  await expect(read(copy, name)).rejects.toMatchObject({ code, message: expect.stringMatching(expected) });
});

test("a file that a partial clone lacks is named, with the commit", async () => {
  const first = await commit({ "teams/a.yaml": "1" });
  await commit({ "teams/a.yaml": "2" });
  await git(work, ["config", "uploadpack.allowFilter", "true"]);
  const copy = join(bench.root, "copy");
  await git(bench.root, ["clone", "--quiet", "--filter=blob:none", `file://${work}`, copy]);

  await expect(read(copy, "HEAD~1")).rejects.toMatchObject({
    code: "partial",
    message: expect.stringContaining(`teams/a.yaml at ${first}`),
  });
  expect((await read(copy, "HEAD")).files).toHaveLength(1);
});

test("a folder in no repository is not found", async () => {
  await expect(read(bench.root, "HEAD")).rejects.toMatchObject({ name: "SourceError", code: "not-found" });
});
