import { parentPort, workerData } from "node:worker_threads";
import { chainPartsText } from "../../../audit/link-run.ts";
import { openRecord } from "../schema/migrations.ts";
import { EntryReader } from "./entry-reader.ts";
import type { SeqRange } from "./links.ts";

/**
 * A worker program: its input is the path of a database; for each run of entries that it receives, it sends the parts of their chain.
 */
const reader = openRecord(String(workerData), (db) => new EntryReader(db));

parentPort?.on("message", (run: SeqRange) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- only windows of a browser have origins
  parentPort?.postMessage(chainPartsText(reader.links(...run)));
});
