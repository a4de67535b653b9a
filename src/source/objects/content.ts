import type { Snapshot } from "../../model/snapshot.ts";
import type { Repository } from "../git/repository.ts";
import { type KnownBlobs, readShares, unknownBlobs } from "./blobs.ts";
import { type ObjectDatabase, objectsInBulk, ObjectSession } from "./object-database.ts";
import { type ContentRequest, type KnownTrees, TreeWalk } from "./tree-walk.ts";

export type Content = Pick<Snapshot, "files" | "refused">;

/** What earlier reads found, by object id: the same id means the same object, so that the result is the same without it. */
export interface KnownObjects {
  readonly blobs: KnownBlobs;
  readonly trees: KnownTrees;
}

export interface ReadContent {
  readonly content: Content;
  /** For the next read. */
  readonly trees: KnownTrees;
}

const NOTHING_KNOWN: KnownObjects = { blobs: new Map(), trees: new Map() };

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
 * @param known objects of earlier contents, which are not read again
 * @throws SourceError
 */
export async function readContent(
  repository: Repository,
  request: ContentRequest,
  known: KnownObjects = NOTHING_KNOWN,
): Promise<ReadContent> {
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
  known: KnownObjects,
): Promise<ReadContent> {
  const { commit, limits } = request;
  const walk = new TreeWalk(session, request, known.trees);
  const shares = await walk.shares();
  const objects = unknownBlobs(shares, known.blobs).length > MAX_IN_SESSION ? bulk : session;
  const content = await readShares(objects, { shares, limits, where: commit.hash, known: known.blobs });
  return { content, trees: walk.trees };
}

/** The blobs of some contents. Each was read with its size, and is within the limit of one file. */
export function blobsOf(contents: readonly Content[]): KnownBlobs {
  return new Map(contents.flatMap(({ files }) => files.map(({ oid, bytes }) => [oid, bytes] as const)));
}
