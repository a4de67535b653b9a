import type { RefusedFile, SourceFile } from "../model/snapshot.ts";
import { isLfsPointer, tooManyBytes } from "./entry-rules.ts";
import type { SourceLimits } from "./entry-rules.ts";
import type { Deadline } from "./git-failure.ts";
import type { ListedBlob } from "./listing.ts";
import { askSizes, readObjects, valueOf } from "./objects.ts";
import type { Repository } from "./repository.ts";

export interface BlobRequest {
  readonly blobs: readonly ListedBlob[];
  readonly limits: SourceLimits;
  /** What the blobs belong to, for errors: a commit. */
  readonly where: string;
}

export interface ReadBlobs {
  readonly files: readonly SourceFile[];
  readonly refused: readonly RefusedFile[];
}

/**
 * The bytes of listed blobs. All sizes are asked first, so that nothing large is ever unpacked.
 * @throws SourceError `too-large` when all together are more than the limit, `corrupt`, `partial`
 */
export async function readBlobs(
  repository: Repository,
  { blobs, limits, where }: BlobRequest,
  deadline: Deadline,
): Promise<ReadBlobs> {
  const paths = new Map(blobs.map(({ oid, path }) => [oid, path]));
  const objects = { type: "blob", where, pathOf: (oid: string) => paths.get(oid) } as const;
  const sizes = await askSizes(repository, { ...objects, names: [...paths.keys()].sort() }, deadline);
  const sizeOf = ({ oid }: ListedBlob): number => valueOf(sizes, oid).size;
  const small = blobs.filter((blob) => sizeOf(blob) <= limits.fileBytes);
  const total = small.reduce((sum, blob) => sum + sizeOf(blob), 0);
  if (total > limits.snapshotBytes) throw tooManyBytes(repository.source, limits);
  const names = [...new Set(small.map(({ oid }) => oid))].sort();
  const contents = await readObjects(repository, { ...objects, names, sizes }, deadline);
  const files = small.map(({ path, oid }) => ({ path, oid, bytes: valueOf(contents, oid) }));
  const large = blobs.filter((blob) => sizeOf(blob) > limits.fileBytes);
  const pointers = files.filter(({ bytes }) => isLfsPointer(bytes));
  return {
    files: files.filter(({ bytes }) => !isLfsPointer(bytes)),
    refused: [
      ...large.map(({ path }) => ({ path, reason: "too-large" as const })),
      ...pointers.map(({ path }) => ({ path, reason: "lfs-pointer" as const })),
    ],
  };
}
