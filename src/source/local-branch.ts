import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SourceError } from "../controller/ports/source.ts";
import { gitFailure } from "./git/failure.ts";
import { collect } from "./git/process.ts";
import {
  gitAnswer,
  localRepository,
  runIn,
  succeeded,
  type LocalRequest,
  type Repository,
} from "./git/repository.ts";
import { visibleName } from "./rules/clean-text.ts";

/** A file of a commit: its text before is compared with the commit that the branch begins at. */
interface CommittedFile {
  /** Below the folder of the request. */
  readonly path: string;
  readonly before: string;
  readonly text: string;
}

interface NewCommit {
  readonly message: string;
  readonly files: readonly CommittedFile[];
}

export interface NewBranch {
  readonly name: string;
  /** In their order, each on the one before. */
  readonly commits: readonly NewCommit[];
  /** The date of the commits. */
  readonly atMs: number;
}

const AUTHOR = "Grantkeeper";
const ADDRESS = "suggest@grantkeeper.invalid";

/**
 * Creates a branch from HEAD with these commits. It writes objects and the branch only: the checked-out files, the index
 * and HEAD stay as they are, no hook runs, and nothing is pushed or signed.
 * @returns the ids of the commits
 * @throws SourceError `branch-exists`, `refused-branch`, or `not-committed` for a file that differs from HEAD
 */
export async function createLocalBranch(
  request: LocalRequest,
  branch: NewBranch,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const found = localRepository(request, signal);
  const ref = `refs/heads/${branch.name}`;
  await checkBranch(found, ref, branch.name);
  const folder = await mkdtemp(join(tmpdir(), "grantkeeper-branch-"));
  try {
    const repository = { ...found, env: { ...found.env, ...committer(branch.atMs, join(folder, "index")) } };
    const head = await answer(repository, ["rev-parse", "--verify", "HEAD^{commit}"], { to: "find HEAD" });
    await answer(repository, ["read-tree", head], { to: "read HEAD" });
    const ids: string[] = [];
    for (const commit of branch.commits) ids.push(await commitOn(ids.at(-1) ?? head, commit, repository));
    const created = `create ${ref} ${ids.at(-1) ?? head}\n`;
    await answer(repository, ["update-ref", "--stdin"], {
      to: `create branch ${branch.name}`,
      input: created,
    });
    return ids;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function committer(atMs: number, index: string): Readonly<Record<string, string>> {
  const date = `${Math.floor(atMs / 1_000)} +0000`;
  return {
    GIT_INDEX_FILE: index,
    GIT_AUTHOR_NAME: AUTHOR,
    GIT_AUTHOR_EMAIL: ADDRESS,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: AUTHOR,
    GIT_COMMITTER_EMAIL: ADDRESS,
    GIT_COMMITTER_DATE: date,
  };
}

async function checkBranch(repository: Repository, ref: string, name: string): Promise<void> {
  const format = await gitAnswer(repository, ["check-ref-format", ref]);
  if (!succeeded(format.outcome) || name.startsWith("-"))
    throw new SourceError({
      code: "refused-branch",
      message: `"${visibleName(name)}" is not a branch name`,
      fix: "choose a name such as suggest-orders",
    });
  const existing = await gitAnswer(repository, ["rev-parse", "--verify", "--quiet", ref]);
  if (succeeded(existing.outcome))
    throw new SourceError({
      code: "branch-exists",
      message: `branch ${visibleName(name)} exists`,
      fix: "choose another name, or delete the branch",
    });
}

async function commitOn(parent: string, commit: NewCommit, repository: Repository): Promise<string> {
  for (const file of commit.files) await stage(file, parent, repository);
  const tree = await answer(repository, ["write-tree"], { to: "write a tree" });
  return answer(repository, ["commit-tree", tree, "-p", parent, "-F", "-"], {
    to: "write a commit",
    input: commit.message,
  });
}

/** In the index of this branch alone. */
async function stage(
  { path, before, text }: CommittedFile,
  parent: string,
  repository: Repository,
): Promise<void> {
  const listed = await answer(repository, ["ls-tree", "-z", "--full-name", parent, "--", path], {
    to: `find ${path}`,
  });
  const entry = /^(\d{6}) blob ([0-9a-f]+)\t([^\0]+)\0$/.exec(listed);
  const [, mode = "", oid = "", fullPath = ""] = entry ?? [];
  const committed = entry === null ? null : await blobText(repository, oid);
  if (committed !== before)
    throw new SourceError({
      code: "not-committed",
      message: `${path} differs from HEAD`,
      fix: "commit the changes of the working tree first, so that the branch contains only the suggestions",
    });
  const blobId = await answer(repository, ["hash-object", "-w", "--stdin"], {
    to: "write a file",
    input: text,
  });
  const info = `${mode},${blobId},${fullPath}`;
  await answer(repository, ["update-index", "--cacheinfo", info], { to: `stage ${path}` });
}

const MAX_BLOB_BYTES = 16_777_216;

async function blobText(repository: Repository, oid: string): Promise<string> {
  const { sink, text } = collect(MAX_BLOB_BYTES);
  const outcome = await runIn(repository, { args: ["cat-file", "blob", oid], sink });
  if (!succeeded(outcome)) throw gitFailure(repository, "read a file of HEAD", outcome);
  return text();
}

/** The output of a command that must succeed. @throws SourceError */
async function answer(
  repository: Repository,
  args: readonly string[],
  { to: what, input = "" }: { readonly to: string; readonly input?: string },
): Promise<string> {
  const { sink, text } = collect(MAX_BLOB_BYTES);
  const outcome = await runIn(repository, { args, sink, input });
  if (!succeeded(outcome)) throw gitFailure(repository, what, outcome);
  return text().replace(/\n$/, "");
}
