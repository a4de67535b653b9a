import type { RefusedFile, Snapshot } from "../../model/snapshot.ts";
import { byPath, isLfsPointer, type SourceLimits } from "../rules/entry-rules.ts";
import type { ListedBlob } from "./listing.ts";
import { objectsInBulk } from "./object-database.ts";
import { type ObjectSize, readObjects, readSizes, valueOf } from "./objects.ts";
import type { Repository } from "../git/repository.ts";
import { type Share, withinBytes, withoutRefused } from "../rules/team-shares.ts";

export interface SharesRequest {
  /** Each is within its limit of files. */
  readonly shares: readonly Share<ListedBlob>[];
  readonly limits: SourceLimits;
  /** Where the blobs are, for errors: a commit, for example. */
  readonly where: string;
}

/**
 * Reads the bytes of listed blobs, each team within its share. All sizes are read first, so that nothing large is ever
 * unpacked.
 * @throws SourceError `too-large` if the files of no team exceed the limit, `corrupt`, `partial`
 */
export async function readShares(
  repository: Repository,
  { shares, limits, where }: SharesRequest,
): Promise<Pick<Snapshot, "files" | "refused">> {
  const listed = shares.flatMap(({ files }) => files);
  const paths = new Map(listed.map(({ oid, path }) => [oid, path]));
  const request = { where, pathOf: (oid: string) => paths.get(oid) };
  const objects = objectsInBulk(repository);
  const sizes = await readSizes(objects, { ...request, names: [...paths.keys()].sort() });
  const sized = shares.map((share) => withSizes(share, { sizes, limits }));
  const read = withinBytes(sized, repository.source, limits);
  const blobs = read.flatMap(({ files }) => files).sort(byPath);
  const names = [...new Set(blobs.map(({ oid }) => oid))].sort();
  const contents = await readObjects(objects, { ...request, names, sizes });
  const files = blobs.map(({ path, oid }) => ({ path, oid, bytes: valueOf(contents, oid) }));
  const pointers = files.filter(({ bytes }) => isLfsPointer(bytes));
  const refused: readonly RefusedFile[] = [
    ...read.flatMap((share) => share.refused),
    ...pointers.map(({ path }) => ({ path, reason: "lfs-pointer" as const })),
  ];
  return {
    files: files.filter(({ bytes }) => !isLfsPointer(bytes)),
    refused: refused.toSorted(byPath),
  };
}

interface BlobSizes {
  readonly sizes: ReadonlyMap<string, ObjectSize>;
  readonly limits: SourceLimits;
}

/** If a file is too large, or its object is not a file, only that file is refused, and its bytes do not count. */
function withSizes(share: Share<ListedBlob>, { sizes, limits }: BlobSizes): Share<ListedBlob & ObjectSize> {
  const sized = share.files.map((blob) => ({ ...blob, ...valueOf(sizes, blob.oid) }));
  return withoutRefused({ ...share, files: sized }, ({ type, size }) => {
    if (type !== "blob") return "unusual-mode";
    return size > limits.fileBytes ? "too-large" : undefined;
  });
}
