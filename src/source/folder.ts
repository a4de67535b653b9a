import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DirectorySource } from "./directory.ts";
import type { DirectorySourceOptions } from "./directory.ts";
import { readWorkingTree } from "./working-tree.ts";
import type { ReadFolder } from "./working-tree.ts";

export interface ReadFolderRequest extends DirectorySourceOptions {
  readonly timeoutMs: number;
}

/**
 * A folder as a controller would read it once it is pushed. In a working tree of Git that is what Git would commit; a
 * folder outside any working tree, or one that the controller itself reads as a folder, is read like a folder.
 * @throws SourceError
 */
export async function readFolder(request: ReadFolderRequest, signal: AbortSignal): Promise<ReadFolder> {
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
): Promise<ReadFolder> {
  return { snapshot: await new DirectorySource({ ...request, rules }).latest(signal), skipped: [] };
}

/** Where git does not answer, a `.git` above the folder is all that tells that it is a working tree. */
function isBelowRepository(root: string): boolean {
  for (let at = resolve(root); ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}
