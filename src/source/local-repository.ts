import { SourceError } from "../controller/ports/source.ts";
import { parseRevision, type Revision } from "../model/values/revision.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { visibleName } from "./rules/clean-text.ts";
import { type Content, readContent } from "./objects/content.ts";
import { declaredPaths, type SourceLimits, type SourcePaths } from "./rules/entry-rules.ts";
import { localEnvironment } from "./git/environment.ts";
import { deadline, type Deadline } from "./git/failure.ts";
import { objectId, type ObjectId } from "./git/mirror.ts";
import { answerOf, failureIn, type Repository, succeeded } from "./git/repository.ts";

export interface LocalRequest {
  /** A working copy, a folder in one, or a bare repository; the declared paths are relative to it. */
  readonly root: string;
  readonly paths: SourcePaths;
  readonly limits: SourceLimits;
  readonly timeoutMs: number;
}

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
  const until = deadline(signal, request.timeoutMs);
  const repository: Repository = { source: "git", folder: request.root, env: localEnvironment(null) };
  const paths = declaredPaths(repository.source, request.paths);
  const commit = await commitOf(repository, name, until);
  const top = await topOf(repository, commit, until);
  const wanted = { commit, paths, limits: request.limits };
  const content = top === undefined ? NOTHING : await readContent(repository, { ...wanted, top }, until);
  return { source: repository.source, revision: revisionOf(name, commit), ...content, uncommitted: false };
}

const NOTHING: Content = { files: [], refused: [] };

/** The tree of the folder, which may be inside a larger repository; undefined if the commit has no such folder. */
async function topOf(
  repository: Repository,
  { hash }: ObjectId,
  until: Deadline,
): Promise<string | undefined> {
  const { outcome, text } = await answerOf(repository, ["rev-parse", "--show-prefix"], until);
  if (!succeeded(outcome)) throw failureIn(repository, `read ${repository.folder}`, outcome, until);
  const folder = text.replace(/\/?\n$/, "");
  if (folder === "") return `${hash}^{tree}`;
  const entry = await objectOf(repository, `${hash}:${folder}`, until);
  return entry === undefined ? undefined : objectOf(repository, `${entry}^{tree}`, until);
}

async function objectOf(repository: Repository, name: string, until: Deadline): Promise<string | undefined> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", name];
  const { outcome, text } = await answerOf(repository, args, until);
  if (outcome.kind !== "exited") throw failureIn(repository, `read ${name}`, outcome, until);
  return outcome.code === 0 ? text.trim() : undefined;
}

async function commitOf(repository: Repository, name: string, until: Deadline): Promise<ObjectId> {
  const args = ["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`];
  const { outcome, text } = await answerOf(repository, args, until);
  if (succeeded(outcome)) return objectId(text.trim());
  const isUnknown =
    outcome.kind === "exited" && (outcome.code === 1 || /Needed a single revision/.test(outcome.errors));
  if (!isUnknown) throw failureIn(repository, `read ${repository.folder}`, outcome, until);
  const why = `"${visibleName(name)}" is not a commit of the repository at ${repository.folder}`;
  if (await isShallow(repository, until)) {
    const hint = "Fetch the complete history: git fetch --unshallow, or fetch-depth: 0 in a CI checkout.";
    throw new SourceError("shallow", `${why}, which is a shallow clone`, hint);
  }
  throw new SourceError("no-such-ref", why, "Name a branch, a tag or a commit, for example HEAD.");
}

async function isShallow(repository: Repository, until: Deadline): Promise<boolean> {
  const { text } = await answerOf(repository, ["rev-parse", "--is-shallow-repository"], until);
  return text.trim() === "true";
}

function revisionOf(name: string, { algorithm, hash }: ObjectId): Revision {
  const revision = parseRevision(`${name}@${algorithm}:${hash}`);
  if (revision === undefined) throw new Error(`git returned "${hash}" for a commit`);
  return revision;
}
