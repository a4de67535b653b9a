import type { RefusedFile, Snapshot } from "../../model/snapshot.ts";
import { byPath, isLfsPointer, type SourceLimits } from "../rules/entry-rules.ts";
import type { ListedBlob } from "./listing.ts";
import type { ObjectDatabase } from "./object-database.ts";
import { type ObjectSize, readObjects, readSizes, requestedValue } from "./objects.ts";
import { type Share, withinBytes, withoutRefused } from "../rules/team-shares.ts";

/** The bytes of blobs that were read before, by object id: the same id means the same bytes. */
export type KnownBlobs = ReadonlyMap<string, Uint8Array>;

export interface SharesRequest {
  /** Each is within its limit of files. */
  readonly shares: readonly Share<ListedBlob>[];
  readonly limits: SourceLimits;
  /** Where the blobs are, for errors: a commit, for example. */
  readonly where: string;
  readonly known: KnownBlobs;
}

/**
 * Reads the bytes of listed blobs, each team within its share. All sizes are read first, so that nothing large is ever
 * unpacked. Known blobs are not read, and count like all others.
 * @throws SourceError `too-large` if the files of no team exceed the limit, `corrupt`, `partial`
 */
export async function readShares(
  objects: ObjectDatabase,
  { shares, limits, where, known }: SharesRequest,
): Promise<Pick<Snapshot, "files" | "refused">> {
  const paths = new Map(shares.flatMap(({ files }) => files.map(({ oid, path }) => [oid, path] as const)));
  const request = { where, pathOf: (oid: string) => paths.get(oid) };
  const sizes = await readSizes(objects, { ...request, names: unknownBlobs(shares, known) });
  const sizeOf = (oid: string): ObjectSize => sizeOfKnown(oid, known) ?? requestedValue(sizes, oid);
  const sized = shares.map((share) => withSizes(share, { sizeOf, limits }));
  const read = withinBytes(sized, objects.source, limits);
  const contents = await readObjects(objects, { ...request, names: unknownBlobs(read, known), sizes });
  const bytesOf = inMemory(contents, known);
  const blobs = read.flatMap(({ files }) => files).sort(byPath);
  const files = blobs.map(({ path, oid }) => ({ path, oid, bytes: bytesOf(oid) }));
  const pointers = new Set(files.filter(({ bytes }) => isLfsPointer(bytes)));
  const refused: readonly RefusedFile[] = [
    ...read.flatMap((share) => share.refused),
    ...[...pointers].map(({ path }) => ({ path, reason: "lfs-pointer" as const })),
  ];
  return {
    files: files.filter((file) => !pointers.has(file)),
    refused: refused.toSorted(byPath),
  };
}

/** The ids of all blobs that must be read, each once, sorted. */
export function unknownBlobs(shares: readonly Share<ListedBlob>[], known: KnownBlobs): readonly string[] {
  const names = new Set<string>();
  for (const { files } of shares) for (const { oid } of files) if (!known.has(oid)) names.add(oid);
  return [...names].sort();
}

function sizeOfKnown(oid: string, known: KnownBlobs): ObjectSize | undefined {
  const bytes = known.get(oid);
  return bytes === undefined ? undefined : { oid, type: "blob", size: bytes.length };
}

/**
 * Next to known blobs, each new one gets memory of its own. As views of one buffer, a single file that stays would keep
 * the bytes of its entire push, and each later push would add to them.
 */
function inMemory(contents: ReadonlyMap<string, Uint8Array>, known: KnownBlobs): (oid: string) => Uint8Array {
  if (known.size === 0) return (oid) => requestedValue(contents, oid);
  const copies = new Map([...contents].map(([oid, bytes]) => [oid, Uint8Array.from(bytes)]));
  return (oid) => known.get(oid) ?? requestedValue(copies, oid);
}

interface BlobSizes {
  readonly sizeOf: (oid: string) => ObjectSize;
  readonly limits: SourceLimits;
}

/** If a file is too large, or its object is not a file, only that file is refused, and its bytes do not count. */
function withSizes(share: Share<ListedBlob>, { sizeOf, limits }: BlobSizes): Share<ListedBlob & ObjectSize> {
  const files = share.files.map(({ path, oid }) => {
    const { type, size } = sizeOf(oid);
    return { path, oid, type, size };
  });
  return withoutRefused({ ...share, files }, ({ type, size }) => {
    if (type !== "blob") return "unusual-mode";
    return size > limits.fileBytes ? "too-large" : undefined;
  });
}
