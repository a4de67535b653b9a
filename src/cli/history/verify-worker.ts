import { parentPort } from "node:worker_threads";
import { linesOfBlock } from "../../audit/export-lines.ts";
import { chainPartsText } from "../../audit/link-run.ts";
import { readLink } from "../../audit/proved-link.ts";

/** A program of its own: whole lines of an export come in, the parts of their chain go out. */
parentPort?.on("message", (block: Uint8Array) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- only windows of a browser have origins
  parentPort?.postMessage(chainPartsText(linesOfBlock(block).map(readLink)));
});
