import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Authors } from "../../../src/model/authors.ts";
import { Bench } from "../../support/git/git-source.ts";
import { git, type CommitOptions, type TestRepository } from "../../support/git/git-repository.ts";
import { revision } from "../../support/git/snapshots.ts";

const { signal } = new AbortController();
const CLAUDE = "x\n\nCo-Authored-By: Claude <noreply@anthropic.com>";
const FIRST = { "teams/a/f.yaml": "1", "teams/b/f.yaml": "1", "platform/p.yaml": "1", other: "1" };

let bench: Bench;
let repository: TestRepository;

beforeEach(async () => {
  bench = await Bench.open();
  repository = await bench.repository();
});

afterEach(() => bench.end());

/** `dana@example.com Claude unknown`, by file, of what the newest commit adds to the first. */
async function changes(from: string, to: string): Promise<unknown> {
  const source = bench.source({ url: await bench.serve() });
  await source.latest(signal);
  const step = await source.compare(revision(`main@sha1:${from}`), revision(`main@sha1:${to}`), signal);
  const { authors: made } = step;
  if (made.kind === "unknown") return `${made.reason}: ${made.people?.filter(isAuthor).join(" ") ?? ""}`;
  return Object.fromEntries([...made.byFile].map(([path, authors]) => [path, textOf(authors)]));
}

/** Robin committed all of them, and is among the people of each. */
function isAuthor(mail: string): boolean {
  return mail !== "robin@example.com";
}

function textOf({ people, assistants, unknown }: Authors): string {
  return [
    ...people.filter(isAuthor),
    ...assistants.map(({ assistant }) => assistant),
    ...(unknown === null ? [] : ["unknown"]),
  ].join(" ");
}

const push = (files: Readonly<Record<string, string>>, options?: CommitOptions) =>
  repository.commit({ ...FIRST, ...files }, options);

test("each file that differs has the authors of the commits that changed it", async () => {
  const first = await push({});
  await push({ "teams/a/f.yaml": "2" }, { message: CLAUDE });
  const last = await push({ "teams/a/f.yaml": "3", "teams/b/f.yaml": "2", other: "2" });

  expect(await changes(first, last)).toEqual({
    "teams/a/f.yaml": "dana@example.com Claude",
    "teams/b/f.yaml": "dana@example.com",
  });
});

test("a change that was taken back has no authors, since nothing differs", async () => {
  const first = await push({});
  await push({ "teams/a/f.yaml": "2" }, { message: CLAUDE });
  const last = await push({ "platform/p.yaml": "2" });

  expect(await changes(first, last)).toEqual({ "platform/p.yaml": "dana@example.com" });
});

test("a merged branch counts with its commits, and the merge only for what it changes itself", async () => {
  const first = await push({});
  const onBranch = await push({ "teams/a/f.yaml": "2" }, { message: CLAUDE, branch: "main" });
  await repository.git("update-ref", "refs/heads/main", first);
  const onMain = await push({ "teams/b/f.yaml": "2" });
  const merged = await mergeOfKim(await mergedTree(onMain, onBranch), [onMain, onBranch]);

  expect(await changes(first, merged)).toEqual({
    "teams/a/f.yaml": "dana@example.com Claude",
    "teams/b/f.yaml": "dana@example.com",
  });
});

async function mergeOfKim(tree: string, parents: readonly string[]): Promise<string> {
  const args = ["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-m", "merge"];
  const mail = "kim@example.com";
  const env = { GIT_AUTHOR_EMAIL: mail, GIT_COMMITTER_EMAIL: mail };
  const merged = (await git(repository.bare, args, { env })).trim();
  await repository.git("update-ref", "refs/heads/main", merged);
  return merged;
}

async function mergedTree(a: string, b: string): Promise<string> {
  return (await repository.git("merge-tree", "--write-tree", a, b)).trim();
}

test("a merge that restores an older state leaves a file that no commit changed: it may be of any author of the step", async () => {
  const first = await push({});
  const narrowed = await push({ "teams/a/f.yaml": "narrow" });
  await repository.git("update-ref", "refs/heads/main", first);
  const onBranch = await push({ "teams/b/f.yaml": "2" });
  const tree = (await repository.git("rev-parse", `${onBranch}^{tree}`)).trim();
  const merged = await mergeOfKim(tree, [narrowed, onBranch]);

  expect(await changes(narrowed, merged)).toEqual({
    "teams/a/f.yaml": "dana@example.com kim@example.com unknown",
    "teams/b/f.yaml": "dana@example.com",
  });
});

test("a merge that takes an older content may be its author, also of a file that a commit of the step changed", async () => {
  const first = await push({ "teams/a/f.yaml": "wide" });
  const narrowed = await push({ "teams/a/f.yaml": "narrow" });
  const later = await push({ "teams/a/f.yaml": "narrow, with a comment" });
  const tree = (await repository.git("rev-parse", `${first}^{tree}`)).trim();
  const merged = await mergeOfKim(tree, [later, first]);

  expect(await changes(narrowed, merged)).toEqual({
    "teams/a/f.yaml": "dana@example.com kim@example.com unknown",
  });
});

test("of a force-push, a merge that takes an older content has its author among the people", async () => {
  const first = await push({ "teams/a/f.yaml": "wide" });
  const narrowed = await push({ "teams/a/f.yaml": "narrow" });
  await repository.git("update-ref", "refs/heads/main", first);
  const onMain = await push({ "teams/a/f.yaml": "other" });
  await mergeOfKim((await repository.git("rev-parse", `${first}^{tree}`)).trim(), [onMain, first]);
  const last = await push({ "teams/a/f.yaml": "wide", "teams/b/f.yaml": "2" });

  expect(await changes(narrowed, last)).toBe(
    "the history does not continue the accepted revision: dana@example.com kim@example.com",
  );
});

test("of a first revision, the people of its entire history are known", async () => {
  await push({}, { env: { GIT_AUTHOR_EMAIL: "kim@example.com" } });
  const last = await push({ "teams/b/f.yaml": "2" });
  const source = bench.source({ url: await bench.serve() });
  await source.latest(signal);

  expect(await source.compare(null, revision(`main@sha1:${last}`), signal)).toEqual({
    relation: "first",
    commits: [],
    authors: {
      kind: "unknown",
      reason: "there is nothing to compare with",
      people: ["dana@example.com", "kim@example.com", "robin@example.com"],
    },
  });
});

test("a message that is too large hides other authors of its commit, and not the author", async () => {
  const first = await push({});
  await push({ "teams/a/f.yaml": "2" }, { message: `x\n\n${"long ".repeat(20_000)}` });
  const last = await push({ "teams/a/f.yaml": "2", "teams/b/f.yaml": "2" });

  expect(await changes(first, last)).toEqual({
    "teams/a/f.yaml": "dana@example.com unknown",
    "teams/b/f.yaml": "dana@example.com",
  });
});

test("the messages of many commits are read up to a limit, the smallest first", async () => {
  const first = await push({});
  const message = "x ".repeat(32_000);
  const large = Array.from(
    { length: 66 },
    (_, at) =>
      `commit refs/heads/main\ncommitter Dana <dana@example.com> ${1_700_000_001 + at} +0000\ndata ${message.length}\n${message}\n${at === 0 ? "from refs/heads/main^0\n" : ""}M 644 inline teams/a/f.yaml\ndata 2\n${10 + at}\n`,
  ).join("");
  await git(repository.bare, ["fast-import", "--quiet"], { input: large });
  const last = await push({ "teams/a/f.yaml": "75", "teams/b/f.yaml": "2" }, { message: CLAUDE });

  expect(await changes(first, last)).toEqual({
    "teams/a/f.yaml": "dana@example.com unknown",
    "teams/b/f.yaml": "dana@example.com Claude",
  });
});

test("a file with a colon, a line break or the name of a commit does not hide another one", async () => {
  const first = await push({});
  const human = await push({ "teams/b/f.yaml": "2" });
  const odd = { [`teams/a/${human}`]: "x", "teams/a/:b": "x", "teams/a/:\nc": "x" };
  const last = await push({ ...odd, "teams/a/f.yaml": "2", "teams/b/f.yaml": "2" }, { message: CLAUDE });

  const found = await changes(first, last);

  expect(found).toMatchObject({
    "teams/a/f.yaml": "dana@example.com Claude",
    "teams/b/f.yaml": "dana@example.com",
  });
  expect(Object.keys(found as object)).toHaveLength(5);
});

const KIM = { env: { GIT_AUTHOR_EMAIL: "kim@example.com" } };
const NOT_FORWARD = "the history does not continue the accepted revision";

test("a force-push has no known authors, and the people of its commits", async () => {
  const first = await push({});
  await push(
    { "teams/a/f.yaml": "2" },
    { parent: "none", message: "x\n\nCo-authored-by: Lee <lee@example.com>" },
  );
  const apart = await push({ "teams/a/f.yaml": "2", other: "3" }, KIM);

  expect(await changes(first, apart)).toBe(
    `${NOT_FORWARD}: dana@example.com kim@example.com lee@example.com`,
  );
});

test("a rollback adds no commit, and has the people of the one that is now the newest", async () => {
  const first = await push({});
  const last = await push({ "teams/a/f.yaml": "2" }, KIM);

  expect(await changes(last, first)).toBe(`${NOT_FORWARD}: dana@example.com`);
});

test("a force-push that removed the accepted commit from the server has the people of the entire history", async () => {
  const apart = await push({ "teams/a/f.yaml": "2" });

  expect(await changes("1".repeat(40), apart)).toBe(`${NOT_FORWARD}: dana@example.com`);
});

test("of more than 1000 commits the authors are people who may have made any of it", async () => {
  const first = await push({});
  const input = Array.from(
    { length: 1_001 },
    (_, at) =>
      `commit refs/heads/main\ncommitter Dana <dana@example.com> ${1_700_000_001 + at} +0000\ndata 1\nx\n${at === 0 ? "from refs/heads/main^0\n" : ""}M 644 inline teams/a/f.yaml\ndata 4\n${String(at).padStart(4, "0")}\n`,
  ).join("");
  await git(repository.bare, ["fast-import", "--quiet"], { input });

  expect(await changes(first, (await repository.git("rev-parse", "main")).trim())).toBe(
    "there are more than 1000 commits: dana@example.com",
  );
});
