const LINE_END = 0x0a;

/** Takes no byte that it would have to replace, and leaves out no byte order mark. */
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The lines of an exported file, split at LF alone: other readers of lines also split at U+2028, which may be in an
 * entry. A line that is not UTF-8 comes as a text that is no entry, so that verification stops at it
 * (a lenient decoder would make an honest replacement character of it). So does one of more than `maxBytes`.
 */
export async function* exportLines(
  chunks: AsyncIterable<Uint8Array>,
  maxBytes = Infinity,
): AsyncGenerator<string> {
  const splitter = new LineSplitter(maxBytes);
  for await (const chunk of chunks) yield* splitter.lines(chunk);
  yield* splitter.rest();
}

/** The same of bytes that are all there. */
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

/** The part of a line that was read; of one that is too long, only how long it is. */
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
