import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { anchorLine } from "../audit/anchor.ts";
import type { Checkpoint } from "../audit/checkpoint.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";

/** Puts a checkpoint where the host of the record can't take it back; may be given the same one twice. */
export type OutsideCopy = (checkpoint: Checkpoint) => Promise<void>;

/** A line at the end of a file, on disk when it resolves; best on a disk that this host can only append to. */
export function copyToFile(path: string): OutsideCopy {
  return async (checkpoint) => {
    await using file = await open(path, "a+", 0o644);
    const { size } = await file.stat();
    // A host that stopped while it wrote left half a line, which must not spoil this one.
    const start = size > 0 && !(await endsLine(file, size)) ? "\n" : "";
    await file.appendFile(`${start}${anchorLine(checkpoint)}\n`);
    await file.sync();
    if (size === 0) await syncFolder(dirname(path));
  };
}

/** A log line, for installations whose logs leave the host. */
export function copyToLog(telemetry: Telemetry): OutsideCopy {
  return (checkpoint) => {
    telemetry.info("audit checkpoint", { ...checkpoint });
    return Promise.resolve();
  };
}

async function endsLine(file: Awaited<ReturnType<typeof open>>, size: number): Promise<boolean> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === "\n";
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path, "r");
  await folder.sync();
}
