import { CliError } from "./cli-error.ts";
import type { Toolbox } from "./toolbox.ts";

const MAX_BYTES = 16_777_216;

/** The text of standard input; `fix` is the hint if it is too long. @throws CliError */
export async function standardInput({ terminal }: Toolbox, fix: string): Promise<string> {
  return (await limitedBytes(terminal.stdin, "standard input", fix)).toString("utf8");
}

/** Reads at most 16 MiB, also from a stream that never ends. @throws CliError if there is more */
export async function limitedBytes(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  fix: string,
): Promise<Buffer> {
  const read: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    read.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new CliError(`${name} has more than ${MAX_BYTES / 1_048_576} MiB`, fix);
  }
  return Buffer.concat(read);
}
