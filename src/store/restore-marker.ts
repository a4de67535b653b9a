import { readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { StoreError } from "./errors.ts";
import { exists } from "./exists.ts";
import { sync, writePrivate } from "./durable-files.ts";

/**
 * In the state directory while its files are replaced. Without it, a kill in between would look like an empty state
 * directory, and a controller would begin a new record.
 */
const MARKER_FILE = "restore-unfinished";

export interface UnfinishedRestore {
  /** `moving`: the files of the state directory are those before the restore; `placing`: they are those of the backup. */
  readonly phase: "moving" | "placing";
  /** The folder to which the files before are moved. */
  readonly before: string;
}

export function unfinishedRestore(stateDir: string): UnfinishedRestore | null {
  const path = join(stateDir, MARKER_FILE);
  if (!exists(path)) return null;
  const [phase, folder = ""] = readFileSync(path, "utf8").trim().split(" ");
  return { phase: phase === "placing" ? "placing" : "moving", before: join(stateDir, basename(folder)) };
}

/** On disk when this returns. */
export function markRestore(stateDir: string, { phase, before }: UnfinishedRestore): void {
  const path = join(stateDir, MARKER_FILE);
  rmSync(`${path}.new`, { force: true });
  writePrivate(`${path}.new`, `${phase} ${basename(before)}\n`);
  renameSync(`${path}.new`, path);
  sync(stateDir);
}

export function endRestore(stateDir: string): void {
  rmSync(join(stateDir, MARKER_FILE), { force: true });
  sync(stateDir);
}

/** @throws StoreError `unfinished-restore` */
export function checkNoRestore(stateDir: string): void {
  if (unfinishedRestore(stateDir) === null) return;
  throw new StoreError("unfinished-restore", `a restore of ${stateDir} was interrupted`);
}
