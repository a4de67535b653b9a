import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Link } from "../audit/link.ts";
import type { Result } from "../model/result.ts";

type Links = readonly Result<Link, string>[];

const BLOCK_BYTES = 1024 * 1024;
const LINE_END = 0x0a;

/**
 * The links of an export in its order, read on every core. At most two blocks a thread are under way, so that memory
 * is bounded.
 */
export async function* parallelLinks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Links> {
  const threads = Array.from({ length: availableParallelism() }, () => new ReadingThread());
  const answers: Promise<Links>[] = [];
  let blocks = 0;
  try {
    for await (const block of blocksOf(chunks)) {
      const answer = threads[blocks % threads.length]?.read(block);
      if (answer !== undefined) answers.push(answer);
      blocks += 1;
      if (answers.length >= 2 * threads.length) yield await first(answers);
    }
    while (answers.length > 0) yield await first(answers);
  } finally {
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

function first(answers: Promise<Links>[]): Promise<Links> {
  return answers.shift() ?? Promise.resolve([]);
}

/** A thread that runs verify-worker.ts. It answers in the order in which it was asked. */
class ReadingThread {
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<Links>[] = [];

  constructor() {
    // In a package the program beside this one is compiled.
    const end = import.meta.url.endsWith(".ts") ? "ts" : "js";
    this.#worker = new Worker(new URL(`./verify-worker.${end}`, import.meta.url));
    this.#worker.on("message", (links: Links) => this.#waiting.shift()?.resolve(links));
    this.#worker.on("error", (cause) => {
      for (const one of this.#waiting.splice(0)) one.reject(cause);
    });
  }

  read(block: Uint8Array<ArrayBuffer>): Promise<Links> {
    const answer = Promise.withResolvers<Links>();
    // Whoever stops early waits for no more answers.
    answer.promise.catch(() => undefined);
    this.#waiting.push(answer);
    this.#worker.postMessage(block, [block.buffer]);
    return answer.promise;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
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

/** A copy of its own: it is handed over to the thread. */
function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
