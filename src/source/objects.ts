import { SourceError } from "../controller/ports/source.ts";
import type { Deadline } from "./git-failure.ts";
import { collect } from "./git-process.ts";
import { failureIn, isDone, runIn } from "./repository.ts";
import type { Repository } from "./repository.ts";

export interface ObjectsRequest {
  /** Object ids, or `COMMIT^{tree}`; each once. */
  readonly names: readonly string[];
  readonly type: "blob" | "tree";
  /** What they belong to, for errors: a commit. */
  readonly where: string;
  /** The file or folder of an object, for errors. */
  readonly pathOf?: (name: string) => string | undefined;
}

export interface ObjectSize {
  readonly oid: string;
  readonly size: number;
}

/** The sizes of objects, so that nothing large is ever unpacked. @throws SourceError `corrupt`, or `partial` for a missing one */
export async function askSizes(
  repository: Repository,
  request: ObjectsRequest,
  deadline: Deadline,
): Promise<ReadonlyMap<string, ObjectSize>> {
  const { names } = request;
  if (names.length === 0) return new Map();
  const output = collect(names.length * 160);
  await catFile(repository, { option: "--batch-check", names, sink: output.sink }, deadline);
  const lines = output.text().trimEnd().split("\n");
  return new Map(
    names.map((name, index) => [name, parseSize(repository, lines[index] ?? "", name, request)]),
  );
}

function parseSize(repository: Repository, line: string, name: string, request: ObjectsRequest): ObjectSize {
  const [oid = "", type, size = ""] = line.split(" ");
  if (type === "missing") throw missing(repository, name, request);
  if (type !== request.type || !/^\d+$/.test(size)) throw unreadableObject(repository, name, request);
  return { oid, size: Number(size) };
}

interface ContentsRequest extends ObjectsRequest {
  readonly sizes: ReadonlyMap<string, ObjectSize>;
}

/** All contents in one buffer of the size that is known by now; each object is a view of it. */
export async function readObjects(
  repository: Repository,
  request: ContentsRequest,
  deadline: Deadline,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { names, type, sizes } = request;
  const objects = names.map((name) => {
    const { oid, size } = valueOf(sizes, name);
    return { name, size, header: `${oid} ${type} ${size}\n` };
  });
  const buffer = Buffer.alloc(objects.reduce((sum, { header, size }) => sum + header.length + size + 1, 0));
  let filled = 0;
  const sink = (chunk: Buffer): boolean => {
    const fits = filled + chunk.length <= buffer.length;
    if (fits) filled += chunk.copy(buffer, filled);
    return fits;
  };
  if (names.length > 0) await catFile(repository, { option: "--batch", names, sink }, deadline);
  const contents = new Map<string, Uint8Array>();
  let at = 0;
  for (const { name, size, header } of objects) {
    const start = at + header.length;
    if (buffer.toString("latin1", at, start) !== header) throw unreadableObject(repository, name, request);
    contents.set(name, buffer.subarray(start, start + size));
    at = start + size + 1;
  }
  return contents;
}

interface CatFile {
  readonly option: "--batch" | "--batch-check";
  readonly names: readonly string[];
  readonly sink: (chunk: Buffer) => boolean;
}

async function catFile(repository: Repository, request: CatFile, deadline: Deadline): Promise<void> {
  const command = {
    args: ["cat-file", request.option, "--buffer"],
    input: request.names.map((name) => `${name}\n`).join(""),
    sink: request.sink,
  };
  const outcome = await runIn(repository, command, deadline);
  if (!isDone(outcome)) throw failureIn(repository, `${request.option} objects`, outcome, deadline);
}

/** The size or content of an object that was asked for. */
export function valueOf<Value>(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name);
  if (value === undefined) throw new Error(`object ${name} was not asked for`);
  return value;
}

function placeOf(name: string, { where, pathOf }: ObjectsRequest): string {
  const path = pathOf?.(name);
  return path === undefined ? `object ${name} at ${where}` : `${path} at ${where} (object ${name})`;
}

function missing({ source }: Repository, name: string, request: ObjectsRequest): SourceError {
  const text = `source "${source}": ${placeOf(name, request)} is missing: the clone is partial or damaged`;
  const hint =
    "Use a complete clone (without --filter); a mirror in stateDir is fetched again once it is removed.";
  return new SourceError("partial", text, hint);
}

function unreadableObject({ source }: Repository, name: string, request: ObjectsRequest): SourceError {
  const text = `source "${source}": ${placeOf(name, request)} cannot be read`;
  return new SourceError("corrupt", text, "Remove the folder of the mirror; it is fetched again.");
}
