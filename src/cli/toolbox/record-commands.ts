import type { Checkpoint } from "../../audit/checkpoint.ts";

export interface BackupCommand {
  readonly to: string;
  readonly withKey: boolean;
}

export interface RestoreCommand {
  readonly from: string;
  /** Copies of checkpoints from outside. */
  readonly anchors: readonly Checkpoint[];
  /** Why entries after the backup may be lost; null: they may not. */
  readonly reason: string | null;
}

export interface AcceptLossCommand {
  /** Why entries are given up; null: they are only shown. */
  readonly reason: string | null;
}

export interface MoveCommand {
  /** The URL of the database, as the person wrote it. */
  readonly to: string;
}
