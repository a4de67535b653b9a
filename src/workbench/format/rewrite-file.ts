import { constants } from "node:fs";
import { lstat, open, rename, rm, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CliError } from "../../cli/toolbox/cli-error.ts";
import { errorCode } from "../../model/values/error-code.ts";

export interface ReadFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/** The bytes of a regular file; a link is not followed, and a pipe does not block. @throws CliError */
export async function readPlainFile(path: string): Promise<ReadFile> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return await closedAfter(handle, async () => {
      const { mode } = await handle.stat();
      return { path, bytes: await handle.readFile(), mode };
    });
  } catch (cause) {
    throw new CliError(`cannot read ${path} (${errorCode(cause) ?? "unknown failure"})`, null, { cause });
  }
}

/**
 * Replaces the file by all of the new text or not at all, with the same permissions. The draft is a dot file in the same
 * folder, which no command reads if an interruption leaves it behind. @throws CliError
 */
export async function rewriteFile({ path, bytes, mode }: ReadFile, text: string): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.fmt-${process.pid}`);
  try {
    await rm(draft, { force: true });
    const handle = await open(draft, "wx", mode);
    await closedAfter(handle, async () => {
      // The mode of a new file is limited by the umask.
      await handle.chmod(mode);
      await handle.writeFile(text);
      await handle.sync();
    });
    await checkUnchanged(path, bytes);
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    if (cause instanceof CliError) throw cause;
    throw new CliError(`cannot write ${path} (${errorCode(cause) ?? "unknown failure"})`, null, { cause });
  }
}

/** An editor may have saved it since: its text is not lost. */
async function checkUnchanged(path: string, bytes: Uint8Array): Promise<void> {
  const isFile = (await lstat(path)).isFile();
  const now = isFile ? await readPlainFile(path) : null;
  if (now !== null && Buffer.from(now.bytes).equals(bytes)) return;
  throw new CliError(`${path} was changed by another program meanwhile`, "run the command again");
}

async function closedAfter<T>(handle: FileHandle, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    await handle.close();
  }
}
