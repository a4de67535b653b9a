/** What went wrong with the record, in words that the next step can be chosen by. */
export type StoreErrorCode =
  /** No room: nothing of the change was written. */
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
  /** The disk refused. */
  | "io"
  | "closed";

/** What a person can do about it; null where the message says it, or nothing can be done. */
const FIXES = {
  full: "make room on the disk that holds stateDir",
  locked: null,
  "newer-version": "run that newer version, or name another stateDir",
  damaged: "put a backup in its place, or name another stateDir: git and the tags in AWS say the rest",
  "broken-record":
    "keep stateDir as evidence and run grantkeeper audit verify on it; then restore a backup, or start with an empty stateDir",
  missing: null,
  io: "look at the disk that holds stateDir, and at the rights on it",
  closed: null,
} as const satisfies Record<StoreErrorCode, string | null>;

/** A failed access to the record; nothing of the change that it was about is kept. */
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
