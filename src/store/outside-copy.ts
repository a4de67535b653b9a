import { open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { anchorLine } from "../audit/anchor.ts";
import type { Checkpoint } from "../audit/checkpoint.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";

/** A destination for checkpoints from which the host of the record cannot remove them. */
export interface OutsideCopy {
  /** Stable over restarts: the pending copies are stored under this name. */
  readonly name: string;
  /** The copy exists when it resolves; the same checkpoint may be written twice. */
  readonly write: (checkpoint: Checkpoint) => Promise<void>;
}

/** Appends a line to a file; it is on disk when `write` resolves. Use a disk that this host can only append to. */
export function copyToFile(path: string): OutsideCopy {
  return { name: "file", write: (checkpoint) => writeToFile(path, checkpoint) };
}

/** Writes a log line, for installations whose logs are sent to another host. */
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
  // If the host stopped during a write, the file ends with half a line, which must not damage this line.
  const start = size > 0 && !(await endsLine(file, size)) ? "\n" : "";
  await file.appendFile(`${start}${line}\n`);
  await file.sync();
}

async function endsLine(file: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === "\n";
}

/** Makes the name of the file durable too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
