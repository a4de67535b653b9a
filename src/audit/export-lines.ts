const LINE_END = 0x0a;

/** Takes no byte that it would have to replace, and leaves out no byte order mark. */
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The lines of an exported file, split at LF alone: other readers of lines also split at U+2028, which may stand
 * in an entry. A line that is not UTF-8 comes as a text that is no entry, so that verification stops at it
 * (a lenient decoder would make an honest replacement character of it).
 */
export async function* exportLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest: readonly Uint8Array[] = [];
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, start)) {
      yield decode([...rest, chunk.subarray(start, end)]);
      rest = [];
      start = end + 1;
    }
    if (start < chunk.length) rest = [...rest, chunk.subarray(start)];
  }
  if (rest.length > 0) yield decode(rest);
}

function decode(parts: readonly Uint8Array[]): string {
  try {
    return DECODER.decode(Buffer.concat(parts));
  } catch {
    return "not UTF-8";
  }
}
