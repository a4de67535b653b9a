import { parentPort } from "node:worker_threads";
import { linesOfBlock } from "../../audit/export-lines.ts";
import { linksText } from "../../audit/link.ts";
import { readLink } from "../../audit/proved-link.ts";

/** A program of its own: whole lines of an export come in, what `readLink` makes of them goes out. */
parentPort?.on("message", (block: Uint8Array) => {
  const links = Array.from(linesOfBlock(block), readLink);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- only windows of a browser have origins
  parentPort?.postMessage(linksText(links));
});
