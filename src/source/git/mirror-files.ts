import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../../model/values/error-code.ts";

/** Files that a killed git leaves in a repository: parts of packs, locks, and marks that keep a pack. */
const LEFTOVER = /^(tmp_|\.tmp-)|\.lock$|\.keep$/;

/** Bytes of all files below a folder; a file that disappears meanwhile counts as 0. */
export async function folderBytes(folder: string): Promise<number> {
  const paths = await allFiles(folder);
  const sizes = await Promise.all(paths.map((path) => stat(path).then(({ size }) => size, orAbsent(0))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Call this only while no git process writes there. The mirror belongs to one source of one process. */
export async function removeLeftovers(mirror: string): Promise<void> {
  const paths = await allFiles(mirror);
  const leftovers = paths.filter((path) => LEFTOVER.test(path.slice(path.lastIndexOf("/") + 1)));
  await Promise.all(leftovers.map((path) => rm(path, { force: true })));
}

export async function packCount(mirror: string): Promise<number> {
  const names = await readdir(join(mirror, "objects/pack")).catch(orAbsent<string[]>([]));
  return names.filter((name) => name.endsWith(".pack")).length;
}

/** Empty if there is no such file. */
export function fileText(path: string): Promise<string> {
  return readFile(path, "utf8").catch(orAbsent(""));
}

async function allFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(orAbsent([]));
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? allFiles(path) : [path];
    }),
  );
  return nested.flat();
}

function orAbsent<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (errorCode(error) === "ENOENT") return value;
    throw error;
  };
}
