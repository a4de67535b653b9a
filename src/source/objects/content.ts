import type { Snapshot } from "../../model/snapshot.ts";
import type { Repository } from "../git/repository.ts";
import { type KnownBlobs, readShares, unknownBlobs } from "./blobs.ts";
import { type ObjectDatabase, objectsInBulk, ObjectSession } from "./object-database.ts";
import { type ContentRequest, TreeWalk } from "./tree-walk.ts";

export type Content = Pick<Snapshot, "files" | "refused">;

export interface ContentObjects {
  /** For requests that depend on the previous answer. */
  readonly session: ObjectDatabase;
  /** For many objects. */
  readonly bulk: ObjectDatabase;
}

/** A session answers so many objects without a process of their own. */
const MAX_IN_SESSION = 256;

/**
 * Reads everything under the declared paths of a commit. Only these objects are checked: a fault elsewhere in the
 * repository, or in an earlier commit, does not matter.
 * @param known blobs of earlier contents, which are not read again: the result is the same without them
 * @throws SourceError
 */
export async function readContent(
  repository: Repository,
  request: ContentRequest,
  known: KnownBlobs = new Map(),
): Promise<Content> {
  const session = new ObjectSession(repository);
  try {
    return await objectContent({ session, bulk: objectsInBulk(repository) }, request, known);
  } finally {
    await session.end();
  }
}

export async function objectContent(
  { session, bulk }: ContentObjects,
  request: ContentRequest,
  known: KnownBlobs,
): Promise<Content> {
  const { commit, limits } = request;
  const shares = await new TreeWalk(session, request).shares();
  const objects = unknownBlobs(shares, known).length > MAX_IN_SESSION ? bulk : session;
  return readShares(objects, { shares, limits, where: commit.hash, known });
}

/** The blobs of some contents. Each was read with its size, and is within the limit of one file. */
export function blobsOf(contents: readonly Content[]): KnownBlobs {
  return new Map(contents.flatMap(({ files }) => files.map(({ oid, bytes }) => [oid, bytes] as const)));
}
