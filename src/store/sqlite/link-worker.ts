import { parentPort, workerData } from "node:worker_threads";
import { openReader } from "./connection.ts";
import { EntryReader } from "./entry-reader.ts";
import type { Run } from "./record-links.ts";

/** A program of its own: the path of a database is its input, runs of entries come in, their links go out. */
const reader = new EntryReader(openReader(String(workerData)));

parentPort?.on("message", (run: Run) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- only windows of a browser have origins
  parentPort?.postMessage(reader.links(...run));
});
