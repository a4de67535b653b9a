import { basename, join } from "node:path";
import { backupSignatureProblem, type BackupCheck, type BackupManifest } from "../../audit/backup.ts";
import type { Checkpoint } from "../../audit/checkpoint.ts";
import { StoreError } from "../errors.ts";
import type { RunInThreads } from "../../controller/ports/audit-log.ts";
import { BACKUP_FILES, BackupError, fileHash, toBackupError } from "./files.ts";
import { MANIFEST_FILE, readManifest } from "./manifest.ts";
import { anchorsOf, lastEntryOf, publicKeysOf, verifyFolder } from "./record-copy.ts";
import { isThere } from "../exists.ts";

/** What is known of the record after the backup. */
export interface RecordedProof {
  readonly checkpoints: readonly Checkpoint[];
  /** The last entry of the records that the restore replaces; 0 if there is none that can be read. */
  readonly lastEntry: number;
}

/** The copies of checkpoints and the last entries of these folders, and copies from elsewhere. */
export function knownBackup(folders: readonly string[], outside: readonly Checkpoint[]): RecordedProof {
  return {
    checkpoints: [...outside, ...folders.flatMap(anchorsOf)],
    lastEntry: Math.max(0, ...folders.map(readableLastEntry)),
  };
}

/** A record is often restored because it is damaged. */
function readableLastEntry(folder: string): number {
  try {
    return lastEntryOf(folder);
  } catch (cause) {
    if (cause instanceof StoreError) return 0;
    throw cause;
  }
}

/** The list of files, which is signed, and the record is one of them. @throws BackupError */
export function signedManifest(folder: string): BackupManifest {
  const manifest = readManifest(folder);
  // Only listed files are restored: without the database, an empty record would take the place of a verified one.
  if (!Object.hasOwn(manifest.files, BACKUP_FILES.database))
    throw new BackupError(
      `${join(folder, MANIFEST_FILE)} does not list ${BACKUP_FILES.database}`,
      "use another backup",
    );
  for (const name of Object.keys(manifest.files))
    if (!isThereIn(folder, basename(name)))
      throw new BackupError(`${folder} lacks ${name}`, "use another backup");
  const problem = backupSignatureProblem(manifest, publicKeysOf(folder));
  if (problem !== null)
    throw new BackupError(`${join(folder, MANIFEST_FILE)} ${problem}`, "use another backup");
  return manifest;
}

function isThereIn(folder: string, name: string): boolean {
  try {
    return isThere(join(folder, name));
  } catch (cause) {
    throw toBackupError(`read the backup ${folder}`, cause);
  }
}

/**
 * The copies of the files are as they were written. The files themselves may be changed after they were read.
 * @throws BackupError
 */
export async function checkCopies(
  { files }: BackupManifest,
  copies: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [from, copy] of copies)
    if ((await fileHash(copy)) !== files[basename(from)])
      throw new BackupError(`${from} was changed after the backup`, "use another backup");
}

/**
 * The signer of the backup is a key of the installation that it replaces: someone who changed a backup can put a key of
 * their own into it. A state directory without keys knows no signer; there, it is a key that signed the copies of
 * checkpoints from elsewhere, because these prove the audit record only, and not what else is in the record.
 * @throws BackupError
 */
export function checkSigner(
  manifest: BackupManifest,
  folders: readonly string[],
  outside: readonly Checkpoint[],
): void {
  const { keyId } = manifest;
  const keys = folders.flatMap(publicKeysOf);
  const named = [...new Set((keys.length > 0 ? keys : outside).map((one) => one.keyId))];
  const isKnown = keys.length > 0 ? backupSignatureProblem(manifest, keys) === null : named.includes(keyId);
  if (named.length === 0 || isKnown) return;
  if (keys.length > 0)
    throw new BackupError(
      `the backup is signed by key ${keyId}, which is not a key of this state directory: ${named.join(", ")}`,
      "use a backup of this installation; if the state directory is a new one, restore into an empty one",
    );
  throw new BackupError(
    `the backup is signed by key ${keyId}, which signed none of the copies of checkpoints: ${named.join(", ")}`,
    "use another backup; if the installation had a new key since these copies, use copies that are as new as the backup",
  );
}

/**
 * Verifies the record of a backup by its own evidence, and then by what is known of later entries: the record that it
 * would replace, and the copies of its checkpoints.
 */
export async function checkRecordOf(
  folder: string,
  known: RecordedProof,
  inThreads: RunInThreads,
): Promise<BackupCheck> {
  const report = await verifyFolder(folder, inThreads);
  if (report.verdict !== "intact") return { kind: "broken", report };
  const last = report.last ?? 0;
  const later = known.checkpoints.filter(({ upTo }) => upTo >= last).sort((a, b) => b.upTo - a.upTo)[0];
  const lostUpTo = Math.max(known.lastEntry, later === undefined ? 0 : later.upTo + 1);
  if (lostUpTo > last) return { kind: "behind", report, lostUpTo, seenAt: later?.at ?? null };
  const compared = await verifyFolder(folder, inThreads, known.checkpoints);
  return { kind: compared.verdict === "intact" ? "current" : "broken", report: compared };
}
