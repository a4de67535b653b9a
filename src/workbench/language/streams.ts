import { Readable, Writable } from "node:stream";
import type { Terminal } from "../../cli/toolbox/toolbox.ts";

/** The standard streams, as the protocol's library wants them. */
export function standardStreams({ stdin, out }: Terminal): {
  readonly input: Readable;
  readonly output: Writable;
} {
  // A stream that is read through an iterator cannot be closed while it waits for input.
  const input = stdin instanceof Readable ? stdin : Readable.from(stdin);
  const output = new Writable({
    // The library writes each message with one call, so that no character is divided.
    write: (chunk: Buffer, _encoding, done) => void finish(out(chunk.toString("utf8")), done),
  });
  return { input, output };
}

async function finish(written: Promise<void>, done: (error?: Error) => void): Promise<void> {
  try {
    await written;
  } catch (error) {
    done(error instanceof Error ? error : new Error("standard output cannot be written", { cause: error }));
    return;
  }
  done();
}
