import { pathsAbove } from "../model/paths.ts";
import type { RefusedFile, Snapshot } from "../model/snapshot.ts";
import { readBlobs } from "./blobs.ts";
import { visibleName } from "./clean-text.ts";
import { byPath } from "./entry-rules.ts";
import type { Deadline } from "./git-failure.ts";
import { listFiles } from "./listing.ts";
import type { ContentRequest, TreeListing } from "./listing.ts";
import { malformedFolders } from "./malformed.ts";
import type { Repository } from "./repository.ts";

export type Content = Pick<Snapshot, "files" | "refused">;

/**
 * Everything under the declared paths of a commit. Only these objects are checked: what is wrong elsewhere in the
 * repository, or was in an earlier commit, has no part in what is read. @throws SourceError
 */
export async function readContent(
  repository: Repository,
  request: ContentRequest,
  until: Deadline,
): Promise<Content> {
  const { commit, limits } = request;
  const listing = await listFiles(repository, request, until);
  const malformed = await malformedFolders(repository, { ...request, trees: listing.trees }, until);
  const sound = withoutFolders(listing, malformed);
  const read = await readBlobs(repository, { blobs: sound.blobs, limits, where: commit.hash }, until);
  return { files: read.files, refused: [...sound.refused, ...read.refused].sort(byPath) };
}

/** A malformed folder is one refused entry, in the place of all that is listed in it. */
function withoutFolders(
  { blobs, refused }: TreeListing,
  folders: readonly string[],
): { readonly blobs: TreeListing["blobs"]; readonly refused: readonly RefusedFile[] } {
  if (folders.length === 0) return { blobs, refused };
  const malformed = new Set(folders);
  const isIn = ({ path }: { readonly path: string }): boolean =>
    pathsAbove(path).some((folder) => malformed.has(folder));
  const outermost = folders.filter(
    (folder) =>
      !pathsAbove(folder)
        .slice(1)
        .some((above) => malformed.has(above)),
  );
  return {
    blobs: blobs.filter((blob) => !isIn(blob)),
    refused: [
      ...refused.filter((entry) => !isIn(entry)),
      ...outermost.map((path) => ({ path: visibleName(path), reason: "malformed-folder" as const })),
    ],
  };
}
