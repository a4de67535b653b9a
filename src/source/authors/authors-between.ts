import { SourceError } from "../../controller/ports/source.ts";
import { allAuthors, unknownAuthors, type Authors, type ChangeAuthors } from "../../model/authors.ts";
import { gitDeadline } from "../git/failure.ts";
import type { ObjectId } from "../git/refs.ts";
import { collect } from "../git/process.ts";
import { runIn, succeeded, type Repository } from "../git/repository.ts";
import { objectsInBulk } from "../objects/object-database.ts";
import { readObjects, readSizes, requestedValue } from "../objects/objects.ts";
import type { DeclaredPaths } from "../rules/entry-rules.ts";
import { authorsOf, authorsOfLarge } from "./commit-object.ts";

/** More commits of one step would take too long: the author of each change is unknown then. */
export const MAX_COMMITS = 1_000;
/** The authors of so many commits are still listed, without the files that they changed. */
const MAX_LISTED = 10_000;
const MAX_COMMIT_BYTES = 65_536;
/** Of all commits together: a crafted message takes 0.3 ms of CPU for each 1,000 bytes, in which nothing else runs. */
const MAX_READ_BYTES = 4_194_304;
const MAX_LIST_BYTES = 16_777_216;
/** A part of the time of one call: without the authors a revision is still accepted, without an answer it is not. */
const TIMEOUT_MS = 20_000;

interface Change {
  /** null: it is not known any more. */
  readonly from: ObjectId | null;
  readonly to: ObjectId;
  readonly paths: DeclaredPaths;
}

interface Step extends Change {
  readonly from: ObjectId;
}

/**
 * Who made what differs between two commits of one history, by file. Merged branches count with all their commits. A
 * merge itself counts only for files that differ from each of its parents. A file with a content that none of the
 * commits made has an unknown author: a merge took it from an older state.
 *
 * A failure is never one of the source, since a team must not be able to stop it with a commit: everything is unknown.
 */
export function authorsBetween(repository: Repository, change: Step): Promise<ChangeAuthors> {
  return limitedRead(repository, (limited) => readStep(limited, change));
}

/**
 * Of a change that is no step forward, such as a force-push: who made what is unknown. The people are those who made the
 * commits that the new history adds, and its newest one.
 */
export function authorsOfRewritten(
  repository: Repository,
  change: Change,
  reason: string,
): Promise<ChangeAuthors> {
  return limitedRead(repository, async (limited) => {
    const lists = await Promise.all([listCommits(limited, change), listMerges(limited, change)]);
    const newest = await newestOf(limited, lists.flat(), change);
    const commits = [...newest, ...lists.flat()];
    return { kind: "unknown", reason, people: await peopleOf(limited, commits, change.to.hash) };
  });
}

/** Mostly it is among those that were listed. */
async function newestOf(
  repository: Repository,
  listed: readonly CommitList[],
  change: Change,
): Promise<readonly CommitList[]> {
  const found = listed.filter(({ hash }) => hash === change.to.hash);
  return found.length > 0
    ? found
    : listCommits(repository, everywhere({ ...change, from: null }), ["--max-count=1"]);
}

function everywhere(change: Change): Change {
  return { ...change, paths: { ...change.paths, roots: [] } };
}

const NOT_LISTED: ChangeAuthors = { kind: "unknown", reason: "the commits can't be read" };

async function limitedRead(
  repository: Repository,
  read: (limited: Repository) => Promise<ChangeAuthors>,
): Promise<ChangeAuthors> {
  const { caller, signal: stopping } = repository.deadline;
  const limited = gitDeadline(stopping, TIMEOUT_MS);
  try {
    return await read({ ...repository, deadline: { ...limited, caller } });
  } catch (error) {
    stopping.throwIfAborted();
    if (!(error instanceof SourceError)) throw error;
    return NOT_LISTED;
  }
}

async function readStep(repository: Repository, change: Step): Promise<ChangeAuthors> {
  const { to, paths } = change;
  const commits = await listCommits(repository, change);
  if (commits.length > MAX_COMMITS) {
    const reason = `there are more than ${MAX_COMMITS} commits`;
    const all = [...commits, ...(await listMerges(repository, change))];
    return { kind: "unknown", reason, people: await peopleOf(repository, all, to.hash) };
  }
  const hashes = commits.map(({ hash }) => hash);
  const byCommit = await authorsByCommit(repository, commits, to.hash);
  const byFile = new Map<string, FileAuthors>();
  for (const { path, object } of await differingFiles(repository, change))
    byFile.set(path, { object, parts: [], isMade: false });
  for (const [commit, files] of filesByCommit(await changedFiles(repository, hashes, paths)))
    for (const { path, object } of files) {
      const file = byFile.get(path);
      file?.parts.push(byCommit.get(commit) ?? NOT_READ);
      if (file?.object === object) file.isMade = true;
    }
  const isUnclear = byFile.values().some(({ isMade }) => !isMade);
  const unclear = isUnclear ? await authorsOfOlder(repository, change, byCommit) : NOT_READ;
  return {
    kind: "read",
    byFile: new Map(
      [...byFile].map(([path, { parts, isMade }]) => [path, isMade ? allAuthors(parts) : unclear]),
    ),
  };
}

/** Of a content that none of the commits made: each of them, and each merge, may have restored it. */
async function authorsOfOlder(
  repository: Repository,
  change: Step,
  byCommit: ReadonlyMap<string, Authors>,
): Promise<Authors> {
  const people = await peopleOf(repository, await listMerges(repository, change), change.to.hash);
  return allAuthors([{ ...NOT_READ, people }, ...byCommit.values()]);
}

/** What the commits made of a file that differs. */
interface FileAuthors {
  /** Its content in the newer state. */
  readonly object: string;
  /** Of each commit that changed it. */
  readonly parts: Authors[];
  /** Whether one of them made this content. */
  isMade: boolean;
}

/** All merges: for the declared paths, git leaves out those whose files equal the files of one of their parents. */
function listMerges(repository: Repository, change: Change): Promise<readonly CommitList[]> {
  return listCommits(repository, everywhere(change), ["--merges"]);
}

/** The newest first. */
export async function listCommits(
  repository: Repository,
  { from, to, paths }: Pick<Change, "from" | "to"> & { readonly paths: Pick<DeclaredPaths, "roots"> },
  only: readonly string[] = [],
): Promise<readonly CommitList[]> {
  const { sink, text } = collect(MAX_LIST_BYTES);
  const args = [
    "rev-list",
    "--full-history",
    "--format=tformat:%<(200,trunc)%ae%n%<(200,trunc)%ce",
    `--max-count=${MAX_LISTED}`,
    ...only,
    to.hash,
    ...(from === null ? [] : [`^${from.hash}`]),
    "--",
    ...paths.roots,
  ];
  if (!succeeded(await runIn(repository, { args, sink })))
    throw new SourceError({ code: "unreadable", message: "git lists no commits", fix: "see git fsck" });
  return commitsIn(text());
}

/** The authors of all commits, and the co-authors of the first ones. */
async function peopleOf(
  repository: Repository,
  listed: readonly CommitList[],
  where: string,
): Promise<readonly string[]> {
  const commits = [...new Map(listed.map((commit) => [commit.hash, commit])).values()];
  const read = await authorsByCommit(repository, commits.slice(0, MAX_COMMITS), where);
  const others = commits.slice(MAX_COMMITS).map(({ hash, mails }) => authorsOfLarge(hash, mails));
  return allAuthors([...read.values(), ...others]).people;
}

interface CommitList {
  readonly hash: string;
  /** The addresses of its author and its committer. */
  readonly mails: readonly string[];
}

/** Three lines for each: `commit HASH` and the two addresses. */
function commitsIn(text: string): readonly CommitList[] {
  const lines = text.split("\n");
  return lines.flatMap((line, at) =>
    at % 3 === 0 && line !== ""
      ? [
          {
            hash: line.slice("commit ".length),
            mails: lines.slice(at + 1, at + 3).map((mail) => mail.trim()),
          },
        ]
      : [],
  );
}

const NOT_READ = unknownAuthors("no commit shows who made it");

const LIST = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-ext-diff", "--relative"];

/** A file after a change. */
interface FileAfterChange {
  readonly path: string;
  /** The hash of its content; zeros: it was removed. */
  readonly object: string;
}

/** The files that differ between the trees of two commits. */
async function differingFiles(
  repository: Repository,
  { from, to, paths }: Step,
): Promise<readonly FileAfterChange[]> {
  const list = await listOf(repository, { args: [...LIST, from.hash, to.hash, "--", ...paths.roots] });
  return [...filesByCommit(list).values()].flat();
}

/** Each commit, followed by the files that it changed. */
function changedFiles(
  repository: Repository,
  commits: readonly string[],
  { roots }: DeclaredPaths,
): Promise<readonly string[]> {
  const args = [...LIST, "--stdin", "--root", "-c", "--", ...roots];
  return listOf(repository, { args, input: commits.map((commit) => `${commit}\n`).join("") });
}

async function listOf(
  repository: Repository,
  command: { readonly args: readonly string[]; readonly input?: string },
): Promise<readonly string[]> {
  const { sink, text } = collect(MAX_LIST_BYTES);
  const outcome = await runIn(repository, { ...command, sink });
  if (!succeeded(outcome))
    throw new SourceError({ code: "unreadable", message: "git lists no changed files", fix: "see git fsck" });
  return text().split("\0").slice(0, -1);
}

/**
 * An entry begins with a colon and has its path after it; a commit has none. So no name of a file passes for a commit. The
 * last hash of an entry, before its status, is that of the content after the change: `:MODE MODE HASH HASH M`.
 */
function filesByCommit(list: readonly string[]): ReadonlyMap<string, readonly FileAfterChange[]> {
  const files = new Map<string, FileAfterChange[]>();
  let commit = "";
  for (let at = 0; at < list.length; at += 1) {
    const text = list[at] ?? "";
    if (!text.startsWith(":")) {
      commit = text;
      continue;
    }
    at += 1;
    const known = files.get(commit) ?? [];
    known.push({ path: list[at] ?? "", object: text.split(" ").at(-2) ?? "" });
    files.set(commit, known);
  }
  return files;
}

export async function authorsByCommit(
  repository: Repository,
  commits: readonly CommitList[],
  where: string,
): Promise<ReadonlyMap<string, Authors>> {
  const objects = objectsInBulk(repository);
  const hashes = commits.map(({ hash }) => hash);
  const sizes = await readSizes(objects, { names: hashes, where });
  const names = readable(hashes, (hash) => requestedValue(sizes, hash).size);
  const contents = await readObjects(objects, { names, sizes, where });
  return new Map(
    commits.map(({ hash, mails }) => {
      const bytes = contents.get(hash);
      return [hash, bytes === undefined ? authorsOfLarge(hash, mails) : authorsOf(hash, bytes)];
    }),
  );
}

/** The smallest first, so that a few large ones hide no others. */
function readable(hashes: readonly string[], sizeOf: (hash: string) => number): readonly string[] {
  const names: string[] = [];
  let bytes = 0;
  for (const hash of hashes.toSorted((a, b) => sizeOf(a) - sizeOf(b))) {
    bytes += sizeOf(hash);
    if (sizeOf(hash) > MAX_COMMIT_BYTES || bytes > MAX_READ_BYTES) return names;
    names.push(hash);
  }
  return names;
}
