import { parentPort } from "node:worker_threads";
import { exportLines } from "../audit/export-lines.ts";
import { readLink, type Link } from "../audit/link.ts";
import type { Result } from "../model/result.ts";

/** A program of its own: whole lines of an export come in, what `readLink` makes of them goes out. */
parentPort?.on("message", (block: Uint8Array) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- only windows of a browser have origins
  void readBlock(block).then((links) => parentPort?.postMessage(links));
});

async function readBlock(block: Uint8Array): Promise<readonly Result<Link, string>[]> {
  const links: Result<Link, string>[] = [];
  for await (const line of exportLines(once(block))) links.push(readLink(line));
  return links;
}

async function* once(block: Uint8Array): AsyncGenerator<Uint8Array> {
  yield block;
}
