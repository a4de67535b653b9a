import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DirectorySource, type DirectorySourceOptions } from "./directory.ts";
import { orThrow } from "../model/values/result.ts";
import { type FolderReading, readWorkingTree } from "./working-tree/working-tree.ts";

export interface ReadFolderRequest extends DirectorySourceOptions {
  readonly timeoutMs: number;
}

/**
 * Reads a folder as a controller would read it after a push. In a working tree of Git these are the files that Git
 * would commit. A folder outside any working tree, or one that the controller itself reads as a folder, is read as a
 * folder.
 * @throws SourceError
 */
export async function readFolder(request: ReadFolderRequest, signal: AbortSignal): Promise<FolderReading> {
  if (request.rules === "directory") return asFolder(request, "directory", signal);
  const tree = await readWorkingTree(request, signal);
  if (tree.kind === "read") return tree.read;
  if (tree.kind === "outside" || !isBelowRepository(request.root))
    return asFolder(request, "directory", signal);
  const { snapshot } = await asFolder(request, "git", signal);
  return { snapshot, skipped: [{ path: ".", reason: "not-asked" }] };
}

async function asFolder(
  request: ReadFolderRequest,
  rules: DirectorySourceOptions["rules"],
  signal: AbortSignal,
): Promise<FolderReading> {
  const snapshot = orThrow(await new DirectorySource({ ...request, rules }).latest(signal));
  return { snapshot, skipped: [] };
}

/** If git does not answer, a `.git` above the folder is the only sign of a working tree. */
function isBelowRepository(root: string): boolean {
  for (let at = resolve(root); ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}
