import type { Snapshot } from "../model/snapshot.ts";
import { readShares } from "./blobs.ts";
import type { Deadline } from "./git-failure.ts";
import type { Repository } from "./repository.ts";
import { listShares } from "./tree-walk.ts";
import type { ContentRequest } from "./tree-walk.ts";

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
  const shares = await listShares(repository, request, until);
  const { commit, limits } = request;
  return readShares(repository, { shares, limits, where: commit.hash }, until);
}
