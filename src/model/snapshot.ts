import type { Revision } from "./revision.ts";

export interface SourceFile {
  /** Relative to the repository, `/` between the parts. */
  readonly path: string;
  /** The blob's object id (for a directory: SHA-256 of the bytes); equal oid means equal bytes. */
  readonly oid: string;
  readonly bytes: Uint8Array;
}

/** Why a source does not read an entry under the declared paths. */
export type RefusalReason =
  | "symlink"
  | "submodule"
  | "lfs-pointer"
  /** A Git filter changes what is stored of it, and it is not committed yet. */
  | "filtered"
  | "too-large"
  | "unsafe-name"
  /** A pipe, a socket or a device. */
  | "not-a-file"
  /** A mode that Git does not give to files. */
  | "unusual-mode"
  /** Its tree object is ambiguous: two entries of one name, for example. */
  | "malformed-folder"
  /** The controller's user may not read it. */
  | "unreadable"
  /** The folder of a team with more files than one team may have. */
  | "team-files"
  /** The folder of a team whose files are larger together than those of one team may be. */
  | "team-bytes"
  /** The folder of a team that the files of all teams together leave no space for. */
  | "no-space";

/** Something under the declared paths that is not read: named, never followed. It may be a file or a folder. */
export interface RefusedFile {
  readonly path: string;
  readonly reason: RefusalReason;
}

/** Every file under the declared paths at one revision; complete, or it does not exist. */
export interface Snapshot {
  readonly source: string;
  readonly revision: Revision;
  /** Sorted by path. */
  readonly files: readonly SourceFile[];
  readonly refused: readonly RefusedFile[];
  /** True for a working directory: its content is in no commit. */
  readonly uncommitted: boolean;
}

export interface Commit {
  readonly id: string;
  /** Claimed, not proved: anyone can write any author. */
  readonly author: string;
  readonly committer: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly subject: string;
}
