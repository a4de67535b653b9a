/**
 * Whether the inputs of passes are outdated.
 *
 *   current ──outdate()──► current; the passes that run end before their next write
 *   current ──changeBy()──► changing, when no pass takes its inputs ──the last work ends──► current
 */
export class PassInputs {
  #outdated = new AbortController();
  readonly #works = new Set<Promise<void>>();

  /** Running passes end before their next write: the rest stays queued. */
  outdate(): void {
    this.#outdated.abort();
    this.#outdated = new AbortController();
  }

  /**
   * Waits until no work changes them. The signal aborts when the inputs that a pass takes afterwards are outdated: it is
   * chosen in the same step in which no work was found, so that work that begins before the pass goes on aborts it.
   */
  async settled(): Promise<AbortSignal> {
    while (this.#works.size > 0) await Promise.allSettled(this.#works);
    return this.#outdated.signal;
  }

  /** Running passes end before their next write, and others begin after this work. */
  async changeBy(work: () => Promise<void>): Promise<void> {
    this.outdate();
    const working = work();
    this.#works.add(working);
    try {
      await working;
    } finally {
      this.#works.delete(working);
    }
  }
}
