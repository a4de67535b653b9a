import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Longer than any call of a source: such a folder belongs to a process that was killed. */
const LEFTOVER_MS = 3_600_000;

/** Removes old temporary folders with this prefix. */
export async function removeLeftoverFolders(parent: string, prefix: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(prefix));
  for (const name of names) {
    const folder = join(parent, name);
    const found = await stat(folder).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > LEFTOVER_MS)
      await rm(folder, { recursive: true, force: true });
  }
}
