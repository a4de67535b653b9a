import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  BranchRequest,
  DirectoryRequest,
  FolderRequest,
  GitRange,
  ReadFolder,
} from "../../cli/toolbox/toolbox.ts";
import type { ChangeAuthors } from "../../model/authors.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import type { LocalRequest } from "../../source/git/repository.ts";
import { routesByEnvironment } from "../network.ts";
import { SILENT } from "../ports.ts";
import { GIT_TIMEOUT_MS, localPath, MIRROR_BYTES } from "./git-settings.ts";
import { orThrow } from "../../model/values/result.ts";
import type { BranchCommand } from "../../cli/toolbox/branch-command.ts";

/** A command uses this: it reads the folder once and does not watch it. */
const READ_ONCE = { name: "directory", debounceMs: 0, telemetry: SILENT, timeoutMs: GIT_TIMEOUT_MS };

export async function readDirectory(
  { platformPath, tenantPath, sizes, ...request }: FolderRequest,
  signal: AbortSignal,
): Promise<ReadFolder> {
  const { readFolder } = await import("../../source/folder.ts");
  const paths = { platformPath, tenantPath };
  return readFolder({ ...request, ...READ_ONCE, paths, limits: sizes }, signal);
}

export async function gitAuthors(
  request: DirectoryRequest & { readonly base: string; readonly head: string },
  signal: AbortSignal,
): Promise<ChangeAuthors> {
  const { readLocalAuthors } = await import("../../source/local-repository.ts");
  return readLocalAuthors(localRequest(request), request, signal);
}

export async function gitRange(
  request: DirectoryRequest & { readonly base: string; readonly head: string },
  signal: AbortSignal,
): Promise<GitRange> {
  const { readLocalRange } = await import("../../source/local-repository.ts");
  return readLocalRange(localRequest(request), request, signal);
}

export async function gitSnapshot(
  request: DirectoryRequest & { readonly revision: string },
  signal: AbortSignal,
): Promise<Snapshot> {
  const { readLocalRevision } = await import("../../source/local-repository.ts");
  return readLocalRevision(localRequest(request), request.revision, signal);
}

function localRequest({ root, sizes: limits, ...paths }: DirectoryRequest): LocalRequest {
  return { root, paths, limits, timeoutMs: GIT_TIMEOUT_MS };
}

/** A command uses this for one answer: the mirror is removed after it. */
export async function fetchBranch(
  { url, branch, login, platformPath, tenantPath, sizes }: BranchRequest,
  signal: AbortSignal,
): Promise<Snapshot> {
  const { GitSource } = await import("../../source/git.ts");
  const mirrorDir = await mkdtemp(join(tmpdir(), "grantkeeper-"));
  try {
    const source = new GitSource({
      name: "platform",
      url,
      ref: { kind: "branch", name: branch },
      auth: login,
      caFile: null,
      routes: await routesByEnvironment(),
      signatures: null,
      mirrorDir: join(mirrorDir, "mirror"),
      paths: { platformPath, tenantPath },
      limits: { ...sizes, mirrorBytes: MIRROR_BYTES },
      timeoutMs: GIT_TIMEOUT_MS,
      allowHttpLoopback: false,
      allowedFilePath: localPath(url),
      telemetry: SILENT,
    });
    return orThrow(await source.latest(signal));
  } finally {
    await rm(mirrorDir, { recursive: true, force: true });
  }
}

/** A save is shown within a second, and a program that writes many files is waited for. */
const WATCH_DEBOUNCE_MS = 100;

export async function watchFolders(
  folders: readonly string[],
  changed: () => void,
): Promise<() => Promise<void>> {
  const { watchPaths } = await import("../../source/watch-paths.ts");
  // A folder that cannot be watched is one that cannot be read: the next reading reports it.
  return watchPaths({ paths: folders, debounceMs: WATCH_DEBOUNCE_MS, failed: changed }, changed);
}

export async function createBranch(
  request: DirectoryRequest & BranchCommand,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { createLocalBranch } = await import("../../source/local-branch.ts");
  return createLocalBranch(localRequest(request), request, signal);
}
