import type { Revision } from "./revision.ts";

export interface SourceFile {
  /** Relative to the repository, `/` between the parts. */
  readonly path: string;
  /** The blob's object id (for a directory: SHA-256 of the bytes); equal oid means equal bytes. */
  readonly oid: string;
  readonly bytes: Uint8Array;
}

/** Something under the declared paths that is not a readable manifest file: named, never followed. */
export interface RefusedFile {
  readonly path: string;
  /** `symlink`, `submodule`, `lfs-pointer`, `too-large`, `unsafe-name` … */
  readonly reason: string;
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
