import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  lchownSync,
  lstatSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import type { BackupManifest, RestoreOutcome } from "../../audit/backup.ts";
import type { Checkpoint } from "../../audit/checkpoint.ts";
import type { Clock } from "../../controller/ports/clock.ts";
import type { Telemetry } from "../../controller/ports/telemetry.ts";
import type { RunInThreads } from "../../controller/ports/audit-log.ts";
import { acquireLock, LOCK_FILES } from "../sqlite/lock.ts";
import { openStore } from "../sqlite/open.ts";
import { endDecisions } from "../sqlite/restored-record.ts";
import { checkCopies, checkRecordOf, checkSigner, knownBackup, signedManifest } from "./check-backup.ts";
import { BACKUP_FILES, BackupError, toBackupError } from "./files.ts";
import { sync, writePrivate } from "../durable-files.ts";
import { damagedCopiesIn } from "./record-copy.ts";
import { endRestore, markRestore, unfinishedRestore, type UnfinishedRestore } from "../restore-marker.ts";
import { exists } from "../exists.ts";

export interface RestoreRequest {
  /** The folder of a backup. */
  readonly from: string;
  readonly stateDir: string;
  readonly instance: string;
  readonly version: string;
  /** Copies of checkpoints from outside of the state directory. */
  readonly anchors: readonly Checkpoint[];
  /** Why entries may be lost; null: then none may. */
  readonly reason: string | null;
}

export interface RestoreParts {
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly inThreads: RunInThreads;
}

/**
 * Replaces the record of a state directory, which no process may be using, with that of a backup. The record then
 * states that it was restored. The replaced files are moved to a folder next to it, never removed.
 * @throws BackupError, StoreError
 */
export async function restoreBackup(request: RestoreRequest, parts: RestoreParts): Promise<RestoreOutcome> {
  const { from, stateDir, instance } = request;
  const manifest = signedManifest(from);
  if (manifest.instance !== instance) {
    throw new BackupError(
      `${from} is a backup of the instance ${manifest.instance}, and this one is ${instance}`,
      "use the configuration of that instance",
    );
  }
  const lock = acquireLock(stateDir);
  try {
    setOwnerAs(
      stateDir,
      LOCK_FILES.map((name) => join(stateDir, name)),
    );
    return await restoreLocked(request, { ...parts, manifest });
  } catch (cause) {
    throw toBackupError(`restore ${from} to ${stateDir}`, cause);
  } finally {
    lock.release();
  }
}

async function restoreLocked(
  request: RestoreRequest,
  parts: RestoreParts & { readonly manifest: BackupManifest },
): Promise<RestoreOutcome> {
  const { stateDir, anchors, reason } = request;
  const unfinished = unfinishedRestore(stateDir);
  const folders = foldersBefore(stateDir, unfinished);
  checkSigner(parts.manifest, folders, anchors);
  const known = knownBackup(folders, anchors);
  const damagedCopies = damagedCopiesIn([request.from, ...folders]);
  const staged = mkdtempSync(join(stateDir, "restore.partial-"));
  try {
    const copies = copyIn(request, { staged, unfinished, manifest: parts.manifest });
    await checkCopies(parts.manifest, copies);
    const hasNewKey = !exists(join(staged, BACKUP_FILES.key));
    // The copy is verified: a reader of the backup would also read a log that lies next to its database.
    const check = await checkRecordOf(staged, known, parts.inThreads);
    if (check.kind === "broken" || (check.kind === "behind" && reason === null)) return check;
    const lostUpTo = check.kind === "behind" ? check.lostUpTo : null;
    await recordRestore(staged, { ...request, lostUpTo }, parts);
    setOwnerAs(
      stateDir,
      readdirSync(staged).map((name) => join(staged, name)),
    );
    const before = replaceFiles({ stateDir, staged, unfinished, at: parts.clock.nowMs() });
    const { report } = check;
    return { kind: "restored", manifest: parts.manifest, report, lostUpTo, before, hasNewKey, damagedCopies };
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

/** Where the files from before the restore are. */
function foldersBefore(stateDir: string, unfinished: UnfinishedRestore | null): readonly string[] {
  if (unfinished === null) return [stateDir];
  return unfinished.phase === "placing" ? [unfinished.before] : [stateDir, unfinished.before];
}

interface Staging {
  readonly staged: string;
  readonly unfinished: UnfinishedRestore | null;
  readonly manifest: BackupManifest;
}

/**
 * A backup without the private key keeps the key of the state directory.
 * @returns the copies, by the files of the backup
 */
function copyIn(
  { from, stateDir }: RestoreRequest,
  { staged, unfinished, manifest }: Staging,
): ReadonlyMap<string, string> {
  const names = Object.values(BACKUP_FILES).filter((name) => Object.hasOwn(manifest.files, name));
  const copies = new Map(names.map((name) => [join(from, name), join(staged, name)]));
  for (const [file, copy] of copies) copyPrivate(file, copy);
  const key = join(staged, BACKUP_FILES.key);
  const present = foldersBefore(stateDir, unfinished)
    .map((folder) => join(folder, BACKUP_FILES.key))
    .find((path) => exists(path));
  if (!exists(key) && present !== undefined) copyPrivate(present, key);
  return copies;
}

function copyPrivate(from: string, to: string): void {
  writePrivate(to, "");
  copyFileSync(from, to);
  sync(to);
}

async function recordRestore(
  staged: string,
  { version, reason, lostUpTo }: RestoreRequest & { readonly lostUpTo: number | null },
  { clock, telemetry, manifest }: RestoreParts & { readonly manifest: BackupManifest },
): Promise<void> {
  const file = join(staged, BACKUP_FILES.anchors);
  const { store, audit } = openStore({
    stateDir: staged,
    clock,
    telemetry,
    anchors: { file, log: false },
    shrinks: false,
  });
  try {
    await audit.append([{ kind: "restored", version, backupAt: manifest.at, lostUpTo, reason }]);
    await audit.checkpoint();
  } finally {
    await store.close();
  }
  endDecisions(join(staged, BACKUP_FILES.database));
}

interface Replacement {
  readonly stateDir: string;
  readonly staged: string;
  readonly unfinished: UnfinishedRestore | null;
  readonly at: number;
}

/** @returns the folder with the files before; null if there were none */
function replaceFiles({ stateDir, staged, unfinished, at }: Replacement): string | null {
  const { database } = BACKUP_FILES;
  const names = [...Object.values(BACKUP_FILES), `${database}-wal`, `${database}-shm`];
  const time = new Date(at).toISOString().replaceAll(":", "");
  const before = unfinished?.before ?? join(stateDir, `before-restore-${time}`);
  mkdirSync(before, { recursive: true, mode: 0o700 });
  if (unfinished?.phase !== "placing") {
    markRestore(stateDir, { phase: "moving", before });
    moveFiles(names, stateDir, before);
    markRestore(stateDir, { phase: "placing", before });
  }
  for (const name of names) rmSync(join(stateDir, name), { force: true });
  moveFiles(names, staged, stateDir);
  endRestore(stateDir);
  if (readdirSync(before).length > 0) return before;
  rmSync(before, { recursive: true });
  return null;
}

/** Those that exist; durable when this returns. */
function moveFiles(names: readonly string[], from: string, to: string): void {
  for (const name of names) if (exists(join(from, name))) renameSync(join(from, name), join(to, name));
  sync(to);
  sync(from);
}

/**
 * Root may restore for the user of the controller, such as that of a service of systemd, which exists only while it
 * runs: the files belong to the owner of the state directory, or the controller could not open them.
 */
function setOwnerAs(stateDir: string, files: readonly string[]): void {
  const { uid, gid } = statSync(stateDir);
  // Only root may give files away, and it has none to give if the directory is its own.
  if (process.geteuid?.() !== 0 || uid === 0) return;
  for (const file of files) {
    // A file with a second name may be someone else's.
    const { nlink } = lstatSync(file);
    if (nlink === 1) lchownSync(file, uid, gid);
  }
}
