import { CliError } from "./cli-error.ts";
import type { Toolbox } from "./toolbox.ts";

const MAX_BYTES = 16_777_216;

/** All of it, as text; `mend` says what to give instead of too much. @throws CliError */
export async function standardInput({ terminal }: Toolbox, mend: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of terminal.stdin) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_BYTES)
      throw new CliError(`standard input has more than ${MAX_BYTES / 1_048_576} MiB`, mend);
  }
  return Buffer.concat(chunks).toString("utf8");
}
