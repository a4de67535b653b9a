/** The failures of the record, by the next step that they need. */
export type StoreErrorCode =
  /** The disk is full; nothing of the change was written. */
  | "full"
  /** Another process holds it. */
  | "locked"
  /** Written by a newer version of this program. */
  | "newer-version"
  /** The file is something else, or damaged. */
  | "damaged"
  /** Entries of the audit were changed, removed or added from outside. */
  | "broken-record"
  | "missing"
  /** A restore was interrupted while it replaced the files. */
  | "unfinished-restore"
  /** The disk refused. */
  | "io"
  /** The database server does not answer, or has no connection left; nothing of the change was written. */
  | "unreachable"
  /** The database server refused the user, the password, or to write. */
  | "refused"
  /** The connection broke while a change was written: it may have been written. */
  | "unsure"
  | "closed";

/** How an operator can fix it; null if the message shows it, or if nothing can be done. */
const FIXES = {
  full: "free space on the disk of stateDir",
  locked: null,
  "newer-version": "run that newer version, or use another stateDir",
  damaged:
    "restore a backup, or use another stateDir: Grantkeeper reads the other facts from Git and from the tags in AWS",
  "broken-record":
    "keep stateDir as evidence and run grantkeeper audit verify on it; then restore a backup, or start with an empty stateDir",
  missing: null,
  "unfinished-restore": "run grantkeeper restore again with the same backup",
  io: "check the disk of stateDir and the permissions on it",
  unreachable: "check the database server and the network to it",
  refused: "check the user, its password and its privileges, and that the server is the primary",
  unsure: null,
  closed: null,
} as const satisfies Record<StoreErrorCode, string | null>;

/** A failed access to the record; unless the code is `unsure`, nothing of the attempted change is kept. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;
  readonly fix: string | null;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.fix = FIXES[code];
  }
}
