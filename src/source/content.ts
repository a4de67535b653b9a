import type { Snapshot } from "../model/snapshot.ts";
import { readBlobs } from "./blobs.ts";
import { byPath } from "./entry-rules.ts";
import type { Deadline } from "./git-failure.ts";
import { listFiles } from "./listing.ts";
import type { ContentRequest } from "./listing.ts";
import type { Repository } from "./repository.ts";

export type Content = Pick<Snapshot, "files" | "refused">;

/** Everything under the declared paths of a commit, whole. @throws SourceError */
export async function readContent(
  repository: Repository,
  request: ContentRequest,
  until: Deadline,
): Promise<Content> {
  const listing = await listFiles(repository, request, until);
  const read = await readBlobs(repository, { blobs: listing.blobs, limits: request.limits }, until);
  return { files: read.files, refused: [...listing.refused, ...read.refused].sort(byPath) };
}
