import { open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { anchorLine } from "../audit/anchor.ts";
import type { Checkpoint } from "../audit/checkpoint.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";

/** A place for checkpoints where the host of the record can't take them back. */
export interface OutsideCopy {
  /** Stays the same over starts: what is still to be copied is remembered by it. */
  readonly name: string;
  /** Is there when it resolves; may be given the same one twice. */
  readonly write: (checkpoint: Checkpoint) => Promise<void>;
}

/** A line at the end of a file, on disk when it resolves; best on a disk that this host can only append to. */
export function copyToFile(path: string): OutsideCopy {
  return { name: "file", write: (checkpoint) => writeToFile(path, checkpoint) };
}

/** A log line, for installations whose logs leave the host. */
export function copyToLog(telemetry: Telemetry): OutsideCopy {
  return {
    name: "log",
    write: async (checkpoint) => {
      telemetry.info("audit checkpoint", { ...checkpoint });
    },
  };
}

async function writeToFile(path: string, checkpoint: Checkpoint): Promise<void> {
  const file = await open(path, "a+", 0o644);
  try {
    await appendLine(file, anchorLine(checkpoint));
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}

async function appendLine(file: FileHandle, line: string): Promise<void> {
  const { size } = await file.stat();
  // A host that stopped while it wrote left half a line, which must not spoil this one.
  const start = size > 0 && !(await endsLine(file, size)) ? "\n" : "";
  await file.appendFile(`${start}${line}\n`);
  await file.sync();
}

async function endsLine(file: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === "\n";
}

/** Makes the file's name durable too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
