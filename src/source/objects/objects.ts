import { SourceError } from "../../controller/ports/source.ts";
import type { ObjectAnswer, ObjectDatabase } from "./object-database.ts";

export interface ObjectsRequest {
  /** Object ids, or `COMMIT^{tree}`, without duplicates. */
  readonly names: readonly string[];
  /** Where the objects are, for errors: a commit, for example. */
  readonly where: string;
  /** The path of an object, for errors. */
  readonly pathOf?: (name: string) => string | undefined;
}

export interface ObjectSize {
  readonly oid: string;
  /** `blob`, `tree`, `commit` or `tag`. The entry of a tree can state another type. */
  readonly type: string;
  readonly size: number;
}

/**
 * Reads the types and sizes of objects, so that nothing large is ever unpacked.
 * @throws SourceError `corrupt`, or `partial` if an object is missing
 */
export async function readSizes(
  objects: ObjectDatabase,
  request: ObjectsRequest,
): Promise<ReadonlyMap<string, ObjectSize>> {
  const { names } = request;
  if (names.length === 0) return new Map();
  const answer = new LineReader(names.length);
  await objects.ask("--batch-check", names, answer);
  const lines = answer.lines();
  const sizes = new Map<string, ObjectSize>();
  for (const [index, name] of names.entries()) {
    const size = parseSize(lines[index] ?? "");
    if (size === "missing") throw missing(objects.source, name, request);
    if (size === undefined) throw unreadableObject(objects.source, name, request);
    sizes.set(name, size);
  }
  return sizes;
}

/** The line of an object has about 60 bytes. */
const MAX_LINE_BYTES = 160;

class LineReader implements ObjectAnswer {
  readonly #chunks: Buffer[] = [];
  readonly #maxBytes: number;
  #missing: number;
  #bytes = 0;

  constructor(count: number) {
    this.#missing = count;
    this.#maxBytes = count * MAX_LINE_BYTES;
  }

  get isComplete(): boolean {
    return this.#missing <= 0 || this.#bytes > this.#maxBytes;
  }

  take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) this.#missing -= 1;
  }

  lines(): readonly string[] {
    return Buffer.concat(this.#chunks).toString("utf8").split("\n");
  }
}

/** Undefined if git cannot read the object. */
function parseSize(line: string): ObjectSize | "missing" | undefined {
  const [oid = "", type = "", size = ""] = line.split(" ");
  if (type === "missing") return type;
  return /^\d+$/.test(size) ? { oid, type, size: Number(size) } : undefined;
}

interface ContentsRequest extends ObjectsRequest {
  readonly sizes: ReadonlyMap<string, ObjectSize>;
}

/** Reads all contents into one buffer, whose size is known from `readSizes`; each object is a view of it. */
export async function readObjects(
  objects: ObjectDatabase,
  request: ContentsRequest,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const { names, sizes } = request;
  if (names.length === 0) return new Map();
  const expected = names.map((name) => {
    const { oid, type, size } = requestedValue(sizes, name);
    return { name, size, header: `${oid} ${type} ${size}\n` };
  });
  const answer = new Contents(expected);
  await objects.ask("--batch", names, answer);
  if (answer.firstFault !== undefined) throw unreadableObject(objects.source, answer.firstFault, request);
  return answer.contents;
}

interface ExpectedObject {
  readonly name: string;
  readonly size: number;
  readonly header: string;
}

class Contents implements ObjectAnswer {
  readonly contents = new Map<string, Uint8Array>();
  readonly #expected: readonly ExpectedObject[];
  readonly #buffer: Buffer;
  #filled = 0;
  /** Where the next object starts. */
  #start = 0;
  #firstFault: string | undefined;

  constructor(expected: readonly ExpectedObject[]) {
    this.#expected = expected;
    this.#buffer = Buffer.alloc(expected.reduce((sum, object) => sum + lengthOf(object), 0));
  }

  get isComplete(): boolean {
    return this.firstFault !== undefined || this.contents.size === this.#expected.length;
  }

  /** The first object whose header differs from the size and type that git reported before. */
  get firstFault(): string | undefined {
    return this.#firstFault;
  }

  take(chunk: Buffer): void {
    this.#filled += chunk.copy(this.#buffer, this.#filled);
    for (let next = this.#next(); next !== undefined && this.#firstFault === undefined; next = this.#next()) {
      const { name, size, header } = next;
      const content = this.#start + header.length;
      // The bytes received so far: the answer for a missing object is shorter than a header.
      const given = this.#buffer.toString("latin1", this.#start, Math.min(content, this.#filled));
      if (!header.startsWith(given)) this.#firstFault = name;
      if (this.#filled < this.#start + lengthOf(next)) return;
      this.contents.set(name, this.#buffer.subarray(content, content + size));
      this.#start += lengthOf(next);
    }
  }

  #next(): ExpectedObject | undefined {
    return this.#expected[this.contents.size];
  }
}

/** The length with the line break after the content. */
function lengthOf({ header, size }: ExpectedObject): number {
  return header.length + size + 1;
}

/** The size or content of a requested object. */
export function requestedValue<Value>(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name);
  if (value === undefined) throw new Error(`object ${name} was not requested`);
  return value;
}

function locationOf(name: string, { where, pathOf }: ObjectsRequest): string {
  const path = pathOf?.(name);
  return path === undefined ? `object ${name} at ${where}` : `${path} at ${where} (object ${name})`;
}

function missing(source: string, name: string, request: ObjectsRequest): SourceError {
  const message = `${locationOf(name, request)} is missing: the clone is partial or damaged`;
  const fix =
    "use a complete clone (without --filter); if it is a mirror in stateDir, remove its folder, and it is fetched again";
  return new SourceError({ source, code: "partial", message, fix });
}

function unreadableObject(source: string, name: string, request: ObjectsRequest): SourceError {
  const message = `${locationOf(name, request)} cannot be read`;
  return new SourceError({
    source,
    code: "corrupt",
    message,
    fix: "remove the folder of the mirror; it is fetched again",
  });
}
