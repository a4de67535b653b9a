import { SourceError } from "../controller/ports/source.ts";
import type { RefusedFile, SourceFile } from "../model/snapshot.ts";
import { isLfsPointer, tooManyBytes } from "./entry-rules.ts";
import type { SourceLimits } from "./entry-rules.ts";
import type { Deadline } from "./git-failure.ts";
import { collect } from "./git-process.ts";
import type { ListedBlob } from "./listing.ts";
import { failureIn, isDone, runIn } from "./repository.ts";
import type { Repository } from "./repository.ts";

export interface BlobRequest {
  readonly blobs: readonly ListedBlob[];
  readonly limits: SourceLimits;
}

export interface ReadBlobs {
  readonly files: readonly SourceFile[];
  readonly refused: readonly RefusedFile[];
}

/**
 * The bytes of listed blobs. All sizes are asked first, so that nothing large is ever unpacked.
 * @throws SourceError `too-large` when all together are more than the limit, `corrupt`
 */
export async function readBlobs(
  repository: Repository,
  request: BlobRequest,
  deadline: Deadline,
): Promise<ReadBlobs> {
  const { blobs, limits } = request;
  const { source } = repository;
  const sizes = await askSizes(repository, blobs, deadline);
  const sizeOf = ({ oid }: ListedBlob): number => sizes.get(oid) ?? missing(source, oid);
  const small = blobs.filter((blob) => sizeOf(blob) <= limits.fileBytes);
  const total = small.reduce((sum, blob) => sum + sizeOf(blob), 0);
  if (total > limits.snapshotBytes) throw tooManyBytes(source, limits);
  const contents = await readContents(repository, small, sizeOf, deadline);
  const files = small.map(({ path, oid }) => ({
    path,
    oid,
    bytes: contents.get(oid) ?? missing(source, oid),
  }));
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

async function askSizes(
  repository: Repository,
  blobs: readonly ListedBlob[],
  deadline: Deadline,
): Promise<ReadonlyMap<string, number>> {
  const oids = distinctOids(blobs);
  if (oids.length === 0) return new Map();
  const output = collect(oids.length * 128);
  await catFile(repository, { option: "--batch-check", oids, sink: output.sink }, deadline);
  const lines = output.text().trimEnd().split("\n");
  return new Map(lines.map((line, index) => parseSize(repository.source, line, oids[index])));
}

function parseSize(source: string, line: string, oid: string | undefined): readonly [string, number] {
  const [name = "", type, size = ""] = line.split(" ");
  if (name !== oid) throw corrupt(source, name);
  if (type !== "blob" || !/^\d+$/.test(size)) throw corrupt(source, name);
  return [name, Number(size)];
}

/** All contents in one buffer of the size that is known by now; each blob is a view of it. */
async function readContents(
  repository: Repository,
  listed: readonly ListedBlob[],
  sizeOf: (blob: ListedBlob) => number,
  deadline: Deadline,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const sizes = new Map(listed.map((blob) => [blob.oid, sizeOf(blob)]));
  const blobs = [...sizes].map(([oid, size]) => ({ oid, size, header: `${oid} blob ${size}\n` }));
  const buffer = Buffer.alloc(blobs.reduce((sum, { header, size }) => sum + header.length + size + 1, 0));
  let filled = 0;
  const sink = (chunk: Buffer): boolean => {
    const fits = filled + chunk.length <= buffer.length;
    if (fits) filled += chunk.copy(buffer, filled);
    return fits;
  };
  const oids = [...sizes.keys()];
  if (oids.length > 0) await catFile(repository, { option: "--batch", oids, sink }, deadline);
  const contents = new Map<string, Uint8Array>();
  let at = 0;
  for (const { oid, header, size } of blobs) {
    const start = at + header.length;
    if (buffer.toString("latin1", at, start) !== header) throw corrupt(repository.source, oid);
    contents.set(oid, buffer.subarray(start, start + size));
    at = start + size + 1;
  }
  return contents;
}

interface CatFile {
  readonly option: "--batch" | "--batch-check";
  readonly oids: readonly string[];
  readonly sink: (chunk: Buffer) => boolean;
}

async function catFile(repository: Repository, request: CatFile, deadline: Deadline): Promise<void> {
  const command = {
    args: ["cat-file", request.option, "--buffer"],
    input: request.oids.map((oid) => `${oid}\n`).join(""),
    sink: request.sink,
  };
  const outcome = await runIn(repository, command, deadline);
  if (!isDone(outcome)) throw failureIn(repository, "read blobs", outcome, deadline);
}

function distinctOids(blobs: readonly ListedBlob[]): readonly string[] {
  return [...new Set(blobs.map(({ oid }) => oid))].sort();
}

function missing(source: string, oid: string): never {
  throw corrupt(source, oid);
}

function corrupt(source: string, oid: string): SourceError {
  const mend = "Remove the folder of the mirror; it is fetched again.";
  return new SourceError("corrupt", `source "${source}": object ${oid} can't be read as a file`, mend);
}
