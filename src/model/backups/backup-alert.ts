/** Backups of the record fail, stopped, or cannot be judged; one incident until a backup is known to be recent again. */
export type BackupAlert =
  | {
      readonly kind: "backup-failed";
      /** The same for the same problem: `details` may have another folder. */
      readonly cause: string;
      readonly problem: string;
      readonly details: readonly string[];
      readonly fix: string;
      /** ISO 8601; null: it is unknown. */
      readonly since: string | null;
      /** ISO 8601, of the last verified backup; null: none is known. */
      readonly lastBackup: string | null;
      /** The record itself is broken or damaged, which the backup found. */
      readonly isRecordBroken?: true;
    }
  | {
      readonly kind: "backup-recovered";
      /** ISO 8601, of the last verified backup. */
      readonly lastBackup: string;
      /** It was made since the incident began. */
      readonly isNew: boolean;
    };
