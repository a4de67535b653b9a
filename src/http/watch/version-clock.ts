/** Versions of one millisecond: more changes in it run ahead of the clock. */
const PER_MS = 100;
const MARK_DIGITS = 4;
export const MARKS = 10 ** MARK_DIGITS;

/**
 * The resourceVersions of one view. They grow with the time, also across a restart. Each ends with the mark of its process:
 * a version of another process is never read as one of this process, even if the clock was set back.
 */
export class VersionClock {
  readonly #mark: string;
  readonly #nowMs: () => number;
  #last = 0;

  /** @param mark a random number below MARKS, the same for the life of the process */
  constructor(mark: number, nowMs: () => number) {
    this.#mark = String(mark).padStart(MARK_DIGITS, "0");
    this.#nowMs = nowMs;
  }

  next(): number {
    this.#last = Math.max(this.#last + 1, Math.floor(this.#nowMs() * PER_MS));
    return this.#last;
  }

  format(version: number): string {
    return `${version}${this.#mark}`;
  }

  /** null: this process has not issued it. */
  parse(text: string): number | null {
    if (!/^[1-9]\d{4,18}$/.test(text) || !text.endsWith(this.#mark)) return null;
    const version = Number(text.slice(0, -MARK_DIGITS));
    return version <= this.#last ? version : null;
  }
}
