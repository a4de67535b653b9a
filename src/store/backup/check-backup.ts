import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { backupSignatureProblem, type BackupCheck, type BackupManifest } from "../../audit/backup.ts";
import type { Checkpoint } from "../../audit/checkpoint.ts";
import { StoreError } from "../errors.ts";
import type { RunInThreads } from "../sqlite/audit/links.ts";
import { BACKUP_FILES, BackupError, fileHash } from "./files.ts";
import { MANIFEST_FILE, readManifest } from "./manifest.ts";
import { anchorsOf, lastEntryOf, publicKeysOf, verifyFolder } from "./record-copy.ts";

/** What is known of the record after the backup. */
export interface Known {
  readonly checkpoints: readonly Checkpoint[];
  /** The last entry of the records that the restore replaces; 0 if there is none that can be read. */
  readonly lastEntry: number;
}

/** The copies of checkpoints and the last entries of these folders, and copies from elsewhere. */
export function knownOf(folders: readonly string[], outside: readonly Checkpoint[]): Known {
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

/** The list of files is signed, the record is one of them, and they are as they were written. @throws BackupError */
export async function checkFiles(folder: string): Promise<BackupManifest> {
  const manifest = readManifest(folder);
  // Only listed files are restored: without the database, an empty record would take the place of a verified one.
  if (!Object.hasOwn(manifest.files, BACKUP_FILES.database))
    throw new BackupError(
      `${join(folder, MANIFEST_FILE)} does not list ${BACKUP_FILES.database}`,
      "use another backup",
    );
  for (const [name, hash] of Object.entries(manifest.files)) {
    const path = join(folder, basename(name));
    if (!existsSync(path)) throw new BackupError(`${folder} lacks ${name}`, "use another backup");
    if ((await fileHash(path)) !== hash)
      throw new BackupError(`${path} was changed after the backup`, "use another backup");
  }
  const problem = backupSignatureProblem(manifest, publicKeysOf(folder));
  if (problem !== null)
    throw new BackupError(`${join(folder, MANIFEST_FILE)} ${problem}`, "use another backup");
  return manifest;
}

/**
 * The signer of the backup is a key of the installation that it replaces: someone who changed a backup can put a key of
 * their own into it. An installation without keys knows no signer.
 * @throws BackupError
 */
export function checkSigner({ keyId }: BackupManifest, folders: readonly string[]): void {
  const known = folders.flatMap(publicKeysOf);
  if (known.length === 0 || known.some((key) => key.keyId === keyId)) return;
  throw new BackupError(
    `the backup is signed by key ${keyId}, which is not a key of this state directory: ${known.map((key) => key.keyId).join(", ")}`,
    "use a backup of this installation; if the state directory is a new one, restore into an empty one",
  );
}

/**
 * Verifies the record of a backup by its own evidence, and then by what is known of later entries: the record that it
 * would replace, and the copies of its checkpoints.
 */
export async function checkRecordOf(
  folder: string,
  known: Known,
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
