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
  | "missing"
  /** The disk refused. */
  | "io"
  | "closed";

/** A failed access to the record; nothing of the change that it was about is kept. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
