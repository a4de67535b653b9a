/**
 * Whether the inputs of passes are outdated.
 *
 *   current ──outdate()──► current; the passes that run end before their next write
 *   current ──changeBy()──► changing, when no pass takes its inputs ──the last work ends──► current
 */
export class PassInputs {
  #outdated = new AbortController();
  readonly #works = new Set<Promise<void>>();

  /** Aborts when the inputs of a pass that takes them now are outdated. */
  get outdated(): AbortSignal {
    return this.#outdated.signal;
  }

  /** Running passes end before their next write: the rest stays queued. */
  outdate(): void {
    this.#outdated.abort();
    this.#outdated = new AbortController();
  }

  /** Resolves when no work changes them. */
  async settled(): Promise<void> {
    while (this.#works.size > 0) await Promise.allSettled(this.#works);
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
