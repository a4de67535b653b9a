import type { KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BackupManifest, BackupOutcome } from "../../audit/backup.ts";
import type { RunInThreads } from "../../controller/ports/audit-log.ts";
import { existingAuditKey } from "../audit-key.ts";
import { StoreError } from "../errors.ts";
import { openReader } from "../sqlite/connection.ts";
import { storing } from "../sqlite/failure.ts";
import { BACKUP_FILES, BackupError, fileHash, toBackupError } from "./files.ts";
import { sync, writePrivate } from "../durable-files.ts";
import { backupManifest, MANIFEST_FILE } from "./manifest.ts";
import { damagedCopiesIn, lastEntryOf, verifyFolder } from "./record-copy.ts";
import { exists, isThere } from "../exists.ts";

export interface BackupRequest {
  readonly stateDir: string;
  /** A folder that does not exist yet. */
  readonly to: string;
  readonly instance: string;
  readonly version: string;
  /** ISO 8601. */
  readonly at: string;
  /** With the private key, the holder of the backup can sign checkpoints. */
  readonly withKey: boolean;
}

/**
 * Copies the record at one point in time, while a controller may be running. The folder gets its name when it is
 * complete, verified and on disk: until then it is `TO.partial-…`, which a failure removes and a kill leaves.
 * @throws BackupError, StoreError
 */
export async function writeBackup(request: BackupRequest, inThreads: RunInThreads): Promise<BackupOutcome> {
  const { to } = request;
  const key = signingKey(request.stateDir);
  const partial = newFolder(to);
  try {
    const copied = copyFiles(request, partial);
    const report = await verifyFolder(partial, inThreads);
    if (report.verdict !== "intact") return { kind: "broken", report };
    const manifest = await manifestOf(request, { partial, copied, key });
    writePrivate(join(partial, MANIFEST_FILE), `${JSON.stringify(manifest, null, 2)}\n`);
    sync(partial);
    renameSync(partial, to);
    sync(dirname(to));
    return { kind: "written", manifest, report, damagedCopies: damagedCopiesIn([to]) };
  } catch (cause) {
    throw toBackupError(`write the backup ${to}`, cause);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** @throws BackupError */
function signingKey(stateDir: string): KeyObject {
  try {
    return existingAuditKey(stateDir);
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    throw new BackupError(
      `cannot sign a backup: ${cause.message}`,
      "run the command as root or the user of the controller; a controller that starts makes a missing key",
      cause,
    );
  }
}

function newFolder(to: string): string {
  try {
    if (isThere(to)) throw new BackupError(`${to} exists already`, "name a folder that does not exist yet");
    // Readable by its owner alone.
    return mkdtempSync(`${to}.partial-`);
  } catch (cause) {
    throw toBackupError(`write the backup ${to}`, cause);
  }
}

/** The copies of checkpoints come first: the database that is copied after them has all of their entries. */
function copyFiles({ stateDir, withKey }: BackupRequest, partial: string): readonly string[] {
  const { database, key, ...others } = BACKUP_FILES;
  const small = [...Object.values(others), ...(withKey ? [key] : [])].filter((name) =>
    exists(join(stateDir, name)),
  );
  for (const name of small) writePrivate(join(partial, name), readFileSync(join(stateDir, name)));
  copyDatabase(join(stateDir, database), join(partial, database));
  return [...small, database];
}

/** In one read transaction, so that it is one point in time, and without the log of the writer. */
function copyDatabase(from: string, to: string): void {
  writePrivate(to, "");
  const db = openReader(from);
  try {
    storing(`copy ${from}`, () => db.prepare("VACUUM INTO ?").run(to));
  } finally {
    db.close();
  }
  sync(to);
}

interface CopiedFiles {
  readonly partial: string;
  readonly copied: readonly string[];
  readonly key: KeyObject;
}

async function manifestOf(
  { version, instance, at }: BackupRequest,
  { partial, copied, key }: CopiedFiles,
): Promise<BackupManifest> {
  const files: Record<string, string> = {};
  for (const name of copied.toSorted()) files[name] = await fileHash(join(partial, name));
  return backupManifest({ version, instance, at, lastEntry: lastEntryOf(partial), files }, key);
}
