import { parseChainParts, type ChainPart } from "../../audit/link-run.ts";
import { inThreads } from "../toolbox/in-threads.ts";

const BLOCK_BYTES = 1024 * 1024;
const LINE_END = 0x0a;

/** The links of an export in its order, read on every core. */
export function parallelLinks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<readonly ChainPart[]> {
  const program = { module: new URL("./verify-worker", import.meta.url), input: null };
  return parseChainParts(inThreads(program, blocksOf(chunks), (block) => [block.buffer]));
}

/** Whole lines: each block but the last ends with a line end. */
async function* blocksOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    const end = bytes + chunk.length < BLOCK_BYTES ? -1 : chunk.lastIndexOf(LINE_END);
    parts.push(end < 0 ? chunk : chunk.subarray(0, end + 1));
    bytes += chunk.length;
    if (end < 0) continue;
    yield joined(parts);
    parts = [chunk.subarray(end + 1)];
    bytes = chunk.length - end - 1;
  }
  if (bytes > 0) yield joined(parts);
}

/** A copy with memory of its own, so that it can be handed over; Node's buffers may share theirs. */
function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
