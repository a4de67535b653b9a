import type { VerifyReport } from "./verification/verify.ts";

/** What a backup of the record contains. */
export interface BackupManifest {
  readonly format: "grantkeeper-backup/1";
  /** The program that wrote it. */
  readonly version: string;
  readonly instance: string;
  /** ISO 8601. */
  readonly at: string;
  /** The last entry of the record in it. */
  readonly lastEntry: number;
  /** By file name: SHA-256, hex. */
  readonly files: Readonly<Record<string, string>>;
}

/** The record is not intact, so that it was neither backed up nor restored. */
interface BrokenRecord {
  readonly kind: "broken";
  readonly report: VerifyReport;
}

export type BackupOutcome =
  | { readonly kind: "written"; readonly manifest: BackupManifest; readonly report: VerifyReport }
  | BrokenRecord;

/** The backup does not contain everything that is known to have happened. */
interface BackupBehind {
  readonly kind: "behind";
  readonly report: VerifyReport;
  readonly lostUpTo: number;
  /** ISO 8601: the last copy of a checkpoint that it does not contain; null: only the replaced record shows it. */
  readonly seenAt: string | null;
}

/** Whether a backup may replace a record. */
export type BackupCheck =
  { readonly kind: "current"; readonly report: VerifyReport } | BackupBehind | BrokenRecord;

export type RestoreOutcome =
  | {
      readonly kind: "restored";
      readonly manifest: BackupManifest;
      readonly report: VerifyReport;
      /** The last lost entry; null: none is known to be lost. */
      readonly lostUpTo: number | null;
      /** The folder with the replaced files; null if there were none. */
      readonly before: string | null;
      /** Neither the backup nor the state directory had the private audit key: later entries are signed with a new one. */
      readonly hasNewKey: boolean;
    }
  | BackupBehind
  | BrokenRecord;
