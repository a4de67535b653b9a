import { posix } from "node:path";
import { SourceError } from "../controller/ports/source.ts";
import type { ChangeAuthors } from "../model/authors.ts";
import { parseRevision, type Revision } from "../model/values/revision.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { authorsBetween } from "./authors/authors-between.ts";
import { visibleName } from "./rules/clean-text.ts";
import { type Content, readContent } from "./objects/content.ts";
import { declaredPaths } from "./rules/entry-rules.ts";
import { gitFailure } from "./git/failure.ts";
import { collect, type GitOutcome } from "./git/process.ts";
import { objectId, type ObjectId } from "./git/refs.ts";
import {
  gitAnswer,
  runIn,
  type LocalRequest,
  localRepository,
  type Repository,
  succeeded,
} from "./git/repository.ts";

/**
 * Reads the files of a commit of a repository on this machine. The commit is named in git's syntax: `HEAD~1`, a branch,
 * a hash. Nothing is fetched, checked out or written.
 * @throws SourceError `no-such-ref` if there is no such commit
 */
export async function readLocalRevision(
  request: LocalRequest,
  name: string,
  signal: AbortSignal,
): Promise<Snapshot> {
  const repository = localRepository(request, signal);
  const paths = declaredPaths(repository.source, request.paths);
  const commit = await commitOf(repository, name);
  const top = await topOf(repository, commit);
  const wanted = { commit, paths, limits: request.limits };
  const content = top === undefined ? NOTHING : (await readContent(repository, { ...wanted, top })).content;
  return { source: repository.source, revision: revisionOf(name, commit), ...content, uncommitted: false };
}

/**
 * Who made what differs between two commits of a repository on this machine, each named in git's syntax.
 * @throws SourceError `no-such-ref` if there is no such commit
 */
export async function readLocalAuthors(
  request: LocalRequest,
  { base, head }: { readonly base: string; readonly head: string },
  signal: AbortSignal,
): Promise<ChangeAuthors> {
  const repository = localRepository(request, signal);
  const paths = declaredPaths(repository.source, request.paths);
  const [from, to] = [await commitOf(repository, base), await commitOf(repository, head)];
  if (await isShallow(repository))
    return { kind: "unknown", reason: "this is a shallow clone, without all commits" };
  return authorsBetween(repository, { from, to, paths });
}

/** A branch of a repository on this machine, compared with the branch that it is to be merged into. */
export interface LocalRange {
  readonly base: string;
  /** The newest commit that both have. */
  readonly mergeBase: string;
  readonly head: string;
  /** The base has other files in the declared paths than the newest common commit. */
  readonly isBaseNewer: boolean;
  /** The files that the head changes, from the folder; those of other folders as well: `../README.md`. null: too many to list. */
  readonly changed: readonly string[] | null;
}

/** @throws SourceError `no-such-ref` if a commit is not there, or if they have no commit in common */
export async function readLocalRange(
  request: LocalRequest,
  names: { readonly base: string; readonly head: string },
  signal: AbortSignal,
): Promise<LocalRange> {
  const repository = localRepository(request, signal);
  const [base, head] = [await commitOf(repository, names.base), await commitOf(repository, names.head)];
  const common = await gitAnswer(repository, ["merge-base", base.hash, head.hash]);
  if (common.outcome.kind === "exited" && common.outcome.code === 1)
    throw await nothingInCommon(repository, names);
  if (!succeeded(common.outcome)) throw gitFailure(repository, `read ${repository.folder}`, common.outcome);
  const mergeBase = objectId(common.text.trim()).hash;
  const { roots } = declaredPaths(repository.source, request.paths);
  const ofBase = await changedFiles(repository, [mergeBase, base.hash, "--", ...roots]);
  const ofHead = await changedFiles(repository, [mergeBase, head.hash]);
  const folder = await prefixOf(repository);
  return {
    base: base.hash,
    mergeBase,
    head: head.hash,
    isBaseNewer: ofBase === null || ofBase.length > 0,
    changed: ofHead?.map((path) => posix.relative(folder, path)) ?? null,
  };
}

const MAX_LIST_BYTES = 4_194_304;

/** From the root of the repository. null: git does not list them, or there are too many. */
async function changedFiles(
  repository: Repository,
  range: readonly string[],
): Promise<readonly string[] | null> {
  const { sink, text } = collect(MAX_LIST_BYTES);
  const args = ["diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-ext-diff", ...range];
  if (!succeeded(await runIn(repository, { args, sink }))) return null;
  return text()
    .split("\0")
    .filter((path) => path !== "");
}

async function nothingInCommon(
  repository: Repository,
  { base, head }: { readonly base: string; readonly head: string },
): Promise<SourceError> {
  const message = `"${visibleName(base)}" and "${visibleName(head)}" have no commit in common`;
  if (await isShallow(repository)) {
    const why = `${message} in the repository at ${repository.folder}, which is a shallow clone`;
    return new SourceError({ code: "shallow", message: why, fix: UNSHALLOW });
  }
  return new SourceError({
    code: "no-such-ref",
    message,
    fix: "name the branch that this one began at",
  });
}

const NOTHING: Content = { files: [], refused: [] };

/** The tree of the folder, which may be inside a larger repository; undefined if the commit has no such folder. */
async function topOf(repository: Repository, { hash }: ObjectId): Promise<string | undefined> {
  const folder = await prefixOf(repository);
  if (folder === "") return `${hash}^{tree}`;
  const entry = await objectOf(repository, `${hash}:${folder}`);
  return entry === undefined ? undefined : objectOf(repository, `${entry}^{tree}`);
}

/** From the root of the repository to the folder, without a slash at the end. */
async function prefixOf(repository: Repository): Promise<string> {
  const { outcome, text } = await gitAnswer(repository, ["rev-parse", "--show-prefix"]);
  if (!succeeded(outcome)) throw gitFailure(repository, `read ${repository.folder}`, outcome);
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- a path that git answers
  return text.replace(/\/?\n$/, "");
}

async function objectOf(repository: Repository, name: string): Promise<string | undefined> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", name];
  const { outcome, text } = await gitAnswer(repository, args);
  if (outcome.kind !== "exited") throw gitFailure(repository, `read ${name}`, outcome);
  return outcome.code === 0 ? text.trim() : undefined;
}

async function commitOf(repository: Repository, name: string): Promise<ObjectId> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`];
  const { outcome, text } = await gitAnswer(repository, args);
  if (succeeded(outcome)) return objectId(text.trim());
  const isUnknown =
    outcome.kind === "exited" && (outcome.code === 1 || /Needed a single revision/.test(outcome.errors));
  if (!isUnknown) throw notRead(repository, outcome);
  const why = `"${visibleName(name)}" is not a commit of the repository at ${repository.folder}`;
  if (await isShallow(repository)) {
    const message = `${why}, which is a shallow clone`;
    throw new SourceError({ code: "shallow", message, fix: UNSHALLOW });
  }
  throw new SourceError({
    code: "no-such-ref",
    message: why,
    fix: "name a branch, a tag or a commit, for example HEAD",
  });
}

/** Nothing is fetched here, so the causes that a URL has do not count. */
function notRead(repository: Repository, outcome: GitOutcome): SourceError {
  if (outcome.kind !== "exited" || !/not a git repository/.test(outcome.errors))
    return gitFailure(repository, `read ${repository.folder}`, outcome);
  return new SourceError({
    code: "not-found",
    message: `${repository.folder} is not in a git repository`,
    fix: "run it in a clone of the repository",
  });
}

const UNSHALLOW = "fetch the complete history: git fetch --unshallow, or fetch-depth: 0 in a CI checkout";

async function isShallow(repository: Repository): Promise<boolean> {
  const { text } = await gitAnswer(repository, ["rev-parse", "--is-shallow-repository"]);
  return text.trim() === "true";
}

function revisionOf(name: string, { algorithm, hash }: ObjectId): Revision {
  const revision = parseRevision(`${name}@${algorithm}:${hash}`);
  if (revision === undefined) throw new Error(`git returned "${hash}" for a commit`);
  return revision;
}
