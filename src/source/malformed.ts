import { SourceError } from "../controller/ports/source.ts";
import { tooManyFiles } from "./entry-rules.ts";
import type { Deadline } from "./git-failure.ts";
import type { ContentRequest, ListedBlob } from "./listing.ts";
import { askSizes, readObjects, valueOf } from "./objects.ts";
import type { Repository } from "./repository.ts";
import { treeFault } from "./tree-rules.ts";

/** Of all folders together; 50,000 entries have some 5 MB. */
const MAX_TREE_BYTES = 67_108_864;

interface TreesRequest extends ContentRequest {
  readonly trees: readonly ListedBlob[];
}

/**
 * The folders whose tree object is malformed. @throws SourceError `corrupt` for one above or at the top of the declared
 * paths: then it is not known what the paths are
 */
export async function malformedFolders(
  repository: Repository,
  { trees, commit, paths, limits }: TreesRequest,
  until: Deadline,
): Promise<readonly string[]> {
  const top = `${commit.hash}^{tree}`;
  const names = [...new Set([top, ...trees.map(({ oid }) => oid)])].sort();
  const objects = { names, type: "tree", where: commit.hash } as const;
  const sizes = await askSizes(repository, objects, until);
  const bytes = [...sizes.values()].reduce((sum, { size }) => sum + size, 0);
  if (bytes > MAX_TREE_BYTES) throw tooManyFiles(repository.source, limits);
  const contents = await readObjects(repository, { ...objects, sizes }, until);
  const hashBytes = commit.algorithm === "sha256" ? 32 : 20;
  const faults = new Map(names.map((name) => [name, treeFault(valueOf(contents, name), hashBytes)]));
  const above = trees.filter(({ path }) => paths.some((declared) => declared.startsWith(`${path}/`)));
  for (const { path, oid } of [{ path: "the top folder", oid: top }, ...above]) {
    const fault = faults.get(oid);
    if (fault !== undefined) throw malformedTop(repository.source, path, `${commit.hash}: ${fault}`);
  }
  return trees.flatMap(({ path, oid }) => (faults.get(oid) === undefined ? [] : [path]));
}

function malformedTop(source: string, path: string, what: string): SourceError {
  const text = `source "${source}": ${path} is malformed at ${what}`;
  return new SourceError(
    "corrupt",
    text,
    "Push a commit that writes the folder again; git fsck names what is wrong.",
  );
}
