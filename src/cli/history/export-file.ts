import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { readEntry } from "../../audit/chain.ts";
import type { AuditEntry } from "../../audit/entry.ts";
import { exportLines } from "../../audit/export-lines.ts";
import { CliError, unreadableFile } from "../toolbox/cli-error.ts";
import { parallelLinks } from "./parallel-links.ts";
import type { Toolbox } from "../toolbox/toolbox.ts";

/** No entry is longer: memory stays bounded for every file. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;

/** The lines of a file that `audit export` wrote; `-` is standard input. @throws CliError when it cannot be read */
export async function* fileLines(file: string, { terminal }: Toolbox): AsyncGenerator<string> {
  try {
    yield* exportLines(file === "-" ? terminal.stdin : createReadStream(file), LONGEST_LINE_BYTES);
  } catch (cause) {
    throw unreadableFile(file, cause);
  }
}

/** A smaller file is read in less time than threads need to start. */
const WORTH_THREADS_BYTES = 8 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

/** The links of a large file, read in several threads; null for a small one. @throws CliError if it cannot be read */
export async function largeFileLinks(file: string): Promise<ReturnType<typeof parallelLinks> | null> {
  try {
    if (file === "-" || (await stat(file)).size < WORTH_THREADS_BYTES) return null;
    return parallelLinks(createReadStream(file, { highWaterMark: CHUNK_BYTES }));
  } catch (cause) {
    throw unreadableFile(file, cause);
  }
}

/** The entries of an export. Each has a correct hash; `audit verify` checks the chain. @throws CliError at the first invalid line */
export async function* fileEntries(
  file: string,
  toolbox: Toolbox,
  name: string = file,
): AsyncGenerator<AuditEntry> {
  let line = 0;
  for await (const text of fileLines(file, toolbox)) {
    line += 1;
    const read = readEntry(text);
    if (read.kind === "err")
      throw new CliError(read.error, `run grantkeeper audit verify ${name}`, {
        exitCode: 3,
        place: `${name}:${line}`,
      });
    yield read.value;
  }
}

/** Standard input can be read only once: it is copied to a temporary file. */
export async function withReadableTwice<T>(
  file: string,
  { terminal, signal }: Toolbox,
  use: (file: string) => Promise<T>,
): Promise<T> {
  if (file !== "-") return use(file);
  const folder = await mkdtemp(join(tmpdir(), "grantkeeper-export-"));
  try {
    const copy = join(folder, "audit.jsonl");
    await pipeline(terminal.stdin, createWriteStream(copy, { mode: 0o600 }), { signal });
    return await use(copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
