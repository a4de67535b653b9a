import type { KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../../model/values/error-code.ts";
import { signBackup, type BackupContent, type BackupManifest } from "../../audit/backup.ts";
import { BackupError } from "./files.ts";

/** Written last: a folder without it is not a complete backup. */
export const MANIFEST_FILE = "backup.json";
const FORMAT = "grantkeeper-backup/1";

export function backupManifest(facts: Omit<BackupContent, "format">, privateKey: KeyObject): BackupManifest {
  return signBackup({ format: FORMAT, ...facts }, privateKey);
}

/** @throws BackupError if it is missing or not one that this version can read */
export function readManifest(folder: string): BackupManifest {
  const value = parsed(readText(folder));
  if (value === null) {
    throw new BackupError(
      `${join(folder, MANIFEST_FILE)} is damaged, not signed, or was written by another version`,
      "use another backup, or the version that wrote it",
    );
  }
  return value;
}

function readText(folder: string): string {
  try {
    return readFileSync(join(folder, MANIFEST_FILE), "utf8");
  } catch (cause) {
    const code = errorCode(cause);
    if (code === undefined) throw cause;
    throw new BackupError(
      `${folder} is not a complete backup: it has no ${MANIFEST_FILE} (${code})`,
      "name a folder that grantkeeper backup wrote completely",
      cause,
    );
  }
}

function parsed(text: string): BackupManifest | null {
  try {
    const value = JSON.parse(text) as Partial<Record<keyof BackupManifest, unknown>> | null;
    const { format, version, instance, at, lastEntry, files, keyId, signature } = value ?? {};
    const members = [version, instance, at, keyId, signature];
    const texts = format === FORMAT && members.every((one) => typeof one === "string");
    const isComplete =
      texts && Number.isSafeInteger(lastEntry) && typeof files === "object" && files !== null;
    return isComplete ? (value as BackupManifest) : null;
  } catch {
    return null;
  }
}
