import { SourceError } from "../controller/ports/source.ts";
import type { RefusedFile, SourceFile } from "../model/snapshot.ts";
import { isLfsPointer, tooManyBytes } from "./entry-rules.ts";
import type { SourceLimits } from "./entry-rules.ts";
import { localEnvironment } from "./git-environment.ts";
import type { Deadline } from "./git-failure.ts";
import { collect, runGit } from "./git-process.ts";
import type { ListedBlob } from "./listing.ts";
import type { Algorithm, Mirror } from "./mirror.ts";

export interface BlobRequest {
  readonly source: string;
  readonly algorithm: Algorithm;
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
  mirror: Mirror,
  request: BlobRequest,
  deadline: Deadline,
): Promise<ReadBlobs> {
  const { blobs, limits, source } = request;
  const sizes = await askSizes(mirror, request, deadline);
  const isSmall = ({ oid }: ListedBlob): boolean => (sizes.get(oid) ?? Infinity) <= limits.fileBytes;
  const small = blobs.filter(isSmall);
  const total = small.reduce((sum, { oid }) => sum + (sizes.get(oid) ?? 0), 0);
  if (total > limits.snapshotBytes) throw tooManyBytes(source, limits);
  const contents = await readContents(mirror, { ...request, blobs: small }, sizes, deadline);
  const files = small.map(({ path, oid }) => ({
    path,
    oid,
    bytes: contents.get(oid) ?? missing(source, oid),
  }));
  const large = blobs.filter((blob) => !isSmall(blob));
  return {
    files: files.filter(({ bytes }) => !isLfsPointer(bytes)),
    refused: [
      ...large.map(({ path }) => ({ path, reason: "too-large" })),
      ...files
        .filter(({ bytes }) => isLfsPointer(bytes))
        .map(({ path }) => ({ path, reason: "lfs-pointer" })),
    ],
  };
}

async function askSizes(
  mirror: Mirror,
  request: BlobRequest,
  deadline: Deadline,
): Promise<ReadonlyMap<string, number>> {
  const oids = distinctOids(request.blobs);
  if (oids.length === 0) return new Map();
  const output = collect(oids.length * 128);
  await catFile(mirror, { ...request, option: "--batch-check", oids, sink: output.sink }, deadline);
  const lines = output.text().trimEnd().split("\n");
  return new Map(lines.map((line, index) => parseSize(request.source, line, oids[index])));
}

function parseSize(source: string, line: string, oid: string | undefined): readonly [string, number] {
  const [name = "", type, size = ""] = line.split(" ");
  if (name !== oid) throw corrupt(source, name);
  if (type !== "blob" || !/^\d+$/.test(size)) throw corrupt(source, name);
  return [name, Number(size)];
}

/** All contents in one buffer of the size that is known by now; each blob is a view of it. */
async function readContents(
  mirror: Mirror,
  request: BlobRequest,
  sizes: ReadonlyMap<string, number>,
  deadline: Deadline,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const oids = distinctOids(request.blobs);
  const blobs = oids.map((oid) => ({
    oid,
    header: `${oid} blob ${sizes.get(oid)}\n`,
    size: sizes.get(oid) ?? 0,
  }));
  const expected = blobs.reduce((sum, { header, size }) => sum + header.length + size + 1, 0);
  const buffer = Buffer.alloc(expected);
  let filled = 0;
  const sink = (chunk: Buffer): boolean => {
    const fits = filled + chunk.length <= expected;
    if (fits) filled += chunk.copy(buffer, filled);
    return fits;
  };
  if (oids.length > 0) await catFile(mirror, { ...request, option: "--batch", oids, sink }, deadline);
  const contents = new Map<string, Uint8Array>();
  let at = 0;
  for (const { oid, header, size } of blobs) {
    const start = at + header.length;
    if (buffer.toString("latin1", at, start) !== header) throw corrupt(request.source, oid);
    contents.set(oid, buffer.subarray(start, start + size));
    at = start + size + 1;
  }
  return contents;
}

interface CatFile {
  readonly algorithm: Algorithm;
  readonly option: "--batch" | "--batch-check";
  readonly oids: readonly string[];
  readonly sink: (chunk: Buffer) => boolean;
}

async function catFile(mirror: Mirror, request: CatFile, deadline: Deadline): Promise<void> {
  const gitDir = mirror.folder(request.algorithm);
  const command = {
    args: ["cat-file", request.option, "--buffer"],
    cwd: gitDir,
    env: localEnvironment(gitDir),
    input: request.oids.map((oid) => `${oid}\n`).join(""),
    sink: request.sink,
  };
  const outcome = await runGit(command, deadline.signal);
  if (outcome.kind !== "exited" || outcome.code !== 0) throw mirror.failure("read blobs", outcome, deadline);
}

function distinctOids(blobs: readonly ListedBlob[]): readonly string[] {
  return [...new Set(blobs.map(({ oid }) => oid))].sort();
}

function missing(source: string, oid: string): never {
  throw corrupt(source, oid);
}

function corrupt(source: string, oid: string): SourceError {
  const mend = "Remove the mirror; it is fetched again.";
  return new SourceError(
    "corrupt",
    `source "${source}": object ${oid} in the mirror can't be read as a file`,
    mend,
  );
}
