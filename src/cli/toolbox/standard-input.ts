import { CliError } from "./cli-error.ts";
import type { Toolbox } from "./toolbox.ts";

const MAX_BYTES = 16_777_216;

/** All of it, as text; `fix` says what to give instead of too much. @throws CliError */
export async function standardInput({ terminal }: Toolbox, fix: string): Promise<string> {
  return (await limitedBytes(terminal.stdin, "standard input", fix)).toString("utf8");
}

/** Also of what never ends. @throws CliError when it is too much */
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
