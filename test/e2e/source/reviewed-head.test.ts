import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { ReviewedContent } from "../../../src/model/records/pull-requests/reviewed.ts";
import type { Result } from "../../../src/model/values/result.ts";
import type { SourceError } from "../../../src/controller/ports/source.ts";
import { Bench } from "../../support/git/git-source.ts";
import type { TestRepository } from "../../support/git/git-repository.ts";
import { revision } from "../../support/git/snapshots.ts";

const A = "teams/a.yaml";
const B = "teams/b.yaml";
const { signal } = new AbortController();

let bench: Bench;
let url: string;
let repository: TestRepository;
/** The revision before. */
let before: string;
/** The newest commit of the pull request, which continues `before` and is in no branch. */
let head: string;
/** A commit of main that the pull request does not have. */
let moved: string;

beforeAll(async () => {
  bench = await Bench.open();
  repository = await bench.repository();
  before = await repository.commit({ [A]: "1", [B]: "1" });
  head = await commit(before, { [A]: "2", [B]: "1" });
  moved = await commit(before, { [A]: "1", [B]: "2" });
  url = await bench.serve();
});

afterAll(() => bench.end());

/** A commit on others, with the ref of a pull request, as of a fork. */
async function commit(
  parent: string,
  files: Readonly<Record<string, string>>,
  { mail = "dana@example.com", merges = [] as readonly string[] } = {},
): Promise<string> {
  await repository.git("update-ref", "refs/heads/work", parent);
  const made = await repository.commit(files, { branch: "work", env: { GIT_AUTHOR_EMAIL: mail } });
  const parents = [parent, ...merges].flatMap((one) => ["-p", one]);
  const tree = `${made}^{tree}`;
  const merged =
    merges.length === 0 ? made : (await repository.git("commit-tree", tree, ...parents, "-m", "m")).trim();
  await repository.git("update-ref", `refs/pull/${merged.slice(0, 8)}/head`, merged);
  await repository.git("update-ref", "-d", "refs/heads/work");
  return merged;
}

/** After `to` was pushed to main. */
async function reviewed(to: string, of = head): Promise<Result<ReviewedContent, SourceError>> {
  await repository.git("update-ref", "refs/heads/main", to);
  const { port } = bench.source({ url });
  await port.latest(signal);
  const merge = { from: revision(`main@sha1:${before}`), to: revision(`main@sha1:${to}`), head: of };
  const answer = await port.reviewed?.(merge, signal);
  if (answer === undefined) throw new Error("a source of Git answers");
  return answer;
}

test("has the files of a merge, a squash and a rebase onto the revision before, and the authors of its commits", async () => {
  const second = await commit(head, { [A]: "3", [B]: "1" }, { mail: "lee@example.com" });
  const merge = await commit(before, { [A]: "3", [B]: "1" }, { merges: [second] });
  const squash = await commit(before, { [A]: "3", [B]: "1" }, { mail: "other@example.com" });
  const rebased = await commit(await commit(before, { [A]: "2", [B]: "1" }), { [A]: "3", [B]: "1" });
  const found = {
    isSame: true,
    isOnTop: true,
    commits: [second, head],
    authors: {
      people: ["dana@example.com", "lee@example.com", "robin@example.com"],
      assistants: [],
      unknown: null,
    },
  };

  for (const to of [merge, squash, rebased])
    expect(await reviewed(to, second)).toEqual({ kind: "ok", value: found });
});

test("differs from a merge after main had moved on, and from one that adds something", async () => {
  const after = await commit(moved, { [A]: "2", [B]: "2" }, { merges: [head] });
  const evil = await commit(before, { [A]: "2", [B]: "evil" }, { merges: [head] });

  for (const to of [after, evil])
    expect(await reviewed(to)).toMatchObject({ value: { isSame: false, commits: [] } });
});

test("is not on top of the revision before if its merge takes back what main has", async () => {
  const start = before;
  before = moved;
  const ours = await commit(moved, { [A]: "2", [B]: "1" }, { merges: [head] });

  expect(await reviewed(ours)).toMatchObject({ value: { isSame: true, isOnTop: false, commits: [] } });
  before = start;
});

test("has also the commits of main that were merged into its branch", async () => {
  const updated = await commit(head, { [A]: "2", [B]: "2" }, { merges: [moved] });
  const merge = await commit(moved, { [A]: "2", [B]: "2" }, { merges: [updated] });

  expect(await reviewed(merge, updated)).toMatchObject({
    value: { isSame: true, isOnTop: true, commits: expect.arrayContaining([head, moved, updated]) },
  });
});

test("is not known if the server has no such commit", async () => {
  expect(await reviewed(moved, "d".repeat(40))).toMatchObject({ kind: "err", error: { code: "not-found" } });
});
