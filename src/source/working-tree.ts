import { copyFile, mkdir, mkdtemp, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SourceError } from "../controller/ports/source.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { readShares } from "./blobs.ts";
import { errorCode } from "../model/error-code.ts";
import { declaredPaths, type DeclaredPaths, type SourceLimits, type SourcePaths } from "./entry-rules.ts";
import { folderRevision } from "./folder-revision.ts";
import { localEnvironment } from "./git-environment.ts";
import { deadline, type Deadline } from "./git-failure.ts";
import { keepsShares, sharesOfIndex } from "./index-shares.ts";
import { type GitEntry, type ListedBlob, Records } from "./listing.ts";
import { answerOf, failureIn, isDone, type Repository, runIn } from "./repository.ts";
import { type SkippedFile, skippedFiles } from "./skipped.ts";
import { type Share, withinFiles } from "./team-shares.ts";

export interface FolderRequest {
  readonly root: string;
  readonly paths: SourcePaths;
  readonly limits: SourceLimits;
  readonly timeoutMs: number;
}

export interface ReadFolder {
  readonly snapshot: Snapshot;
  readonly skipped: readonly SkippedFile[];
}

export type WorkingTree =
  | { readonly kind: "read"; readonly read: ReadFolder }
  /** Of no repository: ignored as a whole by the one around it, for example. */
  | { readonly kind: "outside" }
  /** In no repository, or in one that Git does not open here: it belongs to another user, or Git is not installed. */
  | { readonly kind: "unopened" };

/**
 * What Git would commit of a folder in a working tree, which is what the controller will read: links, submodules, ignored
 * files, LFS pointers and line ends as Git treats them. Git adds the changed files to a copy of the index, and their
 * objects to a temporary folder, so that nothing in the repository changes; the result is read like a commit. No filter
 * of the repository's configuration is run. @throws SourceError
 */
export async function readWorkingTree(request: FolderRequest, signal: AbortSignal): Promise<WorkingTree> {
  const until = deadline(signal, request.timeoutMs);
  const plain: Repository = { source: "git", folder: request.root, env: localEnvironment(null) };
  const place = await placeOf(plain, until);
  if (place.kind !== "tree") return place;
  const paths = declaredPaths(plain.source, request.paths);
  const safe = await withoutFilters(plain, until);
  if (!place.isTop && (await isIgnored(safe, until))) return { kind: "outside" };
  const scratch = await mkdtemp(join(tmpdir(), "grantkeeper-index-"));
  try {
    const repository = await scratchRepository(safe, place, scratch);
    const read = await readAdded({ repository, safe, paths, request, until });
    return { kind: "read", read };
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface TreePlace {
  readonly kind: "tree";
  readonly isTop: boolean;
  readonly objects: string;
  readonly index: string;
}

async function placeOf(
  repository: Repository,
  until: Deadline,
): Promise<TreePlace | Exclude<WorkingTree, { kind: "read" }>> {
  const args = [
    "rev-parse",
    "--is-inside-work-tree",
    "--show-prefix",
    "--path-format=absolute",
    "--git-path",
    "objects",
    "--git-path",
    "index",
  ];
  const { outcome, text } = await answerOf(repository, args, until);
  if (outcome.kind === "aborted") throw failureIn(repository, "read the working tree", outcome, until);
  if (!isDone(outcome)) return { kind: "unopened" };
  const [inside, prefix, objects = "", index = ""] = text.split("\n");
  return inside === "true" ? { kind: "tree", isTop: prefix === "", objects, index } : { kind: "outside" };
}

/** A filter (`git lfs`, or anything else in `.git/config`) is a program, and no program but git itself is run here. */
async function withoutFilters(repository: Repository, until: Deadline): Promise<Repository> {
  const args = ["config", "--null", "--name-only", "--get-regexp", "^filter\\."];
  const { outcome, text } = await answerOf(repository, args, until);
  // 1: there is no filter.
  if (outcome.kind !== "exited" || outcome.code > 1)
    throw failureIn(repository, "read the configuration", outcome, until);
  const names = text.split("\0").filter((name) => name !== "");
  const drivers = new Set(names.map((name) => name.slice(0, name.lastIndexOf("."))));
  const settings = [...drivers].flatMap((driver) => [
    [`${driver}.clean`, ""] as const,
    [`${driver}.process`, ""] as const,
    [`${driver}.required`, "false"] as const,
  ]);
  // A split index would keep its shared part in the repository, and write it there.
  return { ...repository, env: localEnvironment(null, [...settings, ["core.splitIndex", "false"]]) };
}

/** A folder that the repository around it ignores is no part of that repository. */
async function isIgnored(repository: Repository, until: Deadline): Promise<boolean> {
  // This command refuses to run with literal path specifications.
  const asking = { ...repository, env: { ...repository.env, GIT_LITERAL_PATHSPECS: "0" } };
  const { outcome } = await answerOf(asking, ["check-ignore", "--quiet", "."], until);
  if (!isDone(outcome)) return false;
  const tracked = await answerOf(repository, ["ls-files", "-z", "--", "."], until);
  return isDone(tracked.outcome) && tracked.text === "";
}

/**
 * With its time: git looks into a file of the same size only if it was written when the index was, or later. A copy with
 * a newer time would hide an edit that was made in the same second as the last `git add`.
 */
async function copyIndex(index: string, copy: string): Promise<void> {
  const { atime, mtime } = await stat(index);
  await copyFile(index, copy);
  await utimes(copy, atime, mtime);
}

async function scratchRepository(
  repository: Repository,
  { objects, index }: TreePlace,
  scratch: string,
): Promise<Repository> {
  await mkdir(join(scratch, "objects"));
  const copy = join(scratch, "index");
  // A repository without a commit may have no index yet.
  await copyIndex(index, copy).catch((error: unknown) => {
    if (errorCode(error) !== "ENOENT") throw error;
  });
  const env = {
    ...repository.env,
    GIT_INDEX_FILE: copy,
    GIT_OBJECT_DIRECTORY: join(scratch, "objects"),
    GIT_ALTERNATE_OBJECT_DIRECTORIES: `"${objects.replace(/["\\]/g, "\\$&")}"`,
  };
  return { ...repository, env };
}

interface Added {
  /** With the copy of the index. */
  readonly repository: Repository;
  /** With the index of the working tree. */
  readonly safe: Repository;
  readonly paths: DeclaredPaths;
  readonly request: FolderRequest;
  readonly until: Deadline;
}

async function readAdded(added: Added): Promise<ReadFolder> {
  const { repository, safe, paths, request, until } = added;
  const { limits } = request;
  const changed = await changes(added);
  await addChanges(repository, changed, until);
  const entries = await staged(repository, added);
  const listed = sharesOfIndex(entries, changed.nested, { paths, limits });
  const within = withinFiles(listed, repository.source, limits);
  const shares = await withoutFiltered(added, within);
  const { files, refused } = await readShares(
    repository,
    { shares, limits, where: "the working tree" },
    until,
  );
  const revision = folderRevision(files, refused);
  const snapshot = { source: repository.source, revision, files, refused, uncommitted: true };
  return { snapshot, skipped: await skippedFiles(safe, { ...request, paths: paths.roots }, until) };
}

interface Changes {
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** Repositories inside this one that are in no `.gitmodules` yet: adding one makes a submodule. */
  readonly nested: readonly string[];
}

async function changes({ safe, paths, request, until }: Added): Promise<Changes> {
  const options = ["-t", "-m", "-d", "-o", "--exclude-standard", "--", ...paths.roots];
  const keeps = keepsShares({ paths, limits: request.limits });
  // Of the files that Git knows all are kept: removing them may be what brings a team within its share.
  const isWanted = (line: string): boolean => !line.startsWith("? ") || keeps(line.slice(2));
  const records = await listed(safe, options, { isWanted, until });
  const removed = new Set(records.flatMap((record) => (record.startsWith("R ") ? [record.slice(2)] : [])));
  const others = new Set(records.map((record) => record.slice(2)).filter((path) => !removed.has(path)));
  return {
    removed: [...removed],
    added: [...others].filter((path) => !path.endsWith("/")),
    nested: [...others].filter((path) => path.endsWith("/")).map((path) => path.slice(0, -1)),
  };
}

/** What is gone first: a link may have taken the place of a folder. */
async function addChanges(repository: Repository, changed: Changes, until: Deadline): Promise<void> {
  const steps = [
    [["--force-remove"], changed.removed],
    [["--add", "--replace"], changed.added],
  ] as const;
  for (const [options, paths] of steps) {
    if (paths.length === 0) continue;
    const command = {
      args: ["update-index", ...options, "-z", "--stdin"],
      input: paths.map((path) => `${path}\0`).join(""),
      sink: () => true,
    };
    const outcome = await runIn(repository, command, until);
    if (isDone(outcome)) continue;
    const failure = failureIn(repository, "read the working tree", outcome, until);
    if (failure.code !== "unwritable") throw failure;
    throw new SourceError("unreadable", failure.message, "Allow this user to read the file.", failure);
  }
}

async function staged(
  repository: Repository,
  { paths, request, until }: Pick<Added, "paths" | "request" | "until">,
): Promise<readonly GitEntry[]> {
  const keeps = keepsShares({ paths, limits: request.limits });
  const isWanted = (line: string): boolean => keeps(line.slice(line.indexOf("\t") + 1));
  const records = await listed(repository, ["-s", "--", ...paths.roots], { isWanted, until });
  return records.map((record) => {
    const tab = record.indexOf("\t");
    const [mode = "", oid = ""] = record.slice(0, tab).split(" ");
    return { mode, oid, path: record.slice(tab + 1) };
  });
}

async function listed(
  repository: Repository,
  options: readonly string[],
  { isWanted, until }: { readonly isWanted: (line: string) => boolean; readonly until: Deadline },
): Promise<readonly string[]> {
  const records = new Records(Infinity, (record) => isWanted(record.toString("utf8")));
  const command = {
    args: ["ls-files", "-z", ...options],
    sink: (chunk: Buffer) => records.take(chunk),
  };
  const outcome = await runIn(repository, command, until);
  if (!isDone(outcome)) throw failureIn(repository, "list the working tree", outcome, until);
  return records.complete.map((record) => record.toString("utf8"));
}

async function withoutFiltered(
  added: Added,
  shares: readonly Share<ListedBlob>[],
): Promise<readonly Share<ListedBlob>[]> {
  const filtered = await filteredFiles(
    added,
    shares.flatMap(({ files }) => files),
  );
  if (filtered.size === 0) return shares;
  const isFiltered = ({ path }: ListedBlob): boolean => filtered.has(path);
  return shares.map((share) => ({
    ...share,
    files: share.files.filter((file) => !isFiltered(file)),
    refused: [
      ...share.refused,
      ...share.files.filter(isFiltered).map(({ path }) => ({ path, reason: "filtered" as const })),
    ],
  }));
}

/** Changed files with a filter: Git would store what the filter makes of them, and that is not known here. */
async function filteredFiles(
  { repository, safe, paths, request, until }: Added,
  blobs: readonly ListedBlob[],
): Promise<ReadonlySet<string>> {
  if (blobs.length === 0) return new Set();
  const records = new Records(blobs.length * 3);
  const command = {
    args: ["check-attr", "-z", "--stdin", "filter"],
    input: blobs.map(({ path }) => `${path}\0`).join(""),
    sink: (chunk: Buffer) => records.take(chunk),
  };
  const outcome = await runIn(repository, command, until);
  if (!isDone(outcome)) throw failureIn(repository, "read .gitattributes", outcome, until);
  const words = records.complete.map((record) => record.toString("utf8"));
  const filtered = words.flatMap((path, index) => {
    const value = words[index + 2];
    return index % 3 === 0 && value !== "unspecified" && value !== "unset" ? [path] : [];
  });
  if (filtered.length === 0) return new Set();
  const committed = await staged(safe, { paths, request, until });
  const before = new Map(committed.map(({ path, oid }) => [path, oid]));
  const now = new Map(blobs.map(({ path, oid }) => [path, oid]));
  return new Set(filtered.filter((path) => before.get(path) !== now.get(path)));
}
