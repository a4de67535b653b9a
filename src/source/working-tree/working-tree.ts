import { copyFile, mkdir, mkdtemp, rm, stat, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SourceError } from "../../controller/ports/source.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import { readShares } from "../objects/blobs.ts";
import { objectsInBulk } from "../objects/object-database.ts";
import { errorCode } from "../../model/values/error-code.ts";
import { declaredPaths, type DeclaredPaths } from "../rules/entry-rules.ts";
import { folderRevision } from "../rules/folder-revision.ts";
import { localEnvironment } from "../git/environment.ts";
import { gitFailure } from "../git/failure.ts";
import { keepsShares, sharesOfIndex } from "./index-shares.ts";
import { type GitEntry, type ListedBlob, Records } from "../objects/listing.ts";
import {
  gitAnswer,
  type LocalRequest,
  localRepository,
  type Repository,
  runIn,
  succeeded,
} from "../git/repository.ts";
import { listFiles } from "./list-files.ts";
import { type SkippedFile, skippedFiles } from "./skipped.ts";
import { type Share, withinFiles, withoutRefused } from "../rules/team-shares.ts";

export interface FolderReading {
  readonly snapshot: Snapshot;
  readonly skipped: readonly SkippedFile[];
}

export type WorkingTree =
  | { readonly kind: "read"; readonly read: FolderReading }
  /** Part of no repository: for example, the repository around it ignores the folder. */
  | { readonly kind: "outside" }
  /** In no repository, or in one that Git cannot open here: it belongs to another user, or Git is not installed. */
  | { readonly kind: "unopened" };

/**
 * Reads the files that Git would commit of a folder in a working tree, which are the files that the controller will
 * read. Links, submodules, ignored files, LFS pointers and line ends are treated as Git treats them. Git adds the
 * changed files to a copy of the index, and their objects to a temporary folder, so that nothing in the repository
 * changes; the result is read like a commit. No filter of the repository's configuration is run.
 * @throws SourceError
 */
export async function readWorkingTree(request: LocalRequest, signal: AbortSignal): Promise<WorkingTree> {
  const plain = localRepository(request, signal);
  const location = await locate(plain);
  if (location.kind !== "tree") return location;
  const paths = declaredPaths(plain.source, request.paths);
  const safe = await withoutFilters(plain);
  if (!location.isTop && (await isIgnored(safe))) return { kind: "outside" };
  const scratch = await mkdtemp(join(tmpdir(), "grantkeeper-index-"));
  try {
    const repository = await scratchRepository(safe, location, scratch);
    const read = await readWithChanges({ repository, safe, paths, request });
    return { kind: "read", read };
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface TreeLocation {
  readonly kind: "tree";
  readonly isTop: boolean;
  readonly objects: string;
  readonly index: string;
}

async function locate(
  repository: Repository,
): Promise<TreeLocation | Exclude<WorkingTree, { kind: "read" }>> {
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
  const { outcome, text } = await gitAnswer(repository, args);
  if (outcome.kind === "aborted") throw gitFailure(repository, "read the working tree", outcome);
  if (!succeeded(outcome)) return { kind: "unopened" };
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- git answers a line for each option
  const [inside, prefix, objects = "", index = ""] = text.split("\n");
  return inside === "true" ? { kind: "tree", isTop: prefix === "", objects, index } : { kind: "outside" };
}

/** A filter (`git lfs`, or anything else in `.git/config`) is a program, and only git itself may run here. */
async function withoutFilters(repository: Repository): Promise<Repository> {
  const args = ["config", "--null", "--name-only", "--get-regexp", "^filter\\."];
  const { outcome, text } = await gitAnswer(repository, args);
  // 1: there is no filter.
  if (outcome.kind !== "exited" || outcome.code > 1)
    throw gitFailure(repository, "read the configuration", outcome);
  // oxlint-disable-next-line grantkeeper/no-parsed-sentence -- names that git answers, as --null separates them
  const names = text.split("\0").filter((name) => name !== "");
  const drivers = new Set(names.map((name) => name.slice(0, name.lastIndexOf("."))));
  const settings = [...drivers].flatMap((driver) => [
    [`${driver}.clean`, ""] as const,
    [`${driver}.process`, ""] as const,
    [`${driver}.required`, "false"] as const,
  ]);
  // A split index would write its shared part into the repository.
  return { ...repository, env: localEnvironment(null, [...settings, ["core.splitIndex", "false"]]) };
}

/** Whether the repository around the folder ignores it: then the folder is not part of that repository. */
async function isIgnored(repository: Repository): Promise<boolean> {
  // This command refuses to run with literal path specifications.
  const repositoryOfPaths = { ...repository, env: { ...repository.env, GIT_LITERAL_PATHSPECS: "0" } };
  const { outcome } = await gitAnswer(repositoryOfPaths, ["check-ignore", "--quiet", "."]);
  if (!succeeded(outcome)) return false;
  const tracked = await gitAnswer(repository, ["ls-files", "-z", "--", "."]);
  return succeeded(tracked.outcome) && tracked.text === "";
}

/**
 * Copies the index with its time. Git reads a file of the same size only if it was written at the time of the index or
 * later: a copy with a newer time would hide an edit in the same second as the last `git add`.
 */
async function copyIndex(index: string, copy: string): Promise<void> {
  const { atime, mtime } = await stat(index);
  await copyFile(index, copy);
  await utimes(copy, atime, mtime);
}

async function scratchRepository(
  repository: Repository,
  { objects, index }: TreeLocation,
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

interface WorkingTreeContext {
  /** With the copy of the index. */
  readonly repository: Repository;
  /** With the index of the working tree. */
  readonly safe: Repository;
  readonly paths: DeclaredPaths;
  readonly request: LocalRequest;
}

async function readWithChanges(added: WorkingTreeContext): Promise<FolderReading> {
  const { repository, safe, paths, request } = added;
  const { limits } = request;
  const changed = await listChanges(added);
  await addChanges(repository, changed);
  const entries = await stagedEntries(repository, added);
  const listed = sharesOfIndex(entries, changed.nested, { paths, limits });
  const within = withinFiles(listed, repository.source, limits);
  const shares = await withoutFiltered(added, within);
  const where = "the working tree";
  const objects = objectsInBulk(repository);
  const { files, refused } = await readShares(objects, { shares, limits, where, known: new Map() });
  const revision = folderRevision(files, refused);
  const snapshot = { source: repository.source, revision, files, refused, uncommitted: true };
  return { snapshot, skipped: await skippedFiles(safe, { ...request, paths: paths.roots }) };
}

interface Changes {
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** Repositories inside this one that are not in `.gitmodules` yet: adding one creates a submodule. */
  readonly nested: readonly string[];
}

async function listChanges({ safe, paths, request }: WorkingTreeContext): Promise<Changes> {
  const options = ["-t", "-m", "-d", "-o", "--exclude-standard", "--", ...paths.roots];
  const keeps = keepsShares({ paths, limits: request.limits });
  // All files that Git knows are kept: removing them may bring a team back within its share.
  const isWanted = (line: string): boolean => !line.startsWith("? ") || keeps(line.slice(2));
  const records = await listFiles(safe, options, isWanted);
  const removed = new Set(records.flatMap((record) => (record.startsWith("R ") ? [record.slice(2)] : [])));
  const others = new Set(records.map((record) => record.slice(2)).filter((path) => !removed.has(path)));
  return {
    removed: [...removed],
    added: [...others].filter((path) => !path.endsWith("/")),
    nested: [...others].filter((path) => path.endsWith("/")).map((path) => path.slice(0, -1)),
  };
}

/** Removed files come first: a link may have replaced a folder. */
async function addChanges(repository: Repository, changed: Changes): Promise<void> {
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
    const outcome = await runIn(repository, command);
    if (succeeded(outcome)) continue;
    const failure = gitFailure(repository, "read the working tree", outcome);
    if (failure.code !== "unwritable") throw failure;
    throw new SourceError(
      { code: "unreadable", message: failure.message, fix: "allow this user to read the file" },
      failure,
    );
  }
}

async function stagedEntries(
  repository: Repository,
  { paths, request }: Pick<WorkingTreeContext, "paths" | "request">,
): Promise<readonly GitEntry[]> {
  const keeps = keepsShares({ paths, limits: request.limits });
  const isWanted = (line: string): boolean => keeps(line.slice(line.indexOf("\t") + 1));
  const records = await listFiles(repository, ["-s", "--", ...paths.roots], isWanted);
  return records.map((record) => {
    const tab = record.indexOf("\t");
    const [mode = "", oid = ""] = record.slice(0, tab).split(" ");
    return { mode, oid, path: record.slice(tab + 1) };
  });
}

async function withoutFiltered(
  added: WorkingTreeContext,
  shares: readonly Share<ListedBlob>[],
): Promise<readonly Share<ListedBlob>[]> {
  const filtered = await filteredFiles(
    added,
    shares.flatMap(({ files }) => files),
  );
  return shares.map((share) =>
    withoutRefused(share, ({ path }) => (filtered.has(path) ? "filtered" : undefined)),
  );
}

/** Changed files with a filter. Git would store the output of the filter, which is not known here. */
async function filteredFiles(
  { repository, safe, paths, request }: WorkingTreeContext,
  blobs: readonly ListedBlob[],
): Promise<ReadonlySet<string>> {
  if (blobs.length === 0) return new Set();
  const records = new Records(blobs.length * 3);
  const command = {
    args: ["check-attr", "-z", "--stdin", "filter"],
    input: blobs.map(({ path }) => `${path}\0`).join(""),
    sink: (chunk: Buffer) => records.take(chunk),
  };
  const outcome = await runIn(repository, command);
  if (!succeeded(outcome)) throw gitFailure(repository, "read .gitattributes", outcome);
  const words = records.complete.map((record) => record.toString("utf8"));
  const filtered = words.flatMap((path, index) => {
    const value = words[index + 2];
    return index % 3 === 0 && value !== "unspecified" && value !== "unset" ? [path] : [];
  });
  if (filtered.length === 0) return new Set();
  const committed = await stagedEntries(safe, { paths, request });
  const before = new Map(committed.map(({ path, oid }) => [path, oid]));
  const now = new Map(blobs.map(({ path, oid }) => [path, oid]));
  return new Set(filtered.filter((path) => before.get(path) !== now.get(path)));
}
