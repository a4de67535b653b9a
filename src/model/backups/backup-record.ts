/** The last complete and verified backup. */
export interface VerifiedBackup {
  /** ISO 8601. */
  readonly at: string;
  readonly folder: string;
  /** The last entry of the record in it. */
  readonly lastEntry: number;
}

/** The failed backups since the last good one. */
export interface FailingBackups {
  /** ISO 8601: the first failure. */
  readonly since: string;
  /** ISO 8601: the last failure, as are `cause`, `reason` and `fix`. */
  readonly at: string;
  /** The same for the same problem, also if `reason` has another folder: `ENOSPC`, `damaged`, `broken at entry 7`. */
  readonly cause: string;
  readonly count: number;
  readonly reason: string;
  readonly fix: string | null;
  /** The record itself is broken or damaged: someone changed it, or the disk fails. Missing: it is not known to be. */
  readonly isRecordBroken?: true;
}

/** What `grantkeeper backup` leaves in the state directory about its runs. */
export interface BackupRecord {
  /** null: none is known. */
  readonly written: VerifiedBackup | null;
  /** null: the last run succeeded, or there was none. */
  readonly failing: FailingBackups | null;
}

export const NO_BACKUPS: BackupRecord = { written: null, failing: null };
