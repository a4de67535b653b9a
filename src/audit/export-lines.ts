const LINE_END = 0x0a;

/** Rejects bytes that it would have to replace, and keeps a byte order mark. */
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The lines of an exported file, split at LF only: other readers also split at U+2028, which an entry may contain.
 * A line that is not UTF-8 becomes a text that is not an entry, so that verification stops there (a lenient decoder
 * would produce a valid replacement character). A line of more than `maxBytes` is treated the same way.
 */
export async function* exportLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes = Infinity,
): AsyncGenerator<string> {
  const splitter = new LineSplitter(maxBytes);
  for await (const chunk of chunks) yield* splitter.lines(chunk);
  yield* splitter.rest();
}

/** The same for complete bytes. */
export function* linesOfBlock(block: Uint8Array): Generator<string> {
  const splitter = new LineSplitter(Infinity);
  yield* splitter.lines(block);
  yield* splitter.rest();
}

class LineSplitter {
  readonly #maxBytes: number;
  #line: PartLine;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#line = new PartLine(maxBytes);
  }

  /** The lines that end in the chunk. */
  *lines(chunk: Uint8Array): Generator<string> {
    let start = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, start)) {
      this.#line.add(chunk.subarray(start, end));
      yield this.#line.text();
      this.#line = new PartLine(this.#maxBytes);
      start = end + 1;
    }
    if (start < chunk.length) this.#line.add(chunk.subarray(start));
  }

  /** The last line, if it has no line end. */
  *rest(): Generator<string> {
    if (this.#line.bytes > 0) yield this.#line.text();
  }
}

/** The part of the current line that was read; for a line that is too long, only its length. */
class PartLine {
  bytes = 0;
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(part: Uint8Array): void {
    this.bytes += part.length;
    if (this.bytes > this.#maxBytes) this.#parts = [];
    else this.#parts.push(part);
  }

  text(): string {
    return this.bytes > this.#maxBytes ? "too long" : decode(this.#parts);
  }
}

function decode(parts: readonly Uint8Array[]): string {
  try {
    const [only] = parts;
    return DECODER.decode(parts.length === 1 ? only : Buffer.concat(parts));
  } catch {
    return "not UTF-8";
  }
}
