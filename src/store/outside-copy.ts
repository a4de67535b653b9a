import { open, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { anchorLine } from "../audit/anchor.ts";
import { parseCheckpoint, type Checkpoint } from "../audit/checkpoint.ts";
import type { AuditEntry } from "../audit/entry.ts";
import type { Telemetry } from "../controller/ports/telemetry.ts";
import { StoreError } from "./errors.ts";

/** A destination for checkpoints from which the host of the record cannot remove them. */
export interface OutsideCopy {
  /** Stable over restarts: the pending copies are stored under this name. */
  readonly name: string;
  /** The copy exists when it resolves; the same checkpoint may be written twice. */
  readonly write: (checkpoint: Checkpoint) => Promise<void>;
}

/** What the record knows of its copies. */
export interface CopyRecord {
  /** The checkpoints that the copy does not have yet, in order. */
  readonly unanchored: (copy: string) => Awaitable<readonly UncopiedCheckpoint[]>;
  readonly anchored: (copy: string, seq: number) => Awaitable<void>;
}

type Awaitable<Value> = Value | Promise<Value>;

interface UncopiedCheckpoint {
  readonly seq: number;
  /** @throws StoreError `damaged` */
  readonly checkpoint: () => Checkpoint;
}

/** The copies of checkpoints outside. A failed copy is repeated at the next checkpoint, in this run or a later one. */
export class CheckpointCopies {
  readonly #outside: readonly OutsideCopy[];
  readonly #record: CopyRecord;
  readonly #telemetry: Telemetry;
  #copying: Promise<void> = Promise.resolve();

  constructor(outside: readonly OutsideCopy[], record: CopyRecord, telemetry: Telemetry) {
    this.#outside = outside;
    this.#record = record;
    this.#telemetry = telemetry;
  }

  get names(): readonly string[] {
    return this.#outside.map(({ name }) => name);
  }

  /** Copies one after the other and never rejects. */
  copy(): Promise<void> {
    this.#copying = this.#copying.then(() => this.#copyToAll());
    return this.#copying;
  }

  async #copyToAll(): Promise<void> {
    for (const copy of this.#outside) await this.#copyTo(copy);
  }

  async #copyTo({ name: copy, write }: OutsideCopy): Promise<void> {
    let missing = 0;
    try {
      const waiting = await this.#record.unanchored(copy);
      missing = waiting.length;
      for (const { seq, checkpoint } of waiting) {
        await write(checkpoint());
        await this.#record.anchored(copy, seq);
        missing -= 1;
      }
    } catch (cause) {
      this.#telemetry.error("audit checkpoint was not copied outside", {
        copy,
        reason: cause instanceof Error ? cause.message : String(cause),
      });
    }
    this.#telemetry.gauge("audit_unanchored_checkpoints", missing, { copy });
  }
}

/** The checkpoint in an entry that is one. @throws StoreError `damaged` */
export function checkpointIn(entry: AuditEntry): Checkpoint {
  const checkpoint = parseCheckpoint(entry);
  if (checkpoint === undefined) throw new StoreError("damaged", `audit entry ${entry.seq} is no checkpoint`);
  return checkpoint;
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
