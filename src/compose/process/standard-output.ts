import { constants, fstatSync, openSync, write } from "node:fs";
import { Socket } from "node:net";
import { promisify } from "node:util";

export interface LineOutput {
  /** Resolves when the system took the text; rejects if its reader is gone. Never blocks the event loop. */
  readonly write: (text: string) => Promise<void>;
  readonly close: () => void;
}

const STANDARD_OUTPUT = 1;

/**
 * Standard output that never blocks: writes to `process.stdout` are synchronous for pipes, so that a slow reader would
 * stop the process.
 * @see https://nodejs.org/api/process.html#a-note-on-process-io
 */
export function openStandardOutput(): LineOutput {
  const kind = fstatSync(STANDARD_OUTPUT);
  return kind.isFIFO() || kind.isSocket()
    ? pipeOutput(STANDARD_OUTPUT, kind.isFIFO())
    : fileOutput(STANDARD_OUTPUT);
}

function pipeOutput(fd: number, isFifo: boolean): LineOutput {
  const socket = new Socket({ fd: isFifo ? ownDescription(fd) : fd, readable: false, writable: true });
  // Each write reports its failure.
  socket.on("error", () => undefined);
  return {
    write: (text) =>
      new Promise((resolve, reject) => {
        socket.write(text, (cause) => {
          if (cause === undefined || cause === null) resolve();
          else reject(cause);
        });
      }),
    close: () => void socket.destroy(),
  };
}

/**
 * A pipe opened again does not share the flag for non-blocking writes with other processes and with standard error.
 * Where it cannot be opened again, it is shared.
 */
function ownDescription(fd: number): number {
  try {
    return openSync(`/dev/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return fd;
  }
}

function fileOutput(fd: number): LineOutput {
  return { write: (text) => writeAll(fd, Buffer.from(text)), close: () => undefined };
}

/** The system may take a part only. */
async function writeAll(fd: number, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += (await writeSome(fd, bytes.subarray(done))).bytesWritten;
}

const writeSome = promisify(write);
