import type { Revision } from "./values/revision.ts";

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
  /** A Git filter changes its stored content, and it is not committed yet. */
  | "filtered"
  | "too-large"
  | "unsafe-name"
  /** A pipe, a socket or a device. */
  | "not-a-file"
  /** A file mode that Git does not use. */
  | "unusual-mode"
  /** Its tree object is ambiguous: for example, two entries with one name. */
  | "malformed-folder"
  /** The controller's user may not read it. */
  | "unreadable"
  /** The folder of a team with more files than the limit for one team. */
  | "team-files"
  /** The folder of a team whose files together exceed the size limit for one team. */
  | "team-bytes"
  /** The folder of a team for which the files of all other teams leave no space. */
  | "no-space";

/** An entry under the declared paths that is not read: reported, never followed. It may be a file or a folder. */
export interface RefusedFile {
  readonly path: string;
  readonly reason: RefusalReason;
}

/** Every file under the declared paths at one revision. A snapshot is complete, or it does not exist. */
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
  /** Claimed, not proved: anyone can set any author. */
  readonly author: string;
  readonly committer: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly subject: string;
}

/** The maximum sizes of a snapshot, of its files, and of the folder of one team. */
export interface SizeLimits {
  readonly fileBytes: number;
  readonly files: number;
  readonly documentsPerFile: number;
  /** For all files of a snapshot together; the same bytes at two paths count twice. */
  readonly snapshotBytes: number;
  /** The limit of files in the folder of one team, and also of folders. */
  readonly teamFiles: number;
  readonly teamBytes: number;
}

/** How a signature proves its signer. */
export interface SignatureProof {
  readonly method: "ssh" | "gpg" | "x509" | "gitsign";
  /** The fingerprint of the key, as its program shows it, or SHA-256 of the certificate. */
  readonly key: string;
  /** Who attested the signer: the OIDC issuer of gitsign, the authority of an X.509 certificate; null: the operator listed the key. */
  readonly issuer: string | null;
}

/** Who signed a commit, or the tag that names it. */
export interface ProvedSigner extends SignatureProof {
  /** The hash of the commit, or the name of the tag. */
  readonly signed: string;
  /** The address or identity that the operator's files list. */
  readonly signer: string;
}
