import type { Link } from "../audit/link.ts";
import type { Result } from "../model/result.ts";
import { inThreads } from "./in-threads.ts";

const BLOCK_BYTES = 1024 * 1024;
const LINE_END = 0x0a;

/** The links of an export in its order, read on every core. */
export function parallelLinks(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly Result<Link, string>[]> {
  return inThreads({ module: new URL("./verify-worker", import.meta.url), input: null }, blocksOf(chunks));
}

/** Whole lines: each block but the last ends with a line end. */
async function* blocksOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    const end = bytes + chunk.length < BLOCK_BYTES ? -1 : chunk.lastIndexOf(LINE_END);
    parts.push(end < 0 ? chunk : chunk.subarray(0, end + 1));
    bytes += chunk.length;
    if (end < 0) continue;
    yield Buffer.concat(parts);
    parts = [chunk.subarray(end + 1)];
    bytes = chunk.length - end - 1;
  }
  if (bytes > 0) yield Buffer.concat(parts);
}
