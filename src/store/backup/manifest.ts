import type { KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../../model/values/error-code.ts";
import { signBackup, type BackupContent, type BackupManifest } from "../../audit/backup.ts";
import { err, ok, type Result } from "../../model/values/result.ts";
import { BackupError, toBackupError } from "./files.ts";

/** Written last: a folder without it is not a complete backup. */
export const MANIFEST_FILE = "backup.json";
const FORMAT_NAME = "grantkeeper-backup/";
const FORMAT = `${FORMAT_NAME}1` as const;

export function backupManifest(facts: Omit<BackupContent, "format">, privateKey: KeyObject): BackupManifest {
  return signBackup({ format: FORMAT, ...facts }, privateKey);
}

/** @throws BackupError if it is missing or not one that this version can read */
export function readManifest(folder: string): BackupManifest {
  const manifest = parsed(readText(folder));
  if (manifest.kind === "ok") return manifest.value;
  const [problem, fix] = PROBLEMS[manifest.error];
  throw new BackupError(`${join(folder, MANIFEST_FILE)} ${problem}`, fix);
}

type ManifestProblem = "damaged" | "other-version" | "not-signed";

const PROBLEMS = {
  damaged: ["is damaged", "use another backup"],
  "other-version": [
    `was written by another version: this one reads ${FORMAT}`,
    "restore with the version that wrote it, or use another backup",
  ],
  "not-signed": ["is not signed, so that nothing proves who wrote it", "use another backup"],
} as const satisfies Record<ManifestProblem, readonly [problem: string, fix: string]>;

function readText(folder: string): string {
  try {
    return readFileSync(join(folder, MANIFEST_FILE), "utf8");
  } catch (cause) {
    const code = errorCode(cause);
    if (code !== "ENOENT") throw toBackupError(`read the backup ${folder}`, cause);
    throw new BackupError(
      `${folder} is not a complete backup: it has no ${MANIFEST_FILE} (${code})`,
      "name a folder that grantkeeper backup wrote completely",
      cause,
    );
  }
}

function parsed(text: string): Result<BackupManifest, ManifestProblem> {
  const value = objectIn(text);
  const { format, version, instance, at, lastEntry, files, keyId, signature } = value ?? {};
  if (typeof format !== "string" || !format.startsWith(FORMAT_NAME)) return err("damaged");
  if (format !== FORMAT) return err("other-version");
  const isComplete =
    [version, instance, at].every((one) => typeof one === "string") &&
    Number.isSafeInteger(lastEntry) &&
    typeof files === "object" &&
    files !== null;
  if (!isComplete) return err("damaged");
  const isSigned = typeof keyId === "string" && typeof signature === "string";
  return isSigned ? ok(value as BackupManifest) : err("not-signed");
}

function objectIn(text: string): Partial<Record<keyof BackupManifest, unknown>> | null {
  try {
    return JSON.parse(text) as Partial<Record<keyof BackupManifest, unknown>> | null;
  } catch {
    return null;
  }
}
