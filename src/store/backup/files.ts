import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { errorCode } from "../../model/values/error-code.ts";
import { AUDIT_KEY_FILE, AUDIT_PUBLIC_KEY_FILE } from "../audit-key.ts";
import { StoreError } from "../errors.ts";
import { DATABASE_FILE } from "../sqlite/open.ts";

/** In the state directory: the copies of checkpoints. */
const ANCHORS_FILE = "audit-anchors.jsonl";

/** The files of a state directory that a backup contains. All others are made again. */
export const BACKUP_FILES = {
  database: DATABASE_FILE,
  anchors: ANCHORS_FILE,
  publicKeys: AUDIT_PUBLIC_KEY_FILE,
  key: AUDIT_KEY_FILE,
} as const;

/** A backup or a restore that failed; the state directory and all complete backups are unchanged. */
export class BackupError extends Error {
  override readonly name = "BackupError";
  readonly fix: string | null;

  constructor(message: string, fix: string | null, cause?: unknown) {
    super(message, { cause });
    this.fix = fix;
  }
}

const FIXES: Readonly<Record<string, readonly [problem: string, fix: string]>> = {
  ENOSPC: ["the disk is full", "free space there, or name a folder on another disk"],
  EDQUOT: ["the quota of the user is used up", "free space there, or name a folder on another disk"],
  // The record is only read, so that the failed write was one to the copy.
  SQLITE_IOERR_WRITE: [
    "the copy can't be written",
    "check the disk of the backup, and how large a file may be there (ulimit -f)",
  ],
  EFBIG: ["a file may not be that large", "raise the limit of the process (ulimit -f), or use another disk"],
  EACCES: [
    "permission denied",
    "run the command as root or the user of the controller, and check who may write there",
  ],
  ENOTDIR: ["a part of the path is a file and no folder", "name another folder, or move the file away"],
  ELOOP: ["symbolic links of the path lead back to themselves", "correct the links, or name another folder"],
  EROFS: ["the disk is read-only", "name a folder on another disk"],
  ENOENT: ["no such file or folder", "check the path"],
};

/** With what was attempted, the cause and its fix; a bug is returned unchanged. */
export function toBackupError(doing: string, cause: unknown): unknown {
  if (cause instanceof BackupError) return cause;
  if (cause instanceof StoreError && cause.code === "full") return withCode(doing, "ENOSPC", cause);
  if (cause instanceof StoreError && errorCode(cause.cause) === "SQLITE_IOERR_WRITE")
    return withCode(doing, "SQLITE_IOERR_WRITE", cause);
  if (cause instanceof StoreError) return cause;
  const code = errorCode(cause);
  return code === undefined ? cause : withCode(doing, code, cause);
}

function withCode(doing: string, code: string, cause: unknown): BackupError {
  const [problem, fix] = FIXES[code] ?? [code, null];
  return new BackupError(`cannot ${doing}: ${problem} (${code})`, fix, cause);
}

/** SHA-256, hex, of a file of any size. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
