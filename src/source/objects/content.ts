import type { Snapshot } from "../../model/snapshot.ts";
import { readShares } from "./blobs.ts";
import type { Deadline } from "../git/failure.ts";
import type { Repository } from "../git/repository.ts";
import { type ContentRequest, listShares } from "./tree-walk.ts";

export type Content = Pick<Snapshot, "files" | "refused">;

/**
 * Reads everything under the declared paths of a commit. Only these objects are checked: a fault elsewhere in the
 * repository, or in an earlier commit, does not matter.
 * @throws SourceError
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
