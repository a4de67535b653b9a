import type { UnrecordedEntry } from "../../ports/audit-log.ts";

/**
 * The audit entries of the last days about writes that are not in the record, for alerts, metrics and `status`:
 *
 *   outdated ──beginRead()──► reading ──read()──► current ──recorded()──► outdated
 */
export class UnrecordedWrites {
  #entries: readonly UnrecordedEntry[] = [];
  #isOutdated = true;

  /** Newest first. */
  get entries(): readonly UnrecordedEntry[] {
    return this.#entries;
  }

  /** An entry was added to the record. */
  recorded(): void {
    this.#isOutdated = true;
  }

  /** False: nothing was added since the last read. */
  beginRead(): boolean {
    const isNeeded = this.#isOutdated;
    this.#isOutdated = false;
    return isNeeded;
  }

  read(entries: readonly UnrecordedEntry[]): void {
    this.#entries = entries;
  }
}
